// `sotto requests`: who asks. Looks at the relays first, since that is what the question means.
import { moment, table } from '../layout.ts';
import { note, print } from '../report.ts';
import { safeName } from '../safe-text.ts';
import { shortId } from '../shape.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withRelays, withStore } from '../with-peer.ts';

/** How long it waits for the relays before it shows what is here, ms. */
const LOOK_MS = 5_000;

/** Prints who asks, as a table, or one JSON object each. */
export async function run(context: Context): Promise<ExitCode> {
  const offline = context.args.has('offline');
  const { requests, missed } = offline ? await withStore(context, look(false)) : await withRelays(context, look(true));
  const rows = requests.map(({ contact, at }) => [`~${safeName(contact.claimedName ?? '?')}`, shortId(contact.account), moment(at)]);
  const hint = '\n~ is the name they claim. `sotto accept WHO` or `sotto reject WHO`, with the beginning of the account.\n';
  await print(context, requests, rows.length === 0 ? 'Nobody asks.' : table(['NAME', 'ACCOUNT', 'ASKED'], rows) + hint);
  if (missed !== null) await note(context, missed);
  return 0;
}

function look(online: boolean) {
  return async ({ api }: Parameters<Parameters<typeof withStore>[1]>[0]) => {
    const synced = online ? await api.sync({ timeoutMs: LOOK_MS }) : null;
    const missed =
      synced === null || synced.complete
        ? null
        : `Not every relay answered${synced.reason === null ? '' : ` (${synced.reason})`}; there may be more.`;
    return { requests: await api.requests({}), missed };
  };
}
