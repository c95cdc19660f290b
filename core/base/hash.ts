// SHA-256, HKDF and HMAC with the labels that keep every use of a key or hash apart.
import { createSecretKey, hash, hkdfSync } from 'node:crypto';
import { type Bytes, concat, utf8 } from './bytes.ts';

const SHA256_BYTES = 32;
/** What SHA-256 takes in at a time. */
const BLOCK_BYTES = 64;

const labels = new Map<string, Bytes>();

/** `"sotto/<what>/1\0"` as bytes: in front of everything we hash or sign (H4). */
export function label(what: string): Bytes {
  let bytes = labels.get(what);
  if (bytes === undefined) {
    bytes = utf8(`sotto/${what}/1\0`);
    labels.set(what, bytes);
  }
  return bytes;
}

/** Where parts are joined to be hashed: most inputs are small and many, and memory of their own costs as much as their hash. */
const scratch = new Uint8Array(2_048);

/** SHA-256, 32 bytes (FIPS 180-4). */
export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const [only] = parts;
  return digest(parts.length === 1 && only !== undefined ? only : joined(parts));
}

/** As text, one character a byte, Node hands a digest over in half the time it takes for a buffer, and leaves no memory to be freed. */
function digest(input: Uint8Array): Bytes {
  const bytes = new Uint8Array(SHA256_BYTES);
  writeDigest(input, bytes, 0);
  return bytes;
}

function writeDigest(input: Uint8Array, into: Uint8Array, at: number): void {
  const text = hash('sha256', input, 'binary');
  for (let i = 0; i < SHA256_BYTES; i += 1) into[at + i] = text.charCodeAt(i);
}

/** SHA-256 over `label(what) || parts`, 32 bytes. */
export function labelledHash(what: string, ...parts: readonly Uint8Array[]): Bytes {
  return sha256(label(what), ...parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length > scratch.length) return concat(...parts);
  let at = 0;
  for (const part of parts) {
    scratch.set(part, at);
    at += part.length;
  }
  return scratch.subarray(0, length);
}

/** HKDF-SHA-256 (RFC 5869) with `label(what) || context` as info. @param length bytes to derive */
export function derive(secret: Uint8Array, salt: Uint8Array, what: string, length: number, ...context: readonly Uint8Array[]): Bytes {
  return new Uint8Array(hkdfSync('sha256', createSecretKey(secret), salt, concat(label(what), ...context), length));
}

/** HMAC-SHA-256 (RFC 2104) under one key that is used often: two digests without the object Node makes for each. Its key must never be logged. */
export class Mac {
  /** Key xor ipad, then room for what is authenticated. */
  #inner: Uint8Array;
  /** Key xor opad, then room for the inner digest. */
  readonly #outer = new Uint8Array(BLOCK_BYTES + SHA256_BYTES);

  /** @param key up to 64 bytes */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new TypeError('a key of a Mac is at most one block');
    this.#inner = new Uint8Array(2 * BLOCK_BYTES).fill(0x36, 0, BLOCK_BYTES);
    this.#outer.fill(0x5c, 0, BLOCK_BYTES);
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The 32 bytes for `message`. */
  of(message: Uint8Array): Bytes {
    const end = BLOCK_BYTES + message.length;
    if (end > this.#inner.length) this.#inner = concat(this.#inner.subarray(0, BLOCK_BYTES), message);
    else this.#inner.set(message, BLOCK_BYTES);
    writeDigest(this.#inner.subarray(0, end), this.#outer, BLOCK_BYTES);
    return digest(this.#outer);
  }
}
