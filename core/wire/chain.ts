// The hash chain over a log: what the relay stamps and every client recomputes (H1).
import { type Bytes, writeU64 } from '../base/bytes.ts';
import { labelledHash, sha256 } from '../base/hash.ts';
import { HASH_BYTES } from './limits.ts';

/** A point of a log. `chain` has 32 bytes. */
export interface ChainPoint {
  readonly seq: number;
  readonly chain: Bytes;
}

/** `chain(0) = SHA-256("sotto/chain/1\0" || log id)`. */
export function chainStart(log: Uint8Array): Bytes {
  return labelledHash('chain', log);
}

/** What chain(n) hashes, written in place: both sides do this for every entry. */
const input = new Uint8Array(2 * HASH_BYTES + 16);
const view = new DataView(input.buffer);

/** `chain(n) = SHA-256(chain(n-1) || u64be(n) || u64be(time) || id)`; time in ms, id 32 bytes. */
export function chainNext(previous: Uint8Array, seq: number, time: number, id: Uint8Array): Bytes {
  input.set(previous);
  writeU64(view, HASH_BYTES, seq);
  writeU64(view, HASH_BYTES + 8, time);
  input.set(id, HASH_BYTES + 16);
  return sha256(input);
}
