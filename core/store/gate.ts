// The lifecycle every store shares: opened and closed by an explicit call, in turn; shut means CLOSED; closing waits for work under way.
import { SottoError } from '../base/errors.ts';

/** Counts work under way and says whether there may be more. */
export class Gate {
  #open = false;
  #busy = 0;
  #drained: (() => void) | null = null;
  #turn: Promise<void> = Promise.resolve();

  /** Runs `start` unless already open; open from then on. Rejects with what `start` throws, and stays shut. */
  open(start: () => Promise<void>): Promise<void> {
    return this.#next(async () => {
      if (this.#open) return;
      await start();
      this.#open = true;
    });
  }

  /** Lets nothing new in, waits for what is inside, then runs `stop`. Harmless when shut. */
  close(stop: () => Promise<void>): Promise<void> {
    return this.#next(async () => {
      if (!this.#open) return;
      this.#open = false;
      if (this.#busy > 0) await this.#drain();
      await stop();
    });
  }

  /** @throws CLOSED when shut */
  check(): void {
    if (!this.#open) throw new SottoError('CLOSED', 'The store is not open.');
  }

  /** Runs `task` inside. @throws CLOSED when shut, and what `task` throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.check();
    this.#busy += 1;
    try {
      return await task();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) this.#drained?.();
    }
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  #next(step: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(step);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
