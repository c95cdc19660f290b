// What a relay may see of an entry: a version, which generation key wraps it, a salt, and ciphertext of a padded size.
import type { Bytes } from '../base/bytes.ts';
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

/** Splits a conversation envelope into views of it. @throws MALFORMED for another version or an impossible size */
export function splitEnvelope(envelope: Bytes): EnvelopeParts {
  if (
    envelope[0] !== ENVELOPE.CONVERSATION ||
    envelope.length < ENVELOPE_HEADER_BYTES + ENVELOPE_TAG_BYTES + 4 ||
    envelope.length > MAX_ENVELOPE_BYTES
  ) {
    throw new SottoError('MALFORMED', 'Not a conversation envelope.');
  }
  return {
    generation: envelope.subarray(1, 17),
    salt: envelope.subarray(17, ENVELOPE_HEADER_BYTES),
    header: envelope.subarray(0, ENVELOPE_HEADER_BYTES),
    sealed: envelope.subarray(ENVELOPE_HEADER_BYTES),
  };
}

/** The next size bucket (a power of two from MIN_ENVELOPE_BYTES) that holds `bytes`. @throws TOO_LARGE */
export function bucket(bytes: number): number {
  let size = MIN_ENVELOPE_BYTES;
  while (size < bytes) size *= 2;
  if (size > MAX_ENVELOPE_BYTES) throw new SottoError('TOO_LARGE', 'The message is too large for one envelope.');
  return size;
}

/** `u32be length | body | zeros`, so that `overhead` more bytes make a full bucket. @throws TOO_LARGE */
export function pad(body: Uint8Array, overhead: number): Bytes {
  const padded = new Uint8Array(bucket(4 + body.length + overhead) - overhead);
  new DataView(padded.buffer).setUint32(0, body.length);
  padded.set(body, 4);
  return padded;
}

/** Undoes pad; the answer is a view. @throws MALFORMED when the length is impossible or the padding is not zero */
export function unpad(padded: Bytes): Bytes {
  if (padded.length < 4) throw new SottoError('MALFORMED', 'The padding is broken.');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || !isZero(padded.subarray(4 + length))) throw new SottoError('MALFORMED', 'The padding is broken.');
  return padded.subarray(4, 4 + length);
}

/** All bytes are zero when the first is and each equals its neighbour: two memory compares instead of a loop over 256 KiB. */
function isZero(bytes: Uint8Array): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0);
}
