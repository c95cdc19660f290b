// A store that dies or refuses at a chosen commit, so that a test can stop the world after every single write.
import type { Bytes } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import type { Pair, Range, Store, Write } from '../../core/store/store.ts';

/** Before the commit took effect, or after it did and before anybody heard of it. */
export type Moment = 'before' | 'after';

interface Plan {
  readonly at: number;
  readonly moment: Moment;
  readonly kind: 'stop' | 'fail';
}

/**
 * Counts commits and follows a plan. Stopped is as dead as a killed process: no call ever settles again, so no code behind one runs.
 * What was committed stays in the store below; a new FaultyStore over it is the restart.
 */
export class FaultyStore implements Store {
  readonly #below: Store;
  #plan: Plan | null = null;
  #commits = 0;
  #stopped = false;
  #tellStopped: () => void = () => undefined;
  /** Resolves when the store has stopped. */
  readonly stopped: Promise<void>;

  constructor(below: Store) {
    this.#below = below;
    this.stopped = new Promise((resolve) => {
      this.#tellStopped = resolve;
    });
  }

  /** Commits that were asked for, empty ones left out. */
  get commits(): number {
    return this.#commits;
  }

  /** Stops at the `n`-th commit from now (1 is the next). */
  stopAt(n: number, moment: Moment): this {
    this.#plan = { at: this.#commits + n, moment, kind: 'stop' };
    return this;
  }

  /** Rejects the `n`-th commit from now as a full disk does; with `after` although it took effect, which a caller cannot know. */
  failAt(n: number, moment: Moment = 'before'): this {
    this.#plan = { at: this.#commits + n, moment, kind: 'fail' };
    return this;
  }

  /** Forgets the plan; what has stopped stays stopped. */
  behave(): this {
    this.#plan = null;
    return this;
  }

  open(): Promise<void> {
    return this.#alive(() => this.#below.open());
  }

  close(): Promise<void> {
    return this.#alive(() => this.#below.close());
  }

  get(key: Uint8Array): Promise<Bytes | null> {
    return this.#alive(() => this.#below.get(key));
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    return this.#alive(() => this.#below.getMany(keys));
  }

  async *range(range: Range): AsyncIterable<Pair> {
    for await (const pair of this.#below.range(range)) yield await this.#alive(async () => pair);
  }

  compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    return this.#alive(() => this.#below.compact(gte, lt));
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#alive(async () => {
      if (writes.length > 0) this.#commits += 1;
      const plan = this.#plan?.at === this.#commits && writes.length > 0 ? this.#plan : null;
      if (plan?.moment !== 'before') await this.#below.commit(writes);
      if (plan !== null) await this.#follow(plan);
    });
  }

  #follow({ kind }: Plan): Promise<never> {
    if (kind === 'fail') return Promise.reject(new SottoError('STORE_FAILED', undefined, diskFull()));
    this.#stopped = true;
    this.#tellStopped();
    return never();
  }

  /** Settles as `task` does, or never when the store has stopped by then. */
  async #alive<T>(task: () => Promise<T>): Promise<T> {
    if (this.#stopped) return never();
    try {
      const value = await task();
      return this.#stopped ? await never() : value;
    } catch (error) {
      if (this.#stopped) return never();
      throw error;
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}
