// `sotto revoke LINK`: nobody can use the link from now on.
import { print } from '../report.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Revokes the link. @throws NOT_FOUND, OFFLINE */
export async function run(context: Context): Promise<ExitCode> {
  const link = word(context.args, 0);
  await withRelays(context, async (peer) => {
    await peer.api.revokeInvite({ link });
    await flush(context, peer);
  });
  await print(context, [{ link, revoked: true }], 'Revoked.');
  return 0;
}
