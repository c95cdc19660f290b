// The next stamp of a log: dense number, time that never decreases, chain over both. Pure; it keeps nothing and reads no clock.
import { type Bytes, writeU64 } from '../core/base/bytes.ts';
import { sha256 } from '../core/base/hash.ts';
import { HASH_BYTES } from '../core/wire/limits.ts';

/** Where a log stands: the last stamp given; seq 0, time 0 and chain(0) for an empty one. */
export interface StampHead {
  readonly seq: number;
  /** ms. */
  readonly time: number;
  readonly chain: Bytes;
}

/** What chain(n) hashes, written in place: this is the relay's hottest line, and chainNext's copies cost as much as its hash. */
const input = new Uint8Array(2 * HASH_BYTES + 16);
const inputView = new DataView(input.buffer);

/** The stamp that follows `head`: seq + 1, time = max(previous, now) in ms (H11), chain as chainNext says (H1). @param id 32 bytes */
export function nextStamp(head: StampHead, now: number, id: Uint8Array): StampHead {
  const seq = head.seq + 1;
  const time = Math.max(head.time, now);
  input.set(head.chain);
  writeU64(inputView, HASH_BYTES, seq);
  writeU64(inputView, HASH_BYTES + 8, time);
  input.set(id, HASH_BYTES + 16);
  return { seq, time, chain: sha256(input) };
}
