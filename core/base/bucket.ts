// Token buckets: so much at once, so much a second; one, or one for each key. They must never be asked by the wall clock, which may jump.
import type { Clock } from './clock.ts';

/** How much may happen. */
export interface Allowance {
  /** At once, after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Longest wait that is ever advised, ms: an hour, then it can be asked again. */
export const MOST_WAIT_MS = 3_600_000;

/** What is left of an allowance, and since when (monotonic ms). */
interface Level {
  left: number;
  at: number;
}

/** How long until `amount` fits, ms; what is larger than the burst fits a full bucket. Fills the level up to now. */
function waitFor(level: Level, { burst, perSecond }: Allowance, now: number, amount: number): number {
  level.left = Math.min(burst, level.left + ((now - level.at) / 1_000) * perSecond);
  level.at = now;
  const missing = Math.min(amount, burst) - level.left;
  return missing <= 0 ? 0 : Math.min(MOST_WAIT_MS, Math.max(1, Math.ceil((missing / perSecond) * 1_000)));
}

/** Counts what happens against an allowance. */
export class Bucket {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  readonly #level: Level;

  constructor(clock: Clock, allowance: Allowance) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#level = { left: allowance.burst, at: clock.monotonic() };
  }

  /** 0 when so much may happen now (and it is counted); otherwise how long to wait, ms. */
  take(amount = 1): number {
    const wait = waitFor(this.#level, this.#allowance, this.#clock.monotonic(), amount);
    if (wait === 0) this.#level.left -= amount;
    return wait;
  }
}

/** Keys that are remembered at a time, by default: some ten megabytes. One that falls out begins with a full bucket. */
export const MOST_KEYS = 65_536;

/** A bucket for each key, for as many keys as are remembered; those not asked for longest are forgotten first. */
export class Buckets {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  readonly #most: number;
  readonly #levels = new Map<string, Level>();

  constructor(clock: Clock, allowance: Allowance, most: number = MOST_KEYS) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#most = most;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#levels.size;
  }

  /** 0 when so much may happen now; otherwise how long to wait, ms. Nothing is counted. */
  wait(key: string, amount = 1): number {
    const level = this.#levels.get(key);
    if (level === undefined) return 0;
    this.#remember(key, level);
    return waitFor(level, this.#allowance, this.#clock.monotonic(), amount);
  }

  /** Counts what happens, also beyond the allowance: ask `wait` first. */
  count(key: string, amount = 1): void {
    const now = this.#clock.monotonic();
    const level = this.#levels.get(key) ?? { left: this.#allowance.burst, at: now };
    waitFor(level, this.#allowance, now, 0);
    level.left -= amount;
    this.#remember(key, level);
  }

  /** As `Bucket.take`, for one key. */
  take(key: string, amount = 1): number {
    const wait = this.wait(key, amount);
    if (wait === 0) this.count(key, amount);
    return wait;
  }

  // Also one that is only refused: whoever keeps asking must not be forgotten for it.
  #remember(key: string, level: Level): void {
    this.#levels.delete(key);
    this.#levels.set(key, level);
    for (const oldest of this.#levels.keys()) {
      if (this.#levels.size <= this.#most) return;
      this.#levels.delete(oldest);
    }
  }
}
