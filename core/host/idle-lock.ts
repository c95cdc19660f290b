// Locks a window that nobody touches: one timer, and only while there is something to lock.
import type { Clock } from '../base/clock.ts';

/** Longest a timer of Node can wait, ms; a longer time is waited for in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits for somebody to be away for long enough. */
export class IdleLock {
  readonly #clock: Clock;
  readonly #lock: () => void;
  #afterMs = 0;
  #touched = { wall: 0, monotonic: 0 };
  #cancel: (() => void) | null = null;

  /** @param lock called once when it is time; `watch` begins again */
  constructor(clock: Clock, lock: () => void) {
    this.#clock = clock;
    this.#lock = lock;
  }

  /** Begins to count from now. @param afterMs 0: never locks */
  watch(afterMs: number): void {
    this.rest();
    this.#afterMs = afterMs;
    if (afterMs === 0) return;
    this.#touch();
    this.#wait();
  }

  /** Somebody is there. A computer that slept through the time locks all the same: its timers slept too. */
  active(): void {
    if (this.#cancel === null) return;
    if (this.#idleMs() >= this.#afterMs) this.#expire();
    else this.#touch();
  }

  /** Counts no more. */
  rest(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #wait(): void {
    const left = Math.min(Math.max(this.#afterMs - this.#idleMs(), 0), LONGEST_TIMER_MS);
    this.#cancel = this.#clock.after(left, () => (this.#idleMs() >= this.#afterMs ? this.#expire() : this.#wait()));
  }

  #expire(): void {
    this.rest();
    this.#lock();
  }

  #touch(): void {
    this.#touched = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }

  #idleMs(): number {
    return Math.max(this.#clock.now() - this.#touched.wall, this.#clock.monotonic() - this.#touched.monotonic);
  }
}
