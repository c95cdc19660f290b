// The outer wrap of a conversation's entries: nothing but version, generation id, salt and padded ciphertext shows to a relay.
import { type Bytes, concat } from '../base/bytes.ts';
import { labelledHash } from '../base/hash.ts';
import { ENVELOPE, ENVELOPE_HEADER_BYTES } from '../wire/envelope.ts';
import { MAX_ENVELOPE_BYTES } from '../wire/limits.ts';
import { openPadded, SALT_BYTES, sealPadded } from './padded.ts';

/** Bytes of a generation id. */
export const GENERATION_ID_BYTES = 16;
const FRONT_BYTES = ENVELOPE_HEADER_BYTES - SALT_BYTES;

/** What an envelope names its generation by: first 16 bytes of SHA-256("sotto/generation/1\0" || key). */
export function generationId(key: Uint8Array): Bytes {
  return labelledHash('generation', key).slice(0, GENERATION_ID_BYTES);
}

/** An envelope: `1 | generation id (16) | salt (32) | AES-256-GCM(padded wrapped)`. @param key 32 bytes. @throws TOO_LARGE */
export function wrapEnvelope(key: Uint8Array, wrapped: Uint8Array): Bytes {
  return sealPadded(key, 'envelope', concat(Uint8Array.of(ENVELOPE.CONVERSATION), generationId(key)), wrapped);
}

/** The wrapped bytes, or null when the envelope does not open under this generation key. Never throws for hostile bytes. */
export function unwrapEnvelope(key: Uint8Array, envelope: Bytes): Bytes | null {
  if (envelope[0] !== ENVELOPE.CONVERSATION || envelope.length > MAX_ENVELOPE_BYTES) return null;
  return openPadded(key, 'envelope', FRONT_BYTES, envelope);
}
