// What time it is at each relay, from its welcome on: whether something expired there is for its clock to say, not for ours.
import type { Clock } from '../base/clock.ts';

/** How far our two clocks may part since a welcome, ms: more means that the wall clock was set, or that the computer slept and this one did not count. */
const MOST_DRIFT_MS = 60_000;

/** The relays' clocks, as far as they were told since this start. */
export class RelayTimes {
  readonly #clock: Clock;
  readonly #told = new Map<string, { readonly time: number; readonly at: number; readonly wall: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A relay welcomed us at this time, ms. */
  told(peerId: string, time: number): void {
    this.#told.set(peerId, { time, at: this.#clock.monotonic(), wall: this.#clock.now() });
  }

  /** The time there now, ms: never ahead of it, and behind by as long as this computer slept. Null before its first welcome. */
  now(peerId: string): number | null {
    const told = this.#told.get(peerId);
    return told === undefined ? null : told.time + (this.#clock.monotonic() - told.at);
  }

  /** The same; null also where this computer may have slept since the welcome. */
  sure(peerId: string): number | null {
    const told = this.#told.get(peerId);
    if (told === undefined) return null;
    const drift = this.#clock.now() - told.wall - (this.#clock.monotonic() - told.at);
    return Math.abs(drift) > MOST_DRIFT_MS ? null : this.now(peerId);
  }
}
