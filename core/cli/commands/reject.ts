// `sotto reject WHO`: turns a request down.
import { print } from '../report.ts';
import { type Context, type ExitCode, word } from '../usage.ts';
import { flush, withRelays } from '../with-peer.ts';

/** Turns the request down. @throws NOT_FOUND, AMBIGUOUS */
export async function run(context: Context): Promise<ExitCode> {
  const who = word(context.args, 0);
  await withRelays(context, async (peer) => {
    await peer.api.reject({ who });
    await flush(context, peer);
  });
  await print(context, [{ who, rejected: true }], 'Turned down.');
  return 0;
}
