// Disks that fail and processes that die between a ratchet step and its commit: nothing is lost, doubled, or blamed on anybody.
import { expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { decryptWrapped } from '../../core/session/decrypt.ts';
import { refillPreKeys } from '../../core/session/prekeys.ts';
import { Change } from '../../core/store/change.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import type { Pair, Range, Store, Write } from '../../core/store/store.ts';
import { aliceAndBob, EMPTY_POOL, NOW, Person, person, said } from '../support/session.ts';
import { FaultyStore } from '../support/store-faulty.ts';

/** A store whose n-th read from now fails. */
class FailingReads implements Store {
  readonly #below: Store;
  reads = 0;
  failAt = 0;

  constructor(below: Store) {
    this.#below = below;
  }

  open(): Promise<void> {
    return this.#below.open();
  }
  close(): Promise<void> {
    return this.#below.close();
  }
  async get(key: Uint8Array): Promise<Bytes | null> {
    this.reads += 1;
    if (this.reads === this.failAt) throw new Error('EIO: i/o error, read');
    return this.#below.get(key);
  }
  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }
  range(range: Range): AsyncIterable<Pair> {
    return this.#below.range(range);
  }
  commit(writes: readonly Write[]): Promise<void> {
    return this.#below.commit(writes);
  }
  compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    return this.#below.compact(gte, lt);
  }
}

const again = (dead: Person, store: Store) => new Person(dead.me, dead.rootKey, store, dead.manifest, dead.pool);

test('a reader that dies before its commit opens the same entry after the restart; after it, the copy is a duplicate', async () => {
  for (const moment of ['before', 'after'] as const) {
    const [alice, disk] = [await person(), new MemoryStore()];
    const bob = await person(disk);
    await alice.meet(bob);
    await bob.hold(alice.manifest);
    const sent = [await alice.write('one', bob), await alice.write('two', bob), await alice.write('three', bob)];
    for (let died = 1; died <= 3; died += 1) {
      const faulty = new FaultyStore(disk).stopAt(1, moment);
      const dying = again(bob, faulty);
      void dying.open(sent[died - 1] as Bytes);
      await faulty.stopped;
      const word = ['one', 'two', 'three'][died - 1] ?? '';
      expect(said(await again(bob, disk).open(sent[died - 1] as Bytes))).toBe(moment === 'before' ? word : 'duplicate');
    }
    expect(said(await again(bob, disk).open(await alice.write('four', bob)))).toBe('four');
  }
});

test('a writer that dies before its commit wrote nothing, and what it says next opens', async () => {
  const disk = new MemoryStore();
  const [alice, bob] = [await person(disk), await person()];
  await alice.meet(bob);
  await bob.hold(alice.manifest);
  for (let died = 0; died < 3; died += 1) {
    const faulty = new FaultyStore(disk).stopAt(1, 'before');
    void again(alice, faulty).write('never sent', bob);
    await faulty.stopped;
    expect(said(await bob.open(await again(alice, disk).write(`sent ${died}`, bob)))).toBe(`sent ${died}`);
  }
});

test('a full disk is said, and the entry opens once there is room', async () => {
  const { alice, bob } = await aliceAndBob();
  const wrapped = await alice.write('hello', bob);
  const faulty = new FaultyStore(bob.store).failAt(1);
  const full = again(bob, faulty);
  await expect(full.open(wrapped)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(said(await full.open(wrapped))).toBe('hello');
});

test('a read that fails anywhere in a decrypt is a fault of the store, never a message that could not be opened (H9)', async () => {
  const disk = new MemoryStore();
  const [alice, bob] = [await person(), await person(disk)];
  await alice.meet(bob, null);
  await bob.hold(alice.manifest);
  const failing = new FailingReads(disk);
  const weak = again(bob, failing);
  const open = (wrapped: Bytes) => decryptWrapped(new Change(failing), weak.me, wrapped);
  const first = await alice.write('first', bob);
  await open(first);
  const reads = failing.reads;
  expect(reads).toBeGreaterThan(4);
  for (let at = 1; at <= reads; at += 1) {
    failing.failAt = failing.reads + at;
    await expect(open(first)).rejects.toSatisfy(
      (error) => String(error).includes('EIO') || (error as { code?: string }).code === 'STORE_FAILED',
    );
  }
  failing.failAt = 0;
  expect(said(await weak.open(first))).toBe('first');
});

test('prekeys whose upload was lost with the process are made again, and none of their ids is used twice', async () => {
  const disk = new MemoryStore();
  const bob = await person(disk);
  const faulty = new FaultyStore(disk).stopAt(1, 'after');
  void again(bob, faulty).do((change) => refillPreKeys(change, bob.me, { ...EMPTY_POOL, counter: 1 }, NOW));
  await faulty.stopped;
  const upload = await again(bob, disk).do((change) => refillPreKeys(change, bob.me, { ...EMPTY_POOL, counter: 1 }, NOW));
  expect(upload?.counter).toBe(3n);
  const before = new Set((bob.pool.oneTime ?? []).map(({ id }) => id));
  expect((upload?.oneTime ?? []).some(({ id }) => before.has(id))).toBe(false);
});

test('one entry of a batch that cannot be opened takes none of its neighbours along', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  const sent: Bytes[] = [];
  for (let n = 0; n < 10; n += 1) sent.push(await alice.write(`${n}`, bob));
  const broken = (sent[4] as Bytes).slice();
  broken[broken.length - 20] = (broken.at(-20) ?? 0) ^ 1;
  const outcomes = await bob.do(async (batch) => {
    const all: string[] = [];
    for (const wrapped of [...sent.slice(0, 4), broken, ...sent.slice(5)]) {
      const entry = batch.nest();
      all.push(said(await decryptWrapped(entry, bob.me, wrapped)));
      entry.keep();
    }
    return all;
  });
  expect(outcomes.filter((outcome) => /^\d$/.test(outcome))).toEqual(['0', '1', '2', '3', '5', '6', '7', '8', '9']);
  expect(said(await bob.open(sent[4] as Bytes))).toBe('4');
});

test('a step rolled back after it opened something leaves the session as before, within the same batch', async () => {
  const { alice, bob } = await aliceAndBob();
  const [one, two] = [await alice.write('one', bob), await alice.write('two', bob)];
  await bob.do(async (batch) => {
    expect(said(await decryptWrapped(batch.nest(), bob.me, one))).toBe('one');
    const kept = batch.nest();
    expect(said(await decryptWrapped(kept, bob.me, two))).toBe('two');
    kept.keep();
    const dropped = batch.nest();
    expect(said(await decryptWrapped(dropped, bob.me, one))).toBe('one');
  });
  expect(said(await bob.open(two))).toBe('duplicate');
  expect(said(await bob.open(one))).toBe('one');
});
