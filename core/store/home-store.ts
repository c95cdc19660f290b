// The store of a home: sealed, on LevelDB, in the folder `store`, at the present format.
import { join } from 'node:path';
import { isSottoError } from '../base/errors.ts';
import { LevelStore } from './level.ts';
import { migrate } from './migrate.ts';
import { SealedStore, type StoreKeys } from './sealed.ts';
import type { Store } from './store.ts';

const FOLDER = 'store';

/** Opens it, making it when there is none. @throws STORE_LOCKED, STORE_DAMAGED (also with the keys of another vault), STORE_FAILED */
export async function openHomeStore(home: string, keys: StoreKeys): Promise<Store> {
  const level = new LevelStore(join(home, FOLDER));
  const store = new SealedStore(level, keys);
  await store.open();
  try {
    await migrate(store, await hasAtMost(level, 0));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** True where nothing was ever kept in the store of a home but its format; no key is needed. False while another process has it. @throws STORE_DAMAGED, STORE_FAILED */
export async function isUnused(home: string): Promise<boolean> {
  const level = new LevelStore(join(home, FOLDER));
  try {
    await level.open();
  } catch (error) {
    if (isSottoError(error, 'STORE_LOCKED')) return false;
    throw error;
  }
  try {
    return await hasAtMost(level, 1);
  } finally {
    await level.close();
  }
}

async function hasAtMost(store: Store, most: number): Promise<boolean> {
  let records = 0;
  const everything = { gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff), limit: most + 1 };
  for await (const _ of store.range(everything)) records += 1;
  return records <= most;
}
