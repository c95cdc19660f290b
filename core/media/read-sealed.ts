// Random access to a sealed blob: which sealed bytes to ask for, and the content in them. Every chunk is checked; the whole is not, so what is shown
// is what the author sealed at that place, and no more is said.
import { type Bytes, concat } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { BLOB_CHUNK_BYTES } from '../wire/limits.ts';
import { BlobCipher, blobLayout, SEALED_CHUNK_BYTES } from './sealed-blob.ts';

/** A range of sealed bytes, `to` excluded. */
export interface SealedRange {
  readonly from: number;
  readonly to: number;
}

/** The sealed bytes that hold content `from` up to `to` (excluded). @throws BAD_INPUT for a range outside the content */
export function sealedRange(size: number, from: number, to: number): SealedRange {
  if (from < 0 || to <= from || to > size) throw new SottoError('BAD_INPUT', 'There is no such part.');
  const last = Math.ceil(to / BLOB_CHUNK_BYTES);
  const { sealed } = blobLayout(size);
  return { from: Math.floor(from / BLOB_CHUNK_BYTES) * SEALED_CHUNK_BYTES, to: Math.min(last * SEALED_CHUNK_BYTES, sealed) };
}

/** Content `from` up to `to` out of the bytes of sealedRange(). @throws MALFORMED when they are not those that were sealed there */
export function readSealed(key: Bytes, size: number, from: number, to: number, sealed: Uint8Array): Bytes {
  const cipher = new BlobCipher(key, blobLayout(size));
  const first = Math.floor(from / BLOB_CHUNK_BYTES);
  const chunks: Bytes[] = [];
  for (let at = 0; at < sealed.length; at += SEALED_CHUNK_BYTES) {
    const plain = cipher.open(first + chunks.length, sealed.subarray(at, at + SEALED_CHUNK_BYTES));
    if (plain === null) throw new SottoError('MALFORMED', 'The blob is not what was sealed.');
    chunks.push(plain);
  }
  const start = first * BLOB_CHUNK_BYTES;
  return concat(...chunks).slice(from - start, to - start);
}
