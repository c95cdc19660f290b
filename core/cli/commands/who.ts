// `sotto who`: which contacts are connected now, or follows one change after the other.
import type { CallOutput, Contact, PeerApi } from '../../api.ts';
import { moment, table } from '../layout.ts';
import { print } from '../report.ts';
import { safeJson } from '../safe-text.ts';
import { nameOf, presenceWords, shortId } from '../shape.ts';
import { stopped } from '../stopped.ts';
import type { Context, ExitCode } from '../usage.ts';
import { withRelays } from '../with-peer.ts';

/** How long is waited until what others said of themselves was read, ms. */
const SETTLE_MS = 10_000;
/** How long a look holds, and how often it is said again while following, ms. */
const LOOK_MS = 60_000;
const LOOK_AGAIN_MS = 30_000;
/** Contacts asked after at a time. */
const AT_A_TIME = 8;

/** Prints who is here as a table, or one JSON object each; with --follow it stays, and prints what changes. */
export async function run(context: Context): Promise<ExitCode> {
  const { args } = context;
  const follow = args.has('follow');
  await withRelays(context, async ({ api }) => {
    await api.sync({ timeoutMs: SETTLE_MS }); // readers are known by what they wrote beside the logs
    const people = await wanted(api, args.words[0] ?? null);
    const look = () => lookAt(api, people, follow ? LOOK_MS : 1);
    const first = await look();
    await print(context, first.map(json), table(['NAME', 'ACCOUNT', 'PRESENCE'], first.map(row)) || 'No contacts yet.\n');
    if (follow) await following(context, api, people, look);
  });
  return 0;
}

interface Seen {
  readonly contact: Contact;
  readonly presence: CallOutput<'presence'>;
}

async function wanted(api: PeerApi, who: string | null): Promise<readonly Contact[]> {
  if (who !== null) return [(await api.conversation({ who })).with];
  return (await api.contacts({})).filter(({ state, blocked }) => state === 'accepted' && !blocked);
}

async function lookAt(api: PeerApi, people: readonly Contact[], forMs: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let at = 0; at < people.length; at += AT_A_TIME) {
    const some = people.slice(at, at + AT_A_TIME);
    seen.push(
      ...(await Promise.all(
        some.map(async (contact) => ({ contact, presence: await api.watchPresence({ who: contact.account, forMs }) })),
      )),
    );
  }
  return seen;
}

async function following(context: Context, api: PeerApi, people: readonly Contact[], look: () => Promise<unknown>): Promise<void> {
  const { args, io } = context;
  const stop = api.onEvent((event) => {
    if (event.event !== 'presence') return;
    const contact = people.find(({ account }) => account === event.contact);
    if (contact === undefined) return;
    const seen = { contact, presence: event.presence };
    void io.stdout.write(args.has('json') ? `${safeJson(json(seen))}\n` : `${row(seen).join('  ')}\n`);
  });
  const again = setInterval(() => void look().catch(() => undefined), LOOK_AGAIN_MS); // without a line nobody is seen
  await stopped(io.stop).finally(() => {
    clearInterval(again);
    stop();
  });
}

function json({ contact, presence }: Seen) {
  return { account: contact.account, petname: contact.petname, claimedName: contact.claimedName, ...presence };
}

function row({ contact, presence }: Seen): string[] {
  return [nameOf(contact), shortId(contact.account), presenceWords(presence, moment)];
}
