// XAES-256-GCM against the vectors its specification publishes (c2sp.org/XAES-256-GCM).
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { hex, utf8 } from '../../core/base/bytes.ts';
import { XAES_OVERHEAD, Xaes } from '../../core/store/xaes.ts';

const NONCE = utf8('ABCDEFGHIJKLMNOPQRSTUVWX');

test('agrees with the published vectors on both sides of the doubling', () => {
  const plain = utf8('XAES-256-GCM');
  const low = new Xaes(new Uint8Array(32).fill(1)).sealWith(NONCE, plain, new Uint8Array(0));
  expect(hex(low)).toBe('ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271');
  const high = new Xaes(new Uint8Array(32).fill(3)).sealWith(NONCE, plain, utf8('c2sp.org/XAES-256-GCM'));
  expect(hex(high)).toBe('986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d');
});

test('agrees with the published accumulated hash of 10,000 random inputs', () => {
  // At most 566 bytes are drawn for each input.
  const stream = createHash('shake128', { outputLength: 10_000 * 566 }).digest();
  const all = createHash('shake128', { outputLength: 32 });
  let at = 0;
  const draw = (length: number): Uint8Array => {
    at += length;
    return stream.subarray(at - length, at);
  };
  const drawShort = (): Uint8Array => draw(draw(1)[0] ?? 0);
  for (let i = 0; i < 10_000; i += 1) {
    const [key, nonce, plain, aad] = [draw(32), draw(24), drawShort(), drawShort()];
    all.update(new Xaes(key).sealWith(nonce, plain, aad));
  }
  expect(all.digest('hex')).toBe('e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939');
});

test('opens what it sealed, and nothing that differs in one bit', () => {
  const xaes = new Xaes(new Uint8Array(32).fill(7));
  const aad = utf8('its place');
  for (const length of [0, 1, 15, 16, 17, 300]) {
    const plain = new Uint8Array(length).fill(length);
    const sealed = xaes.seal(plain, aad);
    expect(sealed.length).toBe(length + XAES_OVERHEAD);
    expect(xaes.open(sealed, aad)).toEqual(plain);
    expect(xaes.open(sealed, utf8('another place'))).toBeNull();
    for (let i = 0; i < sealed.length; i += 1) {
      const bent = sealed.slice();
      bent[i] = (bent[i] ?? 0) ^ 1;
      expect(xaes.open(bent, aad)).toBeNull();
    }
  }
});

test('answers null for anything too short, and never seals twice alike', () => {
  const xaes = new Xaes(new Uint8Array(32));
  for (let length = 0; length < XAES_OVERHEAD; length += 1) expect(xaes.open(new Uint8Array(length), NONCE)).toBeNull();
  expect(hex(xaes.seal(NONCE, NONCE))).not.toBe(hex(xaes.seal(NONCE, NONCE)));
  expect(() => new Xaes(new Uint8Array(16))).toThrow(TypeError);
});

test('seals a batch under nonces that differ, whose values open in any order and beside those of other batches', () => {
  const xaes = new Xaes(new Uint8Array(32).fill(9));
  const batches = [xaes.sealer(), xaes.sealer()];
  const sealed = batches.flatMap((seal) => Array.from({ length: 300 }, (_, n) => seal(utf8(`value ${n}`), utf8(`place ${n}`))));
  const nonces = new Set(sealed.map((value) => hex(value.subarray(0, 24))));
  expect(nonces.size).toBe(sealed.length);
  for (const at of [0, 599, 1, 300, 299, 301])
    expect(xaes.open(sealed[at] as Uint8Array, utf8(`place ${at % 300}`))).toEqual(utf8(`value ${at % 300}`));
  expect(xaes.open(sealed[1] as Uint8Array, utf8('place 0'))).toBeNull();
});
