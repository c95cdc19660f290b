// What a registration may still append: taken from its durable allowance in pieces ahead of use, so that a kill never gives any of it back.
// It must never make the hot path wait for the disk: a little is lent while a piece is on its way.
import type { Clock } from '../../core/base/clock.ts';
import { MAX_IN_FLIGHT_BYTES } from '../../core/wire/limits.ts';

/** One piece, bytes: what a restart of the relay costs a registration that is writing. */
const PIECE_BYTES = 1_048_576;
/** Smallest part of the whole allowance that is one piece: a small allowance is not lost to restarts. */
const PIECES = 64;
/** Between two attempts after the disk failed, ms. */
const DISK_PAUSE_MS = 1_000;

/** Takes so many bytes from the durable allowance: 0 when they were there, otherwise how long to wait, ms. @throws STORE_FAILED */
export type Charge = (bytes: number) => Promise<number>;

/** One registration's, shared by its connections. */
export class Purse {
  readonly #clock: Clock;
  readonly #charge: Charge;
  readonly #piece: number;
  #left = 0;
  #filling: Promise<void> | null = null;
  /** Not asked again before this, ms of the monotonic clock. */
  #emptyUntil = 0;

  /** @param allowance the whole of it, bytes */
  constructor(clock: Clock, charge: Charge, allowance: number) {
    this.#clock = clock;
    this.#charge = charge;
    this.#piece = Math.max(1, Math.min(PIECE_BYTES, Math.floor(allowance / PIECES)));
  }

  /** 0 when so much may be appended (and it is counted); otherwise how long to wait, ms. */
  take(bytes: number): number {
    const wait = Math.max(0, this.#emptyUntil - this.#clock.monotonic());
    if (this.#left >= bytes || wait === 0) {
      if (this.#left < bytes + this.#piece && wait === 0) this.#fill(bytes + this.#piece - this.#left);
      if (this.#left - bytes < -MAX_IN_FLIGHT_BYTES) return DISK_PAUSE_MS;
      this.#left -= bytes;
      return 0;
    }
    return Math.ceil(wait);
  }

  /** Resolves once no piece is on its way. */
  async settled(): Promise<void> {
    while (this.#filling !== null) await this.#filling;
  }

  #fill(missing: number): void {
    this.#filling ??= this.#ask(Math.ceil(missing / this.#piece) * this.#piece).finally(() => {
      this.#filling = null;
    });
  }

  async #ask(bytes: number): Promise<void> {
    const wait = await this.#charge(bytes).catch(() => DISK_PAUSE_MS);
    if (wait === 0) this.#left += bytes;
    else this.#emptyUntil = this.#clock.monotonic() + wait;
  }
}
