// Which conversations have entries that wait for their key: nearly none, so nearly every look at the disk for them can be spared.
import type { B64 } from './records.ts';

/** Known empty, or to be looked at. In memory; after a start everything is looked at once. */
export class HeldIndex {
  readonly #empty = new Set<B64>();

  /** False only when the conversation surely holds nothing. */
  mayHold(conversation: B64): boolean {
    return !this.#empty.has(conversation);
  }

  /** An entry is about to be held. */
  holds(conversation: B64): void {
    this.#empty.delete(conversation);
  }

  /** The disk was looked at, inside the one queue, and holds nothing. */
  isEmpty(conversation: B64): void {
    this.#empty.add(conversation);
  }
}
