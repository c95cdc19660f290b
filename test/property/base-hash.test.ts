// Our digests are those of Node's own crypto, whatever is put in.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex, unhex } from '../../core/base/bytes.ts';
import { labelledHash, Mac, sha256 } from '../../core/base/hash.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

test('a digest over parts is the digest over all of them', () => {
  fc.assert(
    fc.property(fc.array(bytes(900), { maxLength: 5 }), (parts) => {
      const whole = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
      expect(hex(sha256(...parts))).toBe(whole);
      const labelled = createHash('sha256').update('sotto/what/1\0').update(Buffer.concat(parts)).digest('hex');
      expect(hex(labelledHash('what', ...parts))).toBe(labelled);
    }),
  );
});

test('one Mac authenticates many messages of any length as HMAC-SHA-256 does, the long before the short', () => {
  fc.assert(
    fc.property(bytes(64), fc.array(bytes(400), { minLength: 1, maxLength: 8 }), (key, messages) => {
      const mac = new Mac(key);
      for (const message of messages) expect(hex(mac.of(message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
    }),
  );
});

test('case 2 of RFC 4231 comes out', () => {
  const mac = new Mac(Buffer.from('Jefe')).of(Buffer.from('what do ya want for nothing?'));
  expect(mac).toEqual(unhex('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'));
});

test('a key longer than a block is refused', () => {
  expect(() => new Mac(new Uint8Array(65))).toThrow(TypeError);
});
