// Plain keys: no two mean the same, numbers sort, and what is not a key is refused.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex, utf8 } from '../../core/base/bytes.ts';
import { headLength, orderOf, plainKey, rangeOf } from '../../core/store/keys.ts';

const part = fc.oneof(fc.string({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }));
const head = fc.tuple(fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }), fc.array(part, { maxLength: 3 }));
const order = fc.array(fc.oneof(fc.nat(3), fc.maxSafeNat()), { maxLength: 3 });
const asText = ([kind, parts]: [string, (string | Uint8Array)[]]): string =>
  JSON.stringify([kind, parts.map((one) => hex(typeof one === 'string' ? utf8(one) : one))]);

test('two different heads never begin alike, whatever their parts are', () => {
  fc.assert(
    fc.property(head, head, order, order, (a, b, ao, bo) => {
      fc.pre(asText(a) !== asText(b));
      const [ka, kb] = [plainKey(...a, ao), plainKey(...b, bo)];
      expect(hex(ka).startsWith(hex(plainKey(...b)))).toBe(false);
      expect(hex(kb).startsWith(hex(plainKey(...a)))).toBe(false);
    }),
  );
});

test('the order comes back, and sorts as numbers do', () => {
  fc.assert(
    fc.property(head, order, order, (h, a, b) => {
      const [ka, kb] = [plainKey(...h, a), plainKey(...h, b)];
      expect(orderOf(ka)).toEqual(a);
      expect(headLength(ka)).toBe(plainKey(...h).length);
      expect(Math.sign(Buffer.compare(ka, kb))).toBe(compare(a, b));
    }),
  );
});

test('a range of a head holds every key of it', () => {
  fc.assert(
    fc.property(head, order, (h, numbers) => {
      const key = plainKey(...h, numbers);
      const { gte, lt } = rangeOf(...h);
      expect(Buffer.compare(gte, key)).toBeLessThanOrEqual(0);
      expect(Buffer.compare(key, lt)).toBe(-1);
    }),
  );
});

test("refuses what cannot be a key: a programmer's mistake, not a value", () => {
  expect(() => plainKey('')).toThrow(TypeError);
  expect(() => plainKey('k'.repeat(256))).toThrow(TypeError);
  expect(() => plainKey('k', [new Uint8Array(65_536)])).toThrow(TypeError);
  for (const number of [-1, 0.5, 2 ** 53, Number.NaN]) expect(() => plainKey('k', [], [number])).toThrow(TypeError);
  for (const bytes of [[], [0], [2, 65], [1, 65], [1, 65, 1, 0, 9, 1]]) expect(() => headLength(new Uint8Array(bytes))).toThrow(TypeError);
  expect(() => orderOf(new Uint8Array([...plainKey('k'), 1]))).toThrow(TypeError);
});

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined) return 1;
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length < b.length ? -1 : 0;
}
