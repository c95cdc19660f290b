// How a blob is sealed: AES-256-GCM chunk by chunk under a random key of its own, number and end of each chunk in its nonce, so that no chunk can
// be moved, left out, or cut off at the end. This is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its
// Nonce-Reuse Misuse-Resistance", CRYPTO 2015), its nonce laid out as in the age format (C2SP): u88 counter || u8 last.
// A key must never seal two different contents.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { type Bytes, owned } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { label } from '../base/hash.ts';
import { movedThrough } from '../base/young-garbage.ts';
import { BLOB_CHUNK_BYTES, MAX_BLOB_BYTES, MIN_BLOB_BYTES } from '../wire/limits.ts';

/** Bytes of the tag behind each chunk. */
export const TAG_BYTES = 16;
/** Bytes of a sealed chunk that is not the last. */
export const SEALED_CHUNK_BYTES = BLOB_CHUNK_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;
const COUNTER_BYTES = 11;
const CIPHER = 'aes-256-gcm';
const TAG = { authTagLength: TAG_BYTES };
const ASSOCIATED = label('blob');

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019): lengths keep only as many
 * leading bits as leak O(log log n), at a cost of 12 % at most; and nothing is shorter than MIN_BLOB_BYTES.
 */
export function paddedSize(size: number): number {
  const least = Math.max(size, MIN_BLOB_BYTES);
  const exponent = Math.floor(Math.log2(least));
  const unit = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(least / unit) * unit;
}

/** How one blob is laid out. */
export interface BlobLayout {
  /** Bytes of the content. */
  readonly size: number;
  /** The same with its padding, which is zeros. */
  readonly padded: number;
  readonly chunks: number;
  /** Bytes as a relay keeps them. */
  readonly sealed: number;
}

/** The layout of a content of `size` bytes. @throws TOO_LARGE */
export function blobLayout(size: number): BlobLayout {
  const padded = paddedSize(size);
  const chunks = Math.ceil(padded / BLOB_CHUNK_BYTES);
  const sealed = padded + chunks * TAG_BYTES;
  if (sealed > MAX_BLOB_BYTES) throw new SottoError('TOO_LARGE', 'The file is larger than a blob may be.');
  return { size, padded, chunks, sealed };
}

/** Plain bytes of a chunk, padding included. */
export function chunkBytes(layout: BlobLayout, index: number): number {
  return Math.min(BLOB_CHUNK_BYTES, layout.padded - index * BLOB_CHUNK_BYTES);
}

/** The chunks of one blob under its key. */
export class BlobCipher {
  readonly layout: BlobLayout;
  readonly #key: KeyObject;
  readonly #nonce = new Uint8Array(NONCE_BYTES);

  /** @param key 32 bytes, used for this content alone */
  constructor(key: Uint8Array, layout: BlobLayout) {
    this.layout = layout;
    this.#key = createSecretKey(key);
  }

  /** Chunk `index`, sealed, with its tag at the end. */
  seal(index: number, plain: Uint8Array): Bytes {
    movedThrough(plain.length);
    const cipher = createCipheriv(CIPHER, this.#key, this.#nonceOf(index), TAG);
    cipher.setAAD(ASSOCIATED);
    const body = cipher.update(plain);
    cipher.final();
    const sealed = Buffer.allocUnsafeSlow(body.length + TAG_BYTES);
    sealed.set(body);
    sealed.set(cipher.getAuthTag(), body.length);
    return sealed;
  }

  /** Chunk `index`, opened; null when it is not the one that was sealed there. */
  open(index: number, sealed: Uint8Array): Bytes | null {
    if (sealed.length !== chunkBytes(this.layout, index) + TAG_BYTES) return null;
    movedThrough(sealed.length);
    const cipher = createDecipheriv(CIPHER, this.#key, this.#nonceOf(index), TAG);
    cipher.setAAD(ASSOCIATED);
    cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const plain = cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
    try {
      cipher.final();
    } catch {
      return null;
    }
    return owned(plain);
  }

  #nonceOf(index: number): Uint8Array {
    // The counter's upper bytes stay zero: a blob has at most 2^14 chunks.
    new DataView(this.#nonce.buffer).setUint32(COUNTER_BYTES - 4, index);
    this.#nonce[COUNTER_BYTES] = index === this.layout.chunks - 1 ? 1 : 0;
    return this.#nonce;
  }
}
