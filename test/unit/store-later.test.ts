// What may be written later is there at once for whoever asks, and on the disk once it was settled; every other write comes before it.
import { expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { plainKey } from '../../core/store/keys.ts';
import { LaterStore } from '../../core/store/later.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { FaultyStore } from '../support/store-faulty.ts';

const [row, index, other] = [plainKey('row'), plainKey('index'), plainKey('other')];

async function scene(): Promise<{ disk: MemoryStore; faulty: FaultyStore; store: LaterStore }> {
  const disk = new MemoryStore();
  const faulty = new FaultyStore(disk);
  const store = new LaterStore(faulty);
  await store.open();
  await store.commit([
    { key: row, value: utf8('row') },
    { key: index, value: utf8('index'), later: true },
  ]);
  return { disk, faulty, store };
}

test('a later write is read at once, and reaches the disk when it is settled', async () => {
  const { disk, store } = await scene();
  expect(await disk.getMany([row, index])).toEqual([utf8('row'), null]);
  expect(await store.get(index)).toEqual(utf8('index'));
  expect(await store.getMany([index, other, row])).toEqual([utf8('index'), null, utf8('row')]);
  expect(store.pending).toBe(1);
  expect(await store.settleSome()).toBe(0);
  expect(await disk.get(index)).toEqual(utf8('index'));
  expect(await store.get(index)).toEqual(utf8('index'));
});

test('a write of the same key that came after it stands, settled or not', async () => {
  const { disk, store } = await scene();
  await store.commit([{ key: index, value: utf8('newer') }]);
  expect(await store.get(index)).toEqual(utf8('newer'));
  expect(await store.settleSome()).toBe(0);
  expect(await disk.get(index)).toEqual(utf8('newer'));
  await store.commit([{ key: index, value: utf8('newest'), later: true }]);
  await store.commit([{ key: index, value: null }]);
  expect(await store.get(index)).toBeNull();
  await store.settleSome();
  expect(await disk.get(index)).toBeNull();
});

test('what a full disk did not take goes on waiting, and a commit that failed leaves nothing waiting', async () => {
  const { disk, faulty, store } = await scene();
  faulty.failAt(1);
  await expect(store.settleSome()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(store.pending).toBe(1);
  faulty.failAt(1);
  await expect(
    store.commit([
      { key: row, value: utf8('again') },
      { key: other, value: utf8('other'), later: true },
    ]),
  ).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(await store.getMany([other, index])).toEqual([null, utf8('index')]);
  expect(await store.settleSome()).toBe(0);
  expect(await disk.get(index)).toEqual(utf8('index'));
});
