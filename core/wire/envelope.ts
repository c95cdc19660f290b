// What a relay may see of an entry: a version, which generation key wraps it, a salt, and ciphertext of a padded size.
import { type Bytes, concat, u32be } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { MAX_ENVELOPE_BYTES, MIN_ENVELOPE_BYTES } from './limits.ts';

/** First byte of an envelope. */
export const ENVELOPE = { CONVERSATION: 1, INBOX: 2 } as const;

/** Clear bytes of a conversation envelope: version (1), generation id (16), salt (32). They are the AEAD's associated data. */
export const ENVELOPE_HEADER_BYTES = 49;
/** AES-256-GCM tag at the end. */
export const ENVELOPE_TAG_BYTES = 16;

/** An envelope's id: SHA-256 of its bytes (C2). */
export function envelopeId(envelope: Uint8Array): Bytes {
  return sha256(envelope);
}

/** A conversation envelope's parts. */
export interface EnvelopeParts {
  /** 16 bytes. */
  readonly generation: Bytes;
  /** 32 bytes. */
  readonly salt: Bytes;
  readonly header: Bytes;
  readonly sealed: Bytes;
}

/** Splits a conversation envelope. @throws MALFORMED for another version or an impossible size */
export function splitEnvelope(envelope: Bytes): EnvelopeParts {
  if (
    envelope[0] !== ENVELOPE.CONVERSATION ||
    envelope.length < ENVELOPE_HEADER_BYTES + ENVELOPE_TAG_BYTES + 4 ||
    envelope.length > MAX_ENVELOPE_BYTES
  ) {
    throw new SottoError('MALFORMED', 'Not a conversation envelope.');
  }
  return {
    generation: envelope.slice(1, 17),
    salt: envelope.slice(17, ENVELOPE_HEADER_BYTES),
    header: envelope.slice(0, ENVELOPE_HEADER_BYTES),
    sealed: envelope.slice(ENVELOPE_HEADER_BYTES),
  };
}

/** The next size bucket (a power of two from MIN_ENVELOPE_BYTES) that holds `bytes`. @throws TOO_LARGE */
export function bucket(bytes: number): number {
  let size = MIN_ENVELOPE_BYTES;
  while (size < bytes) size *= 2;
  if (size > MAX_ENVELOPE_BYTES) throw new SottoError('TOO_LARGE', 'The message is too large for one envelope.');
  return size;
}

/** `u32be length | body | zeros`, so that `overhead` more bytes make a full bucket. */
export function pad(body: Uint8Array, overhead: number): Bytes {
  const size = bucket(4 + body.length + overhead) - overhead;
  return concat(u32be(body.length), body, new Uint8Array(size - 4 - body.length));
}

/** Undoes pad. @throws MALFORMED when the length is impossible or the padding is not zero */
export function unpad(padded: Bytes): Bytes {
  if (padded.length < 4) throw new SottoError('MALFORMED', 'The padding is broken.');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || padded.subarray(4 + length).some((byte) => byte !== 0))
    throw new SottoError('MALFORMED', 'The padding is broken.');
  return padded.slice(4, 4 + length);
}
