// `sotto-relay restored`: the operator's word that the folder came back from a backup, which every peer must then check (C5).
import { env, stdout } from 'node:process';
import { systemClock } from '../core/base/clock.ts';
import { SottoError } from '../core/base/errors.ts';
import { dataConfig } from './config.ts';
import { readAddresses, storeFolder } from './data.ts';
import { LevelRelayStore } from './store/level.ts';

/** Gives the store a new incarnation. @throws BAD_INPUT, STORE_LOCKED while the relay runs, STORE_FAILED */
export async function restored(args: readonly string[]): Promise<undefined> {
  const data = dataConfig(args, env);
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
