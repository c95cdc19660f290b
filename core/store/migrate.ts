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
 * Marks a fresh store with the newest format, or takes an old one there step by step, each durable before the next.
 * @throws STORE_DAMAGED for a store of a newer Sotto, which is left untouched; STORE_FAILED
 */
export async function migrate(store: Store, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const newest = migrations.length + 1;
  const found = await formatOf(store);
  if (found === null) return store.commit([{ key: FORMAT, value: u32be(newest) }]);
  if (found > newest) throw new SottoError('STORE_DAMAGED', 'This home was written by a newer Sotto; use that one to open it.');
  for (const [i, step] of migrations.entries()) {
    if (i + 1 >= found) await take(store, step, i + 2);
  }
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
