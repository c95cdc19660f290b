// Which logs may have readers that are woken: a bit for each of so many parts of all log ids, so that an append to any other log costs nothing.
// It may say "perhaps" wrongly, never "no" wrongly.
import type { Bytes } from '../../core/base/bytes.ts';

/** Bits: 1 MiB of them. With a hundred thousand such logs one other in eighty is looked for in vain. */
const BITS = 8_388_608;

/** Marked logs; nothing is ever taken out. */
export class Marks {
  readonly #bits = new Uint8Array(BITS / 8);
  #whole = false;

  /** Remembers a log. Ids are hashes: their own bits serve. */
  add(log: Bytes): void {
    const at = place(log);
    this.#bits[at >>> 3] = (this.#bits[at >>> 3] ?? 0) | (1 << (at & 7));
  }

  /** Everything on the disk was added. */
  complete(): void {
    this.#whole = true;
  }

  /** False only for a log that was never added, and only once everything on the disk was. */
  perhaps(log: Bytes): boolean {
    const at = place(log);
    return !this.#whole || ((this.#bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }
}

function place(log: Bytes): number {
  return (((log[0] ?? 0) << 16) | ((log[1] ?? 0) << 8) | (log[2] ?? 0)) & (BITS - 1);
}
