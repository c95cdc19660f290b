// What an author commits to with everybody: a hash over the content bytes, and what can be told of those before they are read.
import type { Bytes } from '../base/bytes.ts';
import { labelledHash } from '../base/hash.ts';
import { readFields } from '../wire/fields.ts';

/** Random bytes in front of every content: equal words never give an equal commitment (C6). */
export const CONTENT_SALT_BYTES = 16;
/** Number of the field `text` in Content; the kinds of content stand there and above. */
export const TEXT_FIELD = 10;

/** `SHA-256("sotto/commit/1\0" || content bytes)`, 32 bytes. */
export function commitOf(contentBytes: Uint8Array): Bytes {
  return labelledHash('commit', contentBytes);
}

/** True for bytes whose kind is a text, as far as their fields show; decodeContent may still refuse them. */
export function looksLikeText(contentBytes: Uint8Array): boolean {
  let isText = false;
  try {
    readFields(contentBytes.subarray(CONTENT_SALT_BYTES), (field) => {
      if (field >= TEXT_FIELD) isText = field === TEXT_FIELD;
    });
  } catch {
    return false;
  }
  return isText;
}
