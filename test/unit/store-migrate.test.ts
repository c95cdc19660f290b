// The format of a store: marked once, raised step by step, never lowered.
import { expect, test } from 'vitest';
import { u32be, utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { plainKey } from '../../core/store/keys.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { type Migration, migrate } from '../../core/store/migrate.ts';
import { FaultyStore } from '../support/store-faulty.ts';

const FORMAT = plainKey('format');
const steps: Migration[] = ['one', 'two'].map((word) => async (store, change) => {
  expect(await store.get(plainKey('made by', [word]))).toBeNull();
  change.put(plainKey('made by', [word]), utf8(word));
});

test('an empty store is marked with the newest format and takes no step', async () => {
  const store = await memory();
  await migrate(store, true, steps);
  expect(await store.get(FORMAT)).toEqual(u32be(3));
  expect(await store.get(plainKey('made by', ['one']))).toBeNull();
});

test('an old store takes each step once, also when it dies between two of them', async () => {
  const store = await memory();
  await migrate(store, true, []);
  const faulty = new FaultyStore(store).stopAt(2, 'before');
  void migrate(faulty, false, steps);
  await faulty.stopped;
  expect(await store.get(FORMAT)).toEqual(u32be(2));
  await migrate(store, false, steps);
  await migrate(store, false, steps);
  expect(await store.get(FORMAT)).toEqual(u32be(3));
  expect(await store.get(plainKey('made by', ['two']))).toEqual(utf8('two'));
});

test('a store of a newer Sotto, and one whose format cannot be found, are refused and left as they are', async () => {
  const newer = await memory();
  await newer.commit([{ key: FORMAT, value: u32be(9) }]);
  await expect(migrate(newer, false, steps)).rejects.toThrow(/newer Sotto/);
  expect(await newer.get(FORMAT)).toEqual(u32be(9));
  const strange = await memory();
  await expect(migrate(strange, false, steps)).rejects.toSatisfy((error) => isSottoError(error, 'STORE_DAMAGED'));
  expect(await strange.get(FORMAT)).toBeNull();
});

async function memory(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.open();
  return store;
}
