// Notices a connection that died without saying so: after a silence it asks for a sign of life. And shows one itself, also while it only listens.
import type { Clock } from '../base/clock.ts';
import { PING_INTERVAL_MS } from '../wire/limits.ts';

/** Pings after PING_INTERVAL_MS without a frame from the other side, or to it. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #ping: () => void;
  #heard: number;
  #said: number;
  #cancel: () => void;

  /** @param ping sends a request whose missing answer ends the connection; it must not throw */
  constructor(clock: Clock, ping: () => void) {
    this.#clock = clock;
    this.#ping = ping;
    this.#heard = clock.monotonic();
    this.#said = this.#heard;
    this.#cancel = clock.after(PING_INTERVAL_MS, () => this.#look());
  }

  /** A frame came. */
  heard(): void {
    this.#heard = this.#clock.monotonic();
  }

  /** A frame went. */
  said(): void {
    this.#said = this.#clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const left = PING_INTERVAL_MS - (this.#clock.monotonic() - Math.min(this.#heard, this.#said));
    this.#cancel = this.#clock.after(left > 0 ? left : PING_INTERVAL_MS, () => this.#look());
    if (left <= 0) this.#ping();
  }
}
