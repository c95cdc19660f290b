// SHA-256, HKDF and HMAC with the labels that keep every use of a key or hash apart.
import { createHmac, createSecretKey, hash, hkdfSync, KeyObject } from 'node:crypto';
import { type Bytes, concat, utf8 } from './bytes.ts';

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
  return new Uint8Array(hash('sha256', parts.length === 1 && only !== undefined ? only : joined(parts), 'buffer'));
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

/** HMAC-SHA-256, 32 bytes (RFC 2104). @param key a KeyObject when it is used again: Node takes 12 us longer over raw bytes */
export function hmac(key: Uint8Array | KeyObject, ...parts: readonly Uint8Array[]): Bytes {
  const mac = createHmac('sha256', key instanceof KeyObject ? key : createSecretKey(key));
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}
