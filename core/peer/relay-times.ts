// What time it is at each relay, from its welcome on: whether something expired there is for its clock to say, not for ours.
import type { Clock } from '../base/clock.ts';

/** The relays' clocks, as far as they were told since this start. */
export class RelayTimes {
  readonly #clock: Clock;
  readonly #told = new Map<string, { readonly time: number; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A relay welcomed us at this time, ms. */
  told(peerId: string, time: number): void {
    this.#told.set(peerId, { time, at: this.#clock.monotonic() });
  }

  /** The time there now, ms; null before its first welcome. */
  now(peerId: string): number | null {
    const told = this.#told.get(peerId);
    return told === undefined ? null : told.time + (this.#clock.monotonic() - told.at);
  }
}
