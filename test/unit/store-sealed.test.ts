// The sealed store against somebody who holds the disk: nothing to read, nothing to swap, nothing left of what was deleted.
import { expect, test } from 'vitest';
import { type Bytes, concat, utf8 } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { orderOf, plainKey, rangeOf } from '../../core/store/keys.ts';
import { LevelStore } from '../../core/store/level.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { SealedStore } from '../../core/store/sealed.ts';
import type { Pair, Store } from '../../core/store/store.ts';
import { filesWith, temporaryFolder } from '../support/store-files.ts';

const EVERYTHING = { gte: new Uint8Array(0), lt: new Uint8Array(64).fill(0xff) };
const SECRET = utf8('meet me at the old lighthouse');
const PEER = random(32);

test('Mallory moves a sealed value to another key: STORE_DAMAGED, by get, getMany and range', async () => {
  const { below, sealed } = await pair();
  await sealed.commit([
    { key: plainKey('message', ['chat'], [1]), value: utf8('yes') },
    { key: plainKey('message', ['chat'], [2]), value: utf8('no') },
  ]);
  const [one, two] = await all(below);
  await below.commit([{ key: key(one), value: value(two) }]);
  const damaged = (error: unknown): boolean => isSottoError(error, 'STORE_DAMAGED');
  await expect(sealed.get(plainKey('message', ['chat'], [1]))).rejects.toSatisfy(damaged);
  await expect(sealed.getMany([plainKey('message', ['chat'], [1])])).rejects.toSatisfy(damaged);
  await expect(Array.fromAsync(sealed.range(rangeOf('message', ['chat'])))).rejects.toSatisfy(damaged);
  expect(await sealed.get(plainKey('message', ['chat'], [2]))).toEqual(utf8('no'));
});

test('Mallory bends, cuts or empties a value: STORE_DAMAGED', async () => {
  const { below, sealed } = await pair();
  const place = plainKey('name');
  await sealed.commit([{ key: place, value: utf8('Alice') }]);
  const [stored] = await all(below);
  const good = value(stored);
  for (const bad of [
    good.subarray(0, -1),
    new Uint8Array(0),
    concat(good, new Uint8Array(1)),
    good.map((byte, i) => (i === 30 ? byte ^ 4 : byte)),
  ]) {
    await below.commit([{ key: key(stored), value: bad }]);
    await expect(sealed.get(place)).rejects.toSatisfy((error) => isSottoError(error, 'STORE_DAMAGED'));
  }
});

test('the same record gives other bytes each time, at the same place', async () => {
  const { below, sealed } = await pair();
  await sealed.commit([{ key: plainKey('name'), value: utf8('Alice') }]);
  const [before] = await all(below);
  await sealed.commit([{ key: plainKey('name'), value: utf8('Alice') }]);
  const [after] = await all(below);
  expect(key(after)).toEqual(key(before));
  expect(value(after)).not.toEqual(value(before));
});

test('other keys find nothing there', async () => {
  const { below, sealed } = await pair();
  await sealed.commit([{ key: plainKey('name'), value: utf8('Alice') }]);
  const stranger = new SealedStore(below, { sealing: random(32), blinding: random(32) });
  expect(await stranger.get(plainKey('name'))).toBeNull();
});

test('a range is read with its plain keys, also when more heads are in use than are remembered', async () => {
  const { sealed } = await pair();
  const chats = Array.from({ length: 5000 }, (_, i) => `chat ${i}`);
  await sealed.commit(chats.map((chat, i) => ({ key: plainKey('message', [chat], [i, 7]), value: utf8(chat) })));
  for (const i of [0, 1, 2500, 4999]) {
    const pairs = await Array.fromAsync(sealed.range(rangeOf('message', [`chat ${i}`])));
    expect(pairs).toEqual([{ key: plainKey('message', [`chat ${i}`], [i, 7]), value: utf8(`chat ${i}`) }]);
    expect(orderOf(key(pairs[0]))).toEqual([i, 7]);
  }
});

test('a range over two heads, and a key of no kind, are mistakes of the program', async () => {
  const { sealed } = await pair();
  const { gte } = rangeOf('message', ['a']);
  const { lt } = rangeOf('message', ['b']);
  await expect(Array.fromAsync(sealed.range({ gte, lt }))).rejects.toThrow(TypeError);
  await expect(sealed.compact(gte, lt)).rejects.toThrow(TypeError);
  await expect(sealed.get(new Uint8Array([9]))).rejects.toThrow(TypeError);
});

test('the files on the disk hold no word, no kind and no id; without the seal the same search finds all of them', async () => {
  const sealedFolder = temporaryFolder();
  const bareFolder = temporaryFolder();
  const keys = { sealing: random(32), blinding: random(32) };
  await fill(new SealedStore(new LevelStore(sealedFolder), keys));
  await fill(new LevelStore(bareFolder));
  for (const needle of [SECRET, utf8('secret-message'), PEER]) {
    expect(filesWith(bareFolder, needle)).not.toEqual([]);
    expect(filesWith(sealedFolder, needle)).toEqual([]);
  }
  for (const needle of [keys.sealing, keys.blinding]) expect(filesWith(sealedFolder, needle)).toEqual([]);
});

test.each([
  ['at once', false],
  ['after a restart', true],
])('what was deleted %s and compacted is gone from the disk, the rest is not', async (_, restart) => {
  const folder = temporaryFolder();
  const level = new LevelStore(folder);
  await level.open();
  const [gone, kept] = [random(64), random(64)];
  const place = plainKey('message', ['chat'], [5]);
  const neighbours = Array.from({ length: 9 }, (_, n) => ({ key: plainKey('message', ['chat'], [n]), value: n === 5 ? gone : random(64) }));
  await level.commit([...neighbours, { key: plainKey('name'), value: kept }]);
  if (restart) {
    await level.close();
    await level.open();
  }
  await level.commit([{ key: place, value: null }]);
  expect(filesWith(folder, gone)).not.toEqual([]);
  const { gte, lt } = rangeOf('message', ['chat']);
  await level.compact(gte, lt);
  expect(filesWith(folder, gone)).toEqual([]);
  expect(filesWith(folder, kept)).not.toEqual([]);
  expect(await Array.fromAsync(level.range({ gte, lt }))).toHaveLength(8);
  await level.close();
});

async function pair(): Promise<{ below: Store; sealed: Store }> {
  const below = new MemoryStore();
  const sealed = new SealedStore(below, { sealing: random(32), blinding: random(32) });
  await sealed.open();
  return { below, sealed };
}

async function fill(store: Store): Promise<void> {
  await store.open();
  for (let n = 0; n < 20; n += 1)
    await store.commit([{ key: plainKey('secret-message', [PEER], [n]), value: concat(SECRET, new Uint8Array([n])) }]);
  const { gte, lt } = rangeOf('secret-message', [PEER]);
  await store.compact(gte, lt);
  await store.commit([{ key: plainKey('secret-message', [PEER], [20]), value: SECRET }]);
  await store.close();
}

function all(store: Store): Promise<Pair[]> {
  return Array.fromAsync(store.range(EVERYTHING));
}

function key(pair: Pair | undefined): Bytes {
  if (pair === undefined) throw new Error('no such pair');
  return pair.key;
}

function value(pair: Pair | undefined): Bytes {
  if (pair === undefined) throw new Error('no such pair');
  return pair.value;
}
