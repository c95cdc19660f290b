// XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM whose 24-byte nonces may be random for ever, at two AES blocks a value more.
import { type Cipheriv, createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';
import { type Bytes, owned } from '../base/bytes.ts';

/** Bytes of a nonce. */
export const XAES_NONCE = 24;
/** Bytes of a tag. */
export const XAES_TAG = 16;
/** Bytes by which `seal` makes a value longer. */
export const XAES_OVERHEAD = XAES_NONCE + XAES_TAG;

const BLOCK = 16;
const TAG = { authTagLength: XAES_TAG } as const;

/** Bytes of a nonce that the key of a value is derived from; the rest is AES-256-GCM's own nonce. */
const KEY_NONCE = 12;
/** Bytes of the counter at the end of a sealer's nonces. */
const COUNTER = 4;

/** Seals one value of a batch: nonce(24) || ciphertext || tag(16). */
export type Seal = (plain: Uint8Array, aad: Uint8Array) => Bytes;

/** One 32-byte key, its schedule and CMAC subkey worked out once. */
export class Xaes {
  readonly #block: Cipheriv;
  /** The two blocks of step 5, and what of them is the same for every nonce. */
  readonly #input: Uint8Array;
  readonly #masks: Uint8Array;
  /** The nonce half and key of the value opened last: those of one batch share them. */
  #lately: { readonly nonce: Uint8Array; readonly key: KeyObject } | null = null;

  /** @throws TypeError for a key that is not 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new TypeError('an XAES-256-GCM key has 32 bytes');
    this.#block = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#masks = masksOf(doubled(this.#block.update(new Uint8Array(BLOCK))));
    this.#input = this.#masks.slice();
  }

  /** nonce(24) || ciphertext || tag(16) under a fresh random nonce. */
  seal(plain: Uint8Array, aad: Uint8Array): Bytes {
    return this.sealer()(plain, aad);
  }

  /**
   * Seals the values of one batch, up to 2^32, under nonces whose first 20 bytes are random and whose last four count: no nonce comes
   * twice, and they share the key that XAES derives from the first twelve, which costs more than sealing a small value.
   */
  sealer(): Seal {
    const nonce = randomFillSync(new Uint8Array(XAES_NONCE));
    const counter = new DataView(nonce.buffer, XAES_NONCE - COUNTER);
    counter.setUint32(0, 0);
    const key = this.#key(nonce);
    return (plain, aad) => {
      const sealed = sealWith(key, nonce, plain, aad, XAES_NONCE);
      sealed.set(nonce);
      counter.setUint32(0, counter.getUint32(0) + 1);
      return sealed;
    };
  }

  /** The plain bytes of what `seal` made, or null when any bit of it or of `aad` is another. */
  open(sealed: Uint8Array, aad: Uint8Array): Bytes | null {
    const end = sealed.length - XAES_TAG;
    if (end < XAES_NONCE) return null;
    const nonce = sealed.subarray(0, XAES_NONCE);
    const cipher = createDecipheriv('aes-256-gcm', this.#keyOf(nonce), nonce.subarray(KEY_NONCE), TAG);
    cipher.setAAD(aad).setAuthTag(sealed.subarray(end));
    const plain = cipher.update(sealed.subarray(XAES_NONCE, end));
    try {
      cipher.final();
    } catch {
      return null;
    }
    return owned(new Uint8Array(plain.buffer, plain.byteOffset, plain.length));
  }

  /** ciphertext || tag under a given 24-byte nonce, as the specification's vectors have it; `seal` is the one to use. */
  sealWith(nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array): Bytes {
    return sealWith(this.#key(nonce), nonce, plain, aad, 0);
  }

  #keyOf(nonce: Uint8Array): KeyObject {
    const front = nonce.subarray(0, KEY_NONCE);
    if (this.#lately === null || Buffer.compare(this.#lately.nonce, front) !== 0)
      this.#lately = { nonce: front.slice(), key: this.#key(nonce) };
    return this.#lately.key;
  }

  /** Step 5 of the specification: the key of one nonce. A KeyObject, since Node takes 15 us longer over raw bytes. */
  #key(nonce: Uint8Array): KeyObject {
    const input = this.#input;
    for (let i = 0; i < 12; i += 1) {
      const byte = nonce[i] ?? 0;
      input[i + 4] = byte ^ (this.#masks[i + 4] ?? 0);
      input[i + 20] = byte ^ (this.#masks[i + 20] ?? 0);
    }
    return createSecretKey(this.#block.update(input));
  }
}

/** `room` free bytes, then ciphertext || tag. */
function sealWith(key: KeyObject, nonce: Uint8Array, plain: Uint8Array, aad: Uint8Array, room: number): Bytes {
  const cipher = createCipheriv('aes-256-gcm', key, nonce.subarray(KEY_NONCE), TAG);
  cipher.setAAD(aad);
  const sealed = new Uint8Array(room + plain.length + XAES_TAG);
  sealed.set(cipher.update(plain), room);
  cipher.final();
  sealed.set(cipher.getAuthTag(), room + plain.length);
  return sealed;
}

/** Steps 3 and 4 without the nonce: both blocks' heads under the CMAC subkey. */
function masksOf(subkey: Uint8Array): Uint8Array {
  const masks = new Uint8Array(2 * BLOCK);
  masks.set([0, 1, 0x58, 0]);
  masks.set([0, 2, 0x58, 0], BLOCK);
  return masks.map((byte, i) => byte ^ (subkey[i % BLOCK] ?? 0));
}

/** Doubling in GF(2^128), step 2: the CMAC subkey K1. */
function doubled(block: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK);
  for (let i = 0; i < BLOCK; i += 1) out[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7);
  if ((block[0] ?? 0) & 0x80) out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ 0x87;
  return out;
}
