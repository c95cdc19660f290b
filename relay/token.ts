// `sotto-relay token`: a token to hand out. The only place where it is ever seen is the line printed here.
import { env, stdout } from 'node:process';
import { base64url } from '../core/base/bytes.ts';
import { SottoError } from '../core/base/errors.ts';
import { mintToken } from './admission/tokens.ts';
import { dataConfig } from './config.ts';
import { readAddresses } from './data.ts';

/** Prints one line, MULTIADDR#TOKEN. @throws BAD_INPUT, NOT_FOUND before the first run, STORE_FAILED */
export async function printToken(args: readonly string[]): Promise<undefined> {
  const data = dataConfig(args, env);
  const [address] = (await readAddresses(data)) ?? [];
  if (address === undefined) throw new SottoError('NOT_FOUND', 'The relay has no address yet; run it once with this folder.');
  stdout.write(`${address}#${base64url(await mintToken(data))}\n`);
}
