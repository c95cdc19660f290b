// A person's clock: it may be wrong by days, can be moved by hand, and stops with the person, so that no timer of a dead engine runs on.
import type { Clock } from '../../core/base/clock.ts';

interface Timer {
  readonly due: number;
  readonly then: () => void;
  handle: NodeJS.Timeout;
}

/** The machine's clock, `wrong` ms off, until a test moves it. */
export class PersonClock implements Clock {
  /** How far the wall clock is off, ms. */
  wrong: number;
  #passed = 0;
  #dead = false;
  readonly #timers = new Set<Timer>();

  constructor(wrong = 0) {
    this.wrong = wrong;
  }

  now(): number {
    return Math.floor(Date.now() + this.wrong + this.#passed);
  }

  monotonic(): number {
    return performance.now() + this.#passed;
  }

  after(ms: number, then: () => void): () => void {
    if (this.#dead) return () => undefined;
    const timer: Timer = { due: this.monotonic() + ms, then, handle: setTimeout(() => this.#ring(timer), ms) };
    timer.handle.unref();
    this.#timers.add(timer);
    return () => this.#forget(timer);
  }

  /** Lets `ms` pass at once; timers that come due ring in their order. */
  pass(ms: number): void {
    this.#passed += ms;
    const due = [...this.#timers].filter((timer) => timer.due <= this.monotonic());
    for (const timer of due.sort((a, b) => a.due - b.due)) this.#ring(timer);
  }

  /** Nothing rings any more. */
  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) clearTimeout(timer.handle);
    this.#timers.clear();
  }

  #ring(timer: Timer): void {
    if (!this.#timers.has(timer)) return;
    this.#forget(timer);
    timer.then();
  }

  #forget(timer: Timer): void {
    clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }
}
