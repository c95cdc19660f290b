// A clock a test holds by hand: deadlines of half a minute pass in no time.
import type { Clock } from '../../core/base/clock.ts';

/** A clock whose time only passes by `pass`. */
export interface HandClock extends Clock {
  /** Lets `ms` pass; timers that come due are called in order. */
  pass(ms: number): void;
  /** Timers that wait. */
  readonly waiting: number;
}

export function handClock(): HandClock {
  let time = 1_000_000;
  const timers = new Set<{ readonly due: number; readonly then: () => void }>();
  return {
    now: () => time,
    monotonic: () => time,
    after(ms, then) {
      const timer = { due: time + ms, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    pass(ms) {
      const end = time + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        time = Math.max(time, next.due);
        next.then();
      }
      time = end;
    },
    get waiting() {
      return timers.size;
    },
  };
}
