// The next stamp of a log: dense number, time that never decreases, chain over both. Pure; it keeps nothing and reads no clock.
import type { Bytes } from '../core/base/bytes.ts';
import { chainNext } from '../core/wire/chain.ts';

/** Where a log stands: the last stamp given; seq 0, time 0 and chain(0) for an empty one. */
export interface StampHead {
  readonly seq: number;
  /** ms. */
  readonly time: number;
  readonly chain: Bytes;
}

/** The stamp that follows `head`: seq + 1, time = max(previous, now) in ms (H11), chain(n) of PROTOCOL.md (H1). @param id 32 bytes */
export function nextStamp(head: StampHead, now: number, id: Uint8Array): StampHead {
  const seq = head.seq + 1;
  const time = Math.max(head.time, now);
  return { seq, time, chain: chainNext(head.chain, seq, time, id) };
}
