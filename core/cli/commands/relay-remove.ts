// `sotto relay remove RELAY`: leaves a relay.
import { print } from '../report.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Leaves the relay. @throws NOT_FOUND */
export async function run(context: Context): Promise<ExitCode> {
  const relay = word(context.args, 0).trim();
  await withRelays(context, async (peer) => {
    await peer.api.removeRelay({ relay });
    await flush(context, peer);
  });
  await print(context, [{ relay, removed: true }], 'Removed.');
  return 0;
}
