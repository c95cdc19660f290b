// The store of a home: sealed, on LevelDB, in the folder `store`, at the present format.
import { join } from 'node:path';
import { LevelStore } from './level.ts';
import { migrate } from './migrate.ts';
import { SealedStore, type StoreKeys } from './sealed.ts';
import type { Store } from './store.ts';

/** Opens it, making it when there is none. @throws STORE_LOCKED, STORE_DAMAGED (also with the keys of another vault), STORE_FAILED */
export async function openHomeStore(home: string, keys: StoreKeys): Promise<Store> {
  const level = new LevelStore(join(home, 'store'));
  const store = new SealedStore(level, keys);
  await store.open();
  try {
    await migrate(store, await isEmpty(level));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function isEmpty(store: Store): Promise<boolean> {
  for await (const _ of store.range({ gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff), limit: 1 })) return false;
  return true;
}
