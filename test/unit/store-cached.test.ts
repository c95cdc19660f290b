// What the cache remembers is what the disk holds, also when a read and a commit cross.
import { expect, test } from 'vitest';
import { type Bytes, utf8 } from '../../core/base/bytes.ts';
import { CachedStore } from '../../core/store/cached.ts';
import { plainKey } from '../../core/store/keys.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { FaultyStore } from '../support/store-faulty.ts';

const key = plainKey('a');

/** A store whose reads wait until they are let go, so that a commit can overtake them. */
class SlowReads extends MemoryStore {
  readonly #held: (() => void)[] = [];
  override async get(wanted: Uint8Array): Promise<Bytes | null> {
    const value = await super.get(wanted);
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return value;
  }
  letGo(): void {
    for (const go of this.#held.splice(0)) go();
  }
}

test('a read that a commit overtook is not remembered', async () => {
  const below = new SlowReads();
  const store = new CachedStore(below);
  await store.open();
  const early = store.get(key);
  await Promise.resolve();
  await store.commit([{ key, value: utf8('new') }]);
  below.letGo();
  expect(await early).toBeNull();
  expect(await store.get(key)).toEqual(utf8('new'));
});

test('after a commit of unknown outcome only the disk is believed', async () => {
  const below = new MemoryStore();
  const faulty = new FaultyStore(below);
  const store = new CachedStore(faulty);
  await store.open();
  await store.commit([{ key, value: utf8('old') }]);
  faulty.failAt(1, 'after');
  await expect(store.commit([{ key, value: utf8('new') }])).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(await store.get(key)).toEqual(await below.get(key));
});

test('a value that was read or written is given again as the same object', async () => {
  const store = new CachedStore(new MemoryStore());
  await store.open();
  const value = utf8('parsed once');
  await store.commit([{ key, value }]);
  expect(await store.get(key)).toBe(value);
});
