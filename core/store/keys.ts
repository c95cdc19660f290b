// The one encoding of keys in a peer's store: kind and parts, which the sealed store blinds, then numbers, which stay ordered.
// It must never let two different (kind, parts) share a prefix, nor a part run over into the numbers.
import { type Bytes, concat, utf8 } from '../base/bytes.ts';
import type { Range } from './store.ts';

/*
 * plain key  = u8 kind length | kind | u8 number of parts | { u16be length | part }* | u64be*
 *              `------------------- head: blinded as a whole ------------------'   `- order: in clear on the disk
 *
 * Whoever holds the disk sees the order numbers, and which records share a head; never a kind, an account or a conversation id.
 * So an order number is a sequence or a plain counter, never a time or an id that tells something.
 *
 * Listing without knowing ids ("all conversations"): a head cannot be guessed back, so keep the list under one head of its own,
 * `plainKey('conversation', [], [n])` with the id inside the value, and read it with `rangeOf('conversation', [])`. `n` is any free
 * number: the next one is the last key of the reversed range plus one, taken in the account's queue. A record that must also be found
 * by its id has a second one, `plainKey('conversation-by-id', [id])`, whose value is `n`; both are written in one change.
 */

const MAX_KIND = 255;
const MAX_PARTS = 255;
/** Longest part, bytes: ids and names, with room; never content. */
const MAX_PART = 0xffff;
/** Above every u64be of an order number, whose first byte is at most 0x1f. */
const ABOVE_ALL = new Uint8Array([0xff]);

/**
 * The plain key of a record. `kind` is a fixed word of the program; text parts are taken as UTF-8; `order` numbers are 0..2^53-1.
 * @throws TypeError for an empty or too long kind or part
 */
export function plainKey(kind: string, parts: readonly (Uint8Array | string)[] = [], order: readonly number[] = []): Bytes {
  const key = withHead(kind, parts, 8 * order.length);
  let at = key.length - 8 * order.length;
  const view = new DataView(key.buffer);
  for (const number of order) {
    writeOrder(view, at, number);
    at += 8;
  }
  return key;
}

/**
 * All keys of one (kind, parts), or those with `gte <= order < lt`; either may name fewer numbers than the keys have.
 * @throws TypeError as plainKey
 */
export function rangeOf(
  kind: string,
  parts: readonly (Uint8Array | string)[] = [],
  bounds: { readonly gte?: readonly number[]; readonly lt?: readonly number[]; readonly reverse?: boolean; readonly limit?: number } = {},
): Range {
  const head = withHead(kind, parts, 0);
  const { gte = [], lt, reverse, limit } = bounds;
  return {
    gte: concat(head, ...gte.map(orderNumber)),
    lt: lt === undefined ? concat(head, ABOVE_ALL) : concat(head, ...lt.map(orderNumber)),
    ...(reverse === undefined ? {} : { reverse }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** The order numbers of a plain key. @throws TypeError when it is not one */
export function orderOf(key: Uint8Array): number[] {
  const start = headLength(key);
  if ((key.length - start) % 8 !== 0) throw new TypeError('not a plain key');
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const order: number[] = [];
  for (let at = start; at < key.length; at += 8) order.push(view.getUint32(at) * 0x1_0000_0000 + view.getUint32(at + 4));
  return order;
}

/** How many bytes of a plain key (or of a bound) are its head. @throws TypeError when they are not one */
export function headLength(key: Uint8Array): number {
  const kind = key[0] ?? 0;
  const parts = key[1 + kind];
  if (kind === 0 || parts === undefined) throw new TypeError('not a plain key');
  let at = 2 + kind;
  for (let part = 0; part < parts; part += 1) at += 2 + (key[at] ?? 0) * 0x100 + (key[at + 1] ?? 0);
  if (at > key.length) throw new TypeError('not a plain key');
  return at;
}

/** The head, with `room` free bytes behind it. Several keys for every message: one allocation each. */
function withHead(kind: string, parts: readonly (Uint8Array | string)[], room: number): Bytes {
  const word = wordOf(kind);
  if (parts.length > MAX_PARTS) throw new TypeError('bad kind or parts of a key');
  let length = word.length + 1;
  const inBytes = parts.map(bytesOfPart);
  for (const part of inBytes) length += 2 + part.length;
  const head = new Uint8Array(length + room);
  head.set(word);
  head[word.length] = parts.length;
  let at = word.length + 1;
  for (const part of inBytes) {
    head[at] = part.length >> 8;
    head[at + 1] = part.length & 0xff;
    head.set(part, at + 2);
    at += 2 + part.length;
  }
  return head;
}

/** `u8 length | kind`; the kinds are the program's own, so there are few. */
const words = new Map<string, Bytes>();

function wordOf(kind: string): Bytes {
  let word = words.get(kind);
  if (word === undefined) {
    const bytes = utf8(kind);
    if (bytes.length === 0 || bytes.length > MAX_KIND) throw new TypeError('bad kind or parts of a key');
    word = concat(new Uint8Array([bytes.length]), bytes);
    words.set(kind, word);
  }
  return word;
}

function bytesOfPart(part: Uint8Array | string): Uint8Array {
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  if (bytes.length > MAX_PART) throw new TypeError('a part of a key is too long');
  return bytes;
}

function orderNumber(value: number): Bytes {
  const bytes = new Uint8Array(8);
  writeOrder(new DataView(bytes.buffer), 0, value);
  return bytes;
}

function writeOrder(view: DataView, at: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError('an order number is an integer 0..2^53-1');
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value >>> 0);
}
