// The operator's two small commands: a token to hand out, and the word that the folder came back from a backup.
import { stdout } from 'node:process';
import { base64url } from '../core/base/bytes.ts';
import { systemClock } from '../core/base/clock.ts';
import { SottoError } from '../core/base/errors.ts';
import { dataConfig } from './config.ts';
import { readAddresses, storeFolder } from './data.ts';
import { LevelRelayStore } from './store/level.ts';
import { mintToken } from './tokens.ts';

/** `sotto-relay token`: one line, MULTIADDR#TOKEN. @throws BAD_INPUT, NOT_FOUND before the first run, STORE_FAILED */
export async function printToken(args: readonly string[]): Promise<void> {
  const data = dataConfig(args);
  const [address] = (await readAddresses(data)) ?? [];
  if (address === undefined) throw new SottoError('NOT_FOUND', 'The relay has no address yet; run it once with this folder.');
  stdout.write(`${address}#${base64url(await mintToken(data))}\n`);
}

/** `sotto-relay restored`: a new incarnation (C5). @throws BAD_INPUT, STORE_LOCKED while the relay runs, STORE_FAILED */
export async function restored(args: readonly string[]): Promise<void> {
  const data = dataConfig(args);
  if ((await readAddresses(data)) === null) throw new SottoError('NOT_FOUND', 'There is no relay in this folder.');
  const store = new LevelRelayStore({ location: storeFolder(data), clock: systemClock });
  await store.open();
  try {
    await store.renewIncarnation();
  } finally {
    await store.close();
  }
  stdout.write('Done. Peers will compare what they saw when the relay runs again.\n');
}
