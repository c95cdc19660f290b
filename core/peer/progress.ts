// Waiting for something to become true that only progress elsewhere can make true; never by looking at the clock in a loop.
import type { Clock } from '../base/clock.ts';

/** Tells waiters that something came a step further. */
export class Progress {
  readonly #clock: Clock;
  #waiters = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something changed: everybody who waits looks again. */
  step(): void {
    for (const look of [...this.#waiters]) look();
  }

  /** True once `reached` answers true; false after `timeoutMs`. Looks now and after every step. */
  async until(reached: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
    const deadline = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const stepped = this.#nextStep(deadline);
      if (await reached()) {
        stepped.cancel();
        return true;
      }
      if (!(await stepped.happened)) return false;
    }
  }

  #nextStep(deadline: number): { readonly happened: Promise<boolean>; cancel(): void } {
    let end: (stepped: boolean) => void = () => undefined;
    const happened = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    const look = () => finish(true);
    const cancelTimer = this.#clock.after(Math.max(0, deadline - this.#clock.monotonic()), () => finish(false));
    this.#waiters.add(look);
    const finish = (stepped: boolean) => {
      cancelTimer();
      this.#waiters.delete(look);
      end(stepped);
    };
    return { happened, cancel: () => finish(false) };
  }
}
