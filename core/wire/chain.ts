// The hash chain over a log: what the relay stamps and every client recomputes (H1).
import { type Bytes, concat, u64be } from '../base/bytes.ts';
import { labelledHash, sha256 } from '../base/hash.ts';

/** A point of a log. `chain` has 32 bytes. */
export interface ChainPoint {
  readonly seq: number;
  readonly chain: Bytes;
}

/** `chain(0) = SHA-256("sotto/chain/1\0" || log id)`. */
export function chainStart(log: Uint8Array): Bytes {
  return labelledHash('chain', log);
}

/** `chain(n) = SHA-256(chain(n-1) || u64be(n) || u64be(time) || id)`; time in ms, id 32 bytes. */
export function chainNext(previous: Uint8Array, seq: number, time: number, id: Uint8Array): Bytes {
  return sha256(concat(previous, u64be(seq), u64be(time), id));
}
