// Checks the relay's signature on the heads it pushes: the newest of each log, a moment later. Entries stand or fall with their chain;
// the signature is evidence for later, and a head's chain value covers every one before it.
import type { Clock } from '../base/clock.ts';
import type { SignedHead } from './relay-connection.ts';

/** How long heads gather before the newest of them is checked, ms: an evidence that is this much younger misses nothing. */
const GATHER_MS = 50;

/** The pushed heads of one connection that are still to be checked. */
export class HeadCheck {
  readonly #clock: Clock;
  readonly #check: (head: SignedHead) => void;
  readonly #newest = new Map<number, SignedHead>();

  /** @param check called for the newest head of each handle, later; does not throw */
  constructor(clock: Clock, check: (head: SignedHead) => void) {
    this.#clock = clock;
    this.#check = check;
  }

  /** Takes a head that was pushed for a handle. */
  push(handle: number, head: SignedHead): void {
    if (this.#newest.size === 0) this.#clock.after(GATHER_MS, () => this.#run());
    this.#newest.set(handle, head);
  }

  #run(): void {
    const heads = [...this.#newest.values()];
    this.#newest.clear();
    for (const head of heads) this.#check(head);
  }
}
