// A token bucket: so many at once, so many a second. It must never be asked by the wall clock, which may jump.
import type { Clock } from '../core/base/clock.ts';

/** How much may happen. */
export interface Allowance {
  /** At once, after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts what happens against an allowance. */
export class Bucket {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  #left: number;
  #at: number;

  constructor(clock: Clock, allowance: Allowance) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#at = clock.monotonic();
  }

  /** 0 when one more may happen now (and it is counted); otherwise how long to wait, ms. */
  take(): number {
    const now = this.#clock.monotonic();
    const { burst, perSecond } = this.#allowance;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#left < 1) return Math.ceil(((1 - this.#left) / perSecond) * 1_000);
    this.#left -= 1;
    return 0;
  }
}
