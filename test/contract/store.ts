// The suite that every implementation of a peer's store passes: what is read, what order, what lives through a close, who is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, hex, utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { orderOf, plainKey, rangeOf } from '../../core/store/keys.ts';
import type { Pair, Range, Store, Write } from '../../core/store/store.ts';

const RUNS = process.env.SLOW === '1' ? 300 : 15;

/**
 * Runs the suite; `make` gives a fresh, empty store that is not open.
 * @param copies whether the store promises bytes of its own; one that shares them (CachedStore, for speed) forbids changing them instead
 */
export function storeSuite(name: string, make: () => Store, copies = true): void {
  const opened = async (): Promise<Store> => {
    const store = make();
    await store.open();
    return store;
  };

  describe(`${name}: reading and writing`, () => {
    test('gives back what was committed, and null for what was not', async () => {
      const store = await opened();
      await store.commit([put('a', [1], 'one'), put('b', [], 'two')]);
      expect(await read(store, plainKey('a', [], [1]))).toBe('one');
      expect(await store.getMany([plainKey('b'), plainKey('c'), plainKey('b')])).toEqual([utf8('two'), null, utf8('two')]);
      expect(await store.get(plainKey('a', [], [2]))).toBeNull();
      await store.close();
    });

    test('keeps empty values, deletes what is deleted, and lets the last write of a batch win', async () => {
      const store = await opened();
      await store.commit([put('empty', [], ''), put('gone', [], 'x'), put('twice', [], 'first'), put('twice', [], 'second')]);
      await store.commit([
        { key: plainKey('gone'), value: null },
        { key: plainKey('never was'), value: null },
      ]);
      expect(await store.get(plainKey('empty'))).toEqual(new Uint8Array(0));
      expect(await store.get(plainKey('gone'))).toBeNull();
      expect(await read(store, plainKey('twice'))).toBe('second');
      await store.close();
    });

    const ownBytes = async () => {
      const store = await opened();
      const value = utf8('steady');
      await store.commit([{ key: plainKey('a'), value }]);
      value.fill(0);
      (await store.get(plainKey('a')))?.fill(0);
      expect(await read(store, plainKey('a'))).toBe('steady');
      await store.close();
    };
    if (copies) test('is not changed by changing bytes that went in or came out', ownBytes);

    test('keeps every one of many commits made at once', async () => {
      const store = await opened();
      const numbers = Array.from({ length: 100 }, (_, i) => i);
      await Promise.all(numbers.map((n) => store.commit([put('n', [n], `${n}`), put('last', [], `${n}`)])));
      expect((await collect(store, rangeOf('n'))).map((pair) => orderOf(pair.key)[0])).toEqual(numbers);
      await store.close();
    });

    test('an empty commit does nothing', async () => {
      const store = await opened();
      await store.commit([]);
      expect(await collect(store, rangeOf('n'))).toEqual([]);
      await store.close();
    });
  });

  describe(`${name}: ranges`, () => {
    test('reads a long range whole, in order, both ways', async () => {
      const store = await opened();
      const numbers = Array.from({ length: 1500 }, (_, i) => i * 7);
      await store.commit(numbers.map((n) => ({ key: plainKey('n', ['x'], [n]), value: new Uint8Array(700).fill(n) })));
      const up = await collect(store, rangeOf('n', ['x']));
      expect(up.map((pair) => orderOf(pair.key)[0])).toEqual(numbers);
      expect(up.every((pair, i) => pair.value.length === 700 && pair.value[699] === ((i * 7) & 0xff))).toBe(true);
      const down = await collect(store, rangeOf('n', ['x'], { reverse: true }));
      expect(down.map((pair) => hex(pair.key))).toEqual(up.map((pair) => hex(pair.key)).reverse());
      await store.close();
    });

    test('keeps within its bounds and its limit, and never runs into another kind or part', async () => {
      const store = await opened();
      const near: Write[] = [put('m', [3], 'other kind'), put('na', [3], 'longer kind')];
      const others = ['', 'x', 'y', 'xx'].map((part) => ({ key: plainKey('n', [part], [3]), value: utf8(part) }));
      await store.commit([...near, ...others, ...[1, 2, 3, 4, 5].map((n) => put('n', [n], `${n}`))]);
      expect(await values(store, rangeOf('n', [], { gte: [2], lt: [5] }))).toEqual(['2', '3', '4']);
      expect(await values(store, rangeOf('n', [], { limit: 2, reverse: true }))).toEqual(['5', '4']);
      expect(await values(store, rangeOf('n', [], { limit: 0 }))).toEqual([]);
      expect(await values(store, rangeOf('n', [], { gte: [4], lt: [2] }))).toEqual([]);
      expect(await values(store, rangeOf('n', ['x']))).toEqual(['x']);
      await store.close();
    });

    test('a bound with fewer numbers than the keys takes all that begin with it', async () => {
      const store = await opened();
      await store.commit(
        [
          [1, 9],
          [2, 0],
          [2, 7],
          [3, 0],
        ].map((order) => put('epoch', order, order.join(':'))),
      );
      expect(await values(store, rangeOf('epoch', [], { gte: [2], lt: [3] }))).toEqual(['2:0', '2:7']);
      await store.close();
    });

    test('shows the store as it was when reading began, whatever is committed meanwhile', async () => {
      const store = await opened();
      await store.commit([put('n', [1], '1'), put('n', [2], '2')]);
      const seen: string[] = [];
      for await (const { value } of store.range(rangeOf('n'))) {
        seen.push(word(value));
        await store.commit([{ key: plainKey('n', [], [2]), value: null }, put('n', [3], '3')]);
      }
      expect(seen).toEqual(['1', '2']);
      expect(await values(store, rangeOf('n'))).toEqual(['1', '3']);
      await store.close();
    });

    test('can be left early, and the store still closes', async () => {
      const store = await opened();
      await store.commit([put('n', [1], '1'), put('n', [2], '2')]);
      for await (const pair of store.range(rangeOf('n'))) if (pair.value.length > 0) break;
      await store.close();
    });

    test('compacting a range loses nothing that lives', async () => {
      const store = await opened();
      await store.commit(Array.from({ length: 50 }, (_, n) => put('n', [n], `${n}`)));
      await store.commit(Array.from({ length: 25 }, (_, n) => ({ key: plainKey('n', [], [2 * n]), value: null })));
      const { gte, lt } = rangeOf('n', [], { gte: [1], lt: [49] });
      await store.compact(gte, lt);
      expect(await values(store, rangeOf('n'))).toEqual(Array.from({ length: 25 }, (_, n) => `${2 * n + 1}`));
      await store.close();
    });
  });

  describe(`${name}: like a simple map`, () => {
    test('after any commits, restarts and reads', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const store = await opened();
          const model = new Map<string, Bytes>();
          for (const one of steps) await follow(store, model, one);
          for (const reverse of [false, true]) {
            const pairs = await collect(store, rangeOf('k', ['p'], { reverse }));
            const expected = [...model.keys()].sort();
            if (reverse) expected.reverse();
            expect(pairs.map((pair) => hex(pair.key))).toEqual(expected);
            expect(pairs.map((pair) => pair.value)).toEqual(expected.map((key) => model.get(key)));
          }
          await store.close();
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe(`${name}: opening and closing`, () => {
    test('refuses every call before it is opened and after it is closed', async () => {
      const store = make();
      await refusesAll(store);
      await store.open();
      await store.close();
      await refusesAll(store);
    });

    test('opens twice and closes twice without harm, and has everything when opened again', async () => {
      const store = make();
      await Promise.all([store.open(), store.open()]);
      await store.commit([put('a', [], 'kept')]);
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store.open();
      expect(await read(store, plainKey('a'))).toBe('kept');
      await store.close();
    });

    test('closing waits for commits under way', async () => {
      const store = await opened();
      const commits = Array.from({ length: 20 }, (_, n) => store.commit([put('n', [n], `${n}`)]));
      await store.close();
      await Promise.all(commits);
      await store.open();
      expect(await collect(store, rangeOf('n'))).toHaveLength(20);
      await store.close();
    });

    test('a range still being read when the store closes ends in CLOSED, not as if it were whole', async () => {
      const store = await opened();
      await store.commit(Array.from({ length: 10 }, (_, n) => put('n', [n], `${n}`)));
      const pairs = store.range(rangeOf('n'))[Symbol.asyncIterator]();
      await pairs.next();
      await store.close();
      await expect(pairs.next()).rejects.toSatisfy((error) => isSottoError(error, 'CLOSED'));
    });
  });
}

type Step = { readonly writes: readonly Write[] } | 'reopen' | 'compact';

const order = fc.oneof(fc.nat(3), fc.nat(300), fc.maxSafeNat());
const write: fc.Arbitrary<Write> = fc.record({
  key: order.map((n) => plainKey('k', ['p'], [n])),
  value: fc.option(
    fc.uint8Array({ maxLength: 40 }).map((value) => new Uint8Array(value)),
    { nil: null },
  ),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ writes: fc.array(write, { maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>('reopen', 'compact') },
);

async function follow(store: Store, model: Map<string, Bytes>, one: Step): Promise<void> {
  if (one === 'reopen') {
    await store.close();
    await store.open();
  } else if (one === 'compact') {
    const { gte, lt } = rangeOf('k', ['p']);
    await store.compact(gte, lt);
  } else {
    await store.commit(one.writes);
    for (const { key, value } of one.writes) {
      if (value === null) model.delete(hex(key));
      else model.set(hex(key), new Uint8Array(value));
    }
  }
}

async function refusesAll(store: Store): Promise<void> {
  const { gte, lt } = rangeOf('n');
  const calls = [
    () => store.get(plainKey('a')),
    () => store.getMany([plainKey('a')]),
    () => store.commit([put('a', [], 'x')]),
    () => store.commit([]),
    () => store.compact(gte, lt),
    () => collect(store, rangeOf('n')),
  ];
  for (const call of calls) await expect(call()).rejects.toSatisfy((error) => isSottoError(error, 'CLOSED'));
}

function put(kind: string, numbers: readonly number[], value: string): Write {
  return { key: plainKey(kind, [], numbers), value: utf8(value) };
}

async function collect(store: Store, range: Range): Promise<Pair[]> {
  return Array.fromAsync(store.range(range));
}

async function values(store: Store, range: Range): Promise<string[]> {
  return (await collect(store, range)).map((pair) => word(pair.value));
}

async function read(store: Store, key: Uint8Array): Promise<string | null> {
  const value = await store.get(key);
  return value === null ? null : word(value);
}

function word(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}
