// `sotto invite`: a link, alone on stdout, so that a script can take it.
import { LINK_LIFETIME_MS } from '../../wire/limits.ts';
import { duration } from '../arguments.ts';
import { moment } from '../layout.ts';
import { note, print } from '../report.ts';
import type { Context, ExitCode } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Prints the link on stdout and whom it is for on stderr. @throws UsageError, OFFLINE */
export async function run(context: Context): Promise<ExitCode> {
  const expires = context.args.value('expires');
  const expiresInMs = expires === null ? LINK_LIFETIME_MS : duration(expires, 'expires');
  const invite = await withRelays(context, async (peer) => {
    const made = await peer.api.createInvite({ public: context.args.has('public'), expiresInMs });
    await flush(context, peer);
    return made;
  });
  await print(context, [invite], invite.link);
  if (!context.args.has('json'))
    await note(context, `For ${invite.public ? 'many people' : 'one person'}, until ${moment(invite.expires)}.`);
  return 0;
}
