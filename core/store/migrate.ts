// The format of what a home store holds: a number in the store itself, and the steps from each to the next. Never a step back.
import { u32be } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { Change } from './change.ts';
import { plainKey } from './keys.ts';
import type { Store } from './store.ts';

/** Brings a store from one format to the next, in one change with the new number. */
export type Migration = (store: Store, change: Change) => Promise<void>;

/** `MIGRATIONS[n]` leads from format n + 1 to n + 2. */
const MIGRATIONS: readonly Migration[] = [];

const FORMAT = plainKey('format');

/**
 * Marks an empty store with the newest format, or takes an old one there step by step, each durable before the next.
 * @throws STORE_NEWER for a store of a newer Sotto, STORE_DAMAGED for one that has content but no format (written under other keys); both are left
 * untouched; STORE_FAILED
 */
export async function migrate(store: Store, empty: boolean, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const newest = migrations.length + 1;
  const found = await formatOf(store);
  if (found === null) return markNew(store, empty, newest);
  if (found > newest) throw new SottoError('STORE_NEWER');
  for (const [i, step] of migrations.entries()) {
    if (i + 1 >= found) await take(store, step, i + 2);
  }
}

async function markNew(store: Store, empty: boolean, newest: number): Promise<void> {
  if (!empty) throw new SottoError('STORE_DAMAGED', 'The store in this home belongs to another vault.json; put the right one back.');
  await store.commit([{ key: FORMAT, value: u32be(newest) }]);
}

async function take(store: Store, step: Migration, to: number): Promise<void> {
  const change = new Change(store);
  await step(store, change);
  change.put(FORMAT, u32be(to));
  await change.commit();
}

async function formatOf(store: Store): Promise<number | null> {
  const value = await store.get(FORMAT);
  if (value === null) return null;
  if (value.length !== 4) throw new SottoError('STORE_DAMAGED');
  return new DataView(value.buffer, value.byteOffset).getUint32(0);
}
