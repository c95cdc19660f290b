// Runs the store's sweep at intervals. It must never delete because a clock was set wrong: a jump stops it until the operator says yes (H11).
import type { Clock } from '../core/base/clock.ts';
import { isSottoError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import { CLOCK_JUMP_MS } from '../core/wire/limits.ts';
import { Metrics } from './operator/metrics.ts';
import type { RelayStore } from './store/store.ts';

/** Between two sweeps, ms: acknowledged entries need not go at once, and a lifetime has days. */
export const SWEEP_INTERVAL_MS = 600_000;
/** Entries of one call: some hundredths of a second. */
const SWEEP_ENTRIES = 2_048;

/** The part of a store that a sweeper needs. */
export type Sweepable = Pick<RelayStore, 'sweep' | 'lastSweep'>;

/** What wall and monotonic clock said together when the wall clock was last believed, ms. */
interface Believed {
  readonly wall: number;
  readonly monotonic: number;
}

/** One per store: start, stop, and the operator's word. */
export class Sweeper {
  readonly #store: Sweepable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #intervalMs: number;
  readonly #metrics: Metrics;
  #finishedAt = 0;
  #believed: Believed | null = null;
  #jumped = false;
  #started = false;
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(store: Sweepable, clock: Clock, log: Log, intervalMs: number = SWEEP_INTERVAL_MS, metrics: Metrics = new Metrics()) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#intervalMs = intervalMs;
    this.#metrics = metrics;
  }

  /** True while a jump of the clock keeps it from deleting anything. */
  get stopped(): boolean {
    return this.#jumped;
  }

  /** Wall time of the last walk that was finished, ms; 0 before the first. */
  get finishedAt(): number {
    return this.#finishedAt;
  }

  /** Sweeps now and at every interval; the store must be open. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#next();
  }

  /** Resolves once nothing is being swept any more. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#cancel();
    await this.#running;
  }

  /** Resolves once the sweep under way, if any, has ended and the next is planned. */
  settled(): Promise<void> {
    return this.#running;
  }

  /** The operator says that the wall clock is right as it is now: sweeping goes on at the next interval. */
  confirm(): void {
    this.#believed = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
    if (this.#jumped) this.#log.info('sweep confirmed');
    this.#jumped = false;
  }

  #next(): void {
    this.#running = this.#sweep()
      .catch((fault: unknown) => {
        if (this.#started || !isSottoError(fault, 'CLOSED')) this.#log.warn('sweep failed');
      })
      .then(() => {
        if (this.#started) this.#cancel = this.#clock.after(this.#intervalMs, () => this.#next());
      });
  }

  /** One walk over everything, the clock looked at before every step. */
  async #sweep(): Promise<void> {
    this.#believed ??= await this.#firstBelieved();
    let deleted = 0;
    while (this.#started && !this.#hasJumped()) {
      const step = await this.#store.sweep(SWEEP_ENTRIES);
      deleted += step.deleted;
      this.#metrics.count('swept_entries', step.deleted);
      if (step.more) continue;
      // Only a finished walk is persisted, so only it moves what the clock is measured against.
      this.#believed = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
      this.#finishedAt = this.#believed.wall;
      if (deleted > 0) this.#log.info('swept', { deleted });
      return;
    }
  }

  /** A store never swept has nothing to lose to a wrong clock yet; any other remembers when it was. */
  async #firstBelieved(): Promise<Believed> {
    const last = await this.#store.lastSweep();
    this.#finishedAt = last;
    return { wall: last === 0 ? this.#clock.now() : last, monotonic: this.#clock.monotonic() };
  }

  #hasJumped(): boolean {
    if (this.#jumped) return true;
    const now = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
    const believed = this.#believed ?? now;
    const ahead = now.wall - believed.wall - (now.monotonic - believed.monotonic);
    this.#jumped = ahead > CLOCK_JUMP_MS;
    if (this.#jumped) this.#log.warn('clock jumped, sweep stopped until confirmed', { aheadMs: Math.round(ahead) });
    return this.#jumped;
  }
}
