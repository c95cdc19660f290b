// `sotto relay add RELAY`: registers at one more relay.
import { SottoError } from '../../base/errors.ts';
import { print } from '../report.ts';
import { safeLine } from '../safe-text.ts';
import { relayWords } from '../shape.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Registers at the relay and prints how it stands. @throws BAD_INPUT, REFUSED, OFFLINE */
export async function run(context: Context): Promise<ExitCode> {
  const relay = await withRelays(context, async (peer) => {
    const added = await peer.api.addRelay({ relay: word(context.args, 0).trim() });
    if (added.state === 'connected') await flush(context, peer);
    return added;
  });
  await print(context, [relay], `${safeLine(relay.address)}  ${relayWords(relay)}`);
  if (relay.state === 'refused') throw new SottoError('REFUSED', relay.reason ?? 'The relay refused.');
  return 0;
}
