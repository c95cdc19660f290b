// A layered map is a map: whatever is put into it in whatever order, and none that was there before changes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LayeredMap } from '../../desktop/ui/app/layered-map.ts';

const entries = fc.array(fc.tuple(fc.nat(60), fc.nat()), { maxLength: 150, size: 'max' });
const keys = Array.from({ length: 61 }, (_, key) => key);

test('It holds what a map of the same holds, and each one before it still what it held', () => {
  fc.assert(
    fc.property(entries, entries, (first, changes) => {
      const plain = new Map(first);
      let layered = new LayeredMap<number, number>(first);
      const earlier = [{ layered, plain: new Map(plain) }];
      for (const [key, value] of changes) {
        plain.set(key, value);
        layered = layered.with(key, value);
        earlier.push({ layered, plain: new Map(plain) });
      }
      for (const one of earlier) {
        expect(new Map(one.layered)).toEqual(one.plain);
        expect(keys.map((key) => one.layered.get(key))).toEqual(keys.map((key) => one.plain.get(key)));
      }
    }),
    { numRuns: 20 },
  );
});
