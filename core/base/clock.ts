// Time, timers and randomness as values passed in, so that a test can hold them by hand.
import { randomBytes } from 'node:crypto';
import type { Bytes } from './bytes.ts';

/** Where a part gets its time from. */
export interface Clock {
  /** Wall clock, ms since 1970; may jump. */
  now(): number;
  /** Monotonic clock, ms from an arbitrary start; never jumps. */
  monotonic(): number;
  /** Calls `then` once after `ms`; the answer cancels it. A timer never keeps the process alive. */
  after(ms: number, then: () => void): () => void;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** `length` unpredictable bytes. */
export function random(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}
