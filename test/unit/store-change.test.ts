// A change against a model: nested ones see what is below, only what is kept and committed reaches the store.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { Change } from '../../core/store/change.ts';
import { plainKey, rangeOf } from '../../core/store/keys.ts';
import { MemoryStore } from '../../core/store/memory.ts';

const KEYS = ['a', 'b', 'c'] as const;
type Step =
  | { readonly do: 'put' | 'delete' | 'get'; readonly key: string; readonly value: string }
  | { readonly do: 'nest' | 'keep' | 'drop' | 'commit' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('put', 'delete', 'get'),
      key: fc.constantFrom(...KEYS),
      value: fc.string({ maxLength: 3 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('nest', 'keep', 'drop', 'commit') }) },
);

/** What each level of nesting sees; the first is the store. */
type Model = Map<string, string>[];

test('any nesting, keeping, dropping and committing does as a stack of maps does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const store = new MemoryStore();
      await store.open();
      let changes = [new Change(store)];
      let model: Model = [new Map(), new Map()];
      for (const one of steps) {
        [changes, model] = await follow(store, changes, model, one);
        for (const key of KEYS) {
          expect(text(await changes.at(-1)?.get(plainKey(key)))).toBe(model.at(-1)?.get(key) ?? null);
          expect(text(await store.get(plainKey(key)))).toBe(model[0]?.get(key) ?? null);
        }
      }
    }),
  );
});

async function follow(store: MemoryStore, changes: Change[], model: Model, one: Step): Promise<[Change[], Model]> {
  const change = changes.at(-1);
  const seen = model.at(-1);
  if (change === undefined || seen === undefined) throw new Error('the model lost its level');
  const nested = changes.length > 1;
  switch (one.do) {
    case 'put':
      change.put(plainKey(one.key), utf8(one.value));
      seen.set(one.key, one.value);
      break;
    case 'delete':
      change.delete(plainKey(one.key));
      seen.delete(one.key);
      break;
    case 'nest':
      return [
        [...changes, change.nest()],
        [...model, new Map(seen)],
      ];
    case 'keep':
      if (!nested) break;
      change.keep();
      return [changes.slice(0, -1), [...model.slice(0, -2), seen]];
    case 'drop':
      return nested ? [changes.slice(0, -1), model.slice(0, -1)] : [changes, model];
    case 'commit':
      if (nested) break;
      await change.commit();
      return [[new Change(store)], [seen, new Map(seen)]];
  }
  return [changes, model];
}

test('a change is spent by its end, and each end belongs to its own kind', async () => {
  const store = new MemoryStore();
  await store.open();
  const change = new Change(store);
  expect(() => change.keep()).toThrow(TypeError);
  const nested = change.nest();
  await expect(nested.commit()).rejects.toThrow(TypeError);
  nested.put(plainKey('a'), utf8('1'));
  nested.keep();
  expect(() => nested.put(plainKey('a'), utf8('2'))).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  await change.commit();
  await expect(change.commit()).rejects.toSatisfy((error) => isSottoError(error, 'INTERNAL'));
  expect(await Array.fromAsync(store.range(rangeOf('a')))).toHaveLength(1);
});

function text(value: Uint8Array | null | undefined): string | null {
  return value === null || value === undefined ? null : new TextDecoder().decode(value);
}

test('a value that is not written yet is found as it was put, read as bytes, and made bytes once for the store', async () => {
  const store = new MemoryStore();
  await store.open();
  let made = 0;
  const bytes = utf8('ratchet');
  const value = {
    toBytes: () => {
      made += 1;
      return bytes;
    },
  };
  const change = new Change(store);
  const step = change.nest();
  step.put(plainKey('a'), value);
  expect(await step.find(plainKey('a'))).toBe(value);
  expect(await change.find(plainKey('a'))).toBeNull();
  step.keep();
  expect(made).toBe(0);
  expect(await change.get(plainKey('a'))).toBe(bytes);
  await change.commit();
  expect(text(await store.get(plainKey('a')))).toBe('ratchet');
});

test('what was read ahead is what get answers, until the change itself writes the key', async () => {
  const store = new MemoryStore();
  await store.open();
  await store.commit([{ key: plainKey('a'), value: utf8('below') }]);
  const change = new Change(store);
  change.put(plainKey('b'), utf8('own'));
  await change.readAhead([plainKey('a'), plainKey('b'), plainKey('c')]);
  await store.close();
  expect(text(await change.get(plainKey('a')))).toBe('below');
  expect(text(await change.get(plainKey('b')))).toBe('own');
  expect(await change.nest().get(plainKey('c'))).toBeNull();
  change.put(plainKey('a'), utf8('above'));
  expect(text(await change.get(plainKey('a')))).toBe('above');
});
