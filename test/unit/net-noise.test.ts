// Our cipher for Noise is the stock one to the bit: what stands on the wire does not change.
import { randomBytes } from 'node:crypto';
import { nodeCrypto } from '@chainsafe/libp2p-noise/crypto';
import { expect, test } from 'vitest';
import { decrypt, encrypt } from '../../core/net/hard-noise.ts';

test('seals and opens as the stock cipher does, whole or in pieces, and refuses a bent bit', () => {
  for (const length of [0, 1, 640, 1_100, 16_384, 65_519]) {
    const [key, nonce, associated, plain] = [randomBytes(32), randomBytes(12), new Uint8Array(0), randomBytes(length)];
    const stock = nodeCrypto.chaCha20Poly1305Encrypt(plain, nonce, associated, key).subarray();
    const pieces = { byteLength: length, subarray: () => Buffer.concat([plain.subarray(0, length >> 1), plain.subarray(length >> 1)]) };
    for (const sealed of [encrypt(plain, nonce, associated, key), encrypt(pieces, nonce, associated, key)]) {
      expect(Buffer.compare(sealed, stock)).toBe(0);
      expect(Buffer.compare(decrypt(sealed, nonce, associated, key), plain)).toBe(0);
      sealed[length >> 1] = (sealed[length >> 1] ?? 0) ^ 1;
      expect(() => decrypt(sealed, nonce, associated, key)).toThrow();
    }
  }
});
