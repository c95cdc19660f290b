// Seals a body under a long-lived secret: a fresh key per value from 32 random bytes, padded to a size bucket, header authenticated.
import { type Bytes, concat } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { pad, unpad } from '../wire/envelope.ts';
import { oneTimeKey, open, seal, TAG_BYTES } from './aead.ts';

/** Bytes of the salt behind the front. */
export const SALT_BYTES = 32;

/** `front | salt (32) | AES-256-GCM(pad(body))`; front and salt are the associated data. @throws TOO_LARGE */
export function sealPadded(secret: Uint8Array, what: string, front: Uint8Array, body: Uint8Array): Bytes {
  const salt = random(SALT_BYTES);
  const header = concat(front, salt);
  return concat(header, seal(oneTimeKey(secret, salt, what), header, pad(body, header.length + TAG_BYTES)));
}

/** The body, or null when the value was not sealed so under this secret. Never throws for hostile bytes. */
export function openPadded(secret: Uint8Array, what: string, frontBytes: number, value: Bytes): Bytes | null {
  const headerBytes = frontBytes + SALT_BYTES;
  if (value.length < headerBytes + TAG_BYTES) return null;
  const header = value.subarray(0, headerBytes);
  const padded = open(oneTimeKey(secret, value.subarray(frontBytes, headerBytes), what), header, value.subarray(headerBytes));
  if (padded === null) return null;
  try {
    return unpad(padded);
  } catch {
    return null;
  }
}
