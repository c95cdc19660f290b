// How the relay is: its disk, its event loop, what it does a second. Looked at four times a minute, so that whoever asks costs nothing.
import { statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import type { Metrics } from './metrics.ts';

/** Between two looks, ms. */
const LOOK_MS = 15_000;
/** The same while the disk takes no writes: each try is a write of its own. */
const TRY_MS = 5_000;
/** Less space than this is told of: LevelDB needs some ten megabytes to open again and as much to tidy up. */
export const DISK_LOW_BYTES = 268_435_456;
const NANOSECONDS = 1e9;

/** What it looks at. */
export interface HealthNeeds {
  readonly data: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
}

/** Watches over one relay. */
export class Health {
  readonly #needs: HealthNeeds;
  readonly #started: number;
  #loop: ReturnType<typeof monitorEventLoopDelay> | null = null;
  #touch: () => Promise<void> = () => Promise.resolve();
  #writable = true;
  #low = false;
  #disk = { free: 0, total: 0 };
  #delay = { p50: 0, p99: 0 };
  #before = { appends: 0, at: 0 };
  #appendsPerSecond = 0;
  #cancel: () => void = () => undefined;
  #over = false;

  constructor(needs: HealthNeeds) {
    this.#needs = needs;
    this.#started = needs.clock.monotonic();
    const { metrics, clock } = needs;
    metrics.gauge('uptime_seconds', () => (clock.monotonic() - this.#started) / 1_000);
    metrics.gauge('resident_bytes', () => process.memoryUsage.rss());
    metrics.gauge('event_loop_delay_p50_seconds', () => this.#delay.p50);
    metrics.gauge('event_loop_delay_p99_seconds', () => this.#delay.p99);
    metrics.gauge('disk_free_bytes', () => this.#disk.free);
    metrics.gauge('disk_total_bytes', () => this.#disk.total);
    metrics.gauge('store_writable', () => Number(this.#writable));
  }

  /** Hears of every batch on its way to the disk. */
  readonly written = (ms: number, ok: boolean): void => {
    const { metrics } = this.#needs;
    if (ok) metrics.fsynced(ms);
    else metrics.count('store_faults');
    this.#setWritable(ok);
  };

  /** False after a write that the disk did not take, until one that it took. */
  get writable(): boolean {
    return this.#writable;
  }

  /** Envelopes stamped a second, over the last quarter of a minute. */
  get appendsPerSecond(): number {
    return this.#appendsPerSecond;
  }

  /** Looks now and then until stop(); resolves after the first look. @param touch resolves when the disk takes writes */
  async start(touch: () => Promise<void>): Promise<void> {
    this.#touch = touch;
    this.#loop = monitorEventLoopDelay({ resolution: 20 });
    this.#loop.enable();
    this.#before = { appends: this.#needs.metrics.value('appends'), at: this.#needs.clock.monotonic() };
    await this.#look();
  }

  stop(): void {
    this.#over = true;
    this.#cancel();
    this.#loop?.disable();
  }

  async #look(): Promise<void> {
    this.#lookAtLoop();
    this.#lookAtAppends();
    await this.#lookAtDisk();
    if (!this.#writable) await this.#tryToWrite();
    this.#plan();
  }

  #lookAtLoop(): void {
    const loop = this.#loop;
    if (loop === null || loop.count === 0) return;
    this.#delay = { p50: loop.percentile(50) / NANOSECONDS, p99: loop.percentile(99) / NANOSECONDS };
    loop.reset();
  }

  #lookAtAppends(): void {
    const now = { appends: this.#needs.metrics.value('appends'), at: this.#needs.clock.monotonic() };
    const seconds = (now.at - this.#before.at) / 1_000;
    if (seconds > 0) this.#appendsPerSecond = (now.appends - this.#before.appends) / seconds;
    this.#before = now;
  }

  async #lookAtDisk(): Promise<void> {
    const { bsize, bavail, blocks } = await statfs(this.#needs.data).catch(() => ({ bsize: 0, bavail: 0, blocks: 0 }));
    this.#disk = { free: bsize * bavail, total: bsize * blocks };
    const low = this.#disk.total > 0 && this.#disk.free < DISK_LOW_BYTES;
    if (low && !this.#low) this.#needs.log.warn('disk-low', { freeMiB: Math.floor(this.#disk.free / 1_048_576) });
    this.#low = low;
  }

  // A relay that refuses everybody must not wait for somebody to try again.
  async #tryToWrite(): Promise<void> {
    const works = await this.#touch().then(
      () => true,
      () => false,
    );
    if (works) this.#setWritable(true);
  }

  #setWritable(writable: boolean): void {
    if (writable === this.#writable) return;
    this.#writable = writable;
    if (writable) this.#needs.log.info('store-recovered');
    else this.#needs.log.warn('store-failing');
    this.#plan();
  }

  #plan(): void {
    this.#cancel();
    if (!this.#over) this.#cancel = this.#needs.clock.after(this.#writable ? LOOK_MS : TRY_MS, () => void this.#look());
  }
}
