// When an endpoint is called: once, and no more until its device came, or a day went by; never twice within a minute; tried again with growing
// pauses while it does not answer. Memory only, and bounded: after a restart the next entry decides.
import type { Clock } from '../../core/base/clock.ts';
import { WAKE_AGAIN_MS, WAKE_INTERVAL_MS } from '../../core/wire/limits.ts';
import type { Metrics } from '../operator/metrics.ts';
import type { StoredEndpoint } from '../store/store.ts';
import type { Knocked } from './knock.ts';
import { Lanes } from './lanes.ts';

/** Attempts after the first, and the pause before the first of them, ms; each next pause is twice as long. Five minutes in all: a restart of theirs. */
const MORE_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 5_000;
/** Endpoints remembered at a time, some hundred bytes each. Of those that nothing is under way for the oldest is forgotten, and called once too often. */
const MOST_BELLS = 65_536;

/** What ringing needs. */
export interface BellNeeds {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** From 0 to 1, for pauses that differ. */
  readonly chance: () => number;
  readonly endpoint: (name: string) => Promise<StoredEndpoint | null>;
  /** The endpoint is gone for good. */
  readonly drop: (name: string) => Promise<void>;
  /** Whom a call is to, for its turn; null when it may not be called. */
  readonly host: (endpoint: StoredEndpoint) => string | null;
  readonly call: (endpoint: StoredEndpoint, attempt: number) => Promise<Knocked>;
}

interface Bell {
  readonly name: string;
  /** `pausing`: a timer runs that calls. `calling`: it waits for its place, or for an answer. */
  state: 'quiet' | 'pausing' | 'calling';
  /** It was called, and its device has not come since. */
  rung: boolean;
  /** It came and went again while it was being called, and something waits. */
  again: boolean;
  /** When it was last called, ms of the monotonic clock. */
  at: number;
  attempts: number;
  cancel: () => void;
}

/** The bells of one relay, by the ids of their endpoints (hex). */
export class Bells {
  readonly #needs: BellNeeds;
  readonly #lanes: Lanes;
  readonly #bells = new Map<string, Bell>();
  #over = false;

  constructor(needs: BellNeeds, lanes = new Lanes()) {
    this.#needs = needs;
    this.#lanes = lanes;
  }

  /** Endpoints that are remembered. */
  get size(): number {
    return this.#bells.size;
  }

  /** Something waits for the device of this endpoint, which is away. */
  ring(name: string): void {
    const bell = this.#bell(name);
    if (bell.state === 'calling') bell.again = !bell.rung;
    if (this.#over || bell.state !== 'quiet') return;
    const since = this.#needs.clock.monotonic() - bell.at;
    if (bell.rung && since < WAKE_AGAIN_MS) return;
    bell.attempts = 0;
    if (since < WAKE_INTERVAL_MS) this.#pause(bell, WAKE_INTERVAL_MS - since);
    else void this.#call(bell);
  }

  /** Its device is here. */
  came(name: string): void {
    const bell = this.#bells.get(name);
    if (bell === undefined) return;
    bell.rung = false;
    if (bell.state === 'pausing') this.#quiet(bell);
  }

  /** Nothing is called any more; what runs ends by its deadline. */
  stop(): void {
    this.#over = true;
    this.#lanes.clear();
    for (const bell of this.#bells.values()) bell.cancel();
    this.#bells.clear();
  }

  #bell(name: string): Bell {
    const known = this.#bells.get(name);
    const bell = known ?? {
      name,
      state: 'quiet',
      rung: false,
      again: false,
      at: Number.NEGATIVE_INFINITY,
      attempts: 0,
      cancel: () => undefined,
    };
    this.#bells.delete(name);
    this.#bells.set(name, bell);
    if (this.#bells.size > MOST_BELLS) this.#forgetOne();
    return bell;
  }

  #forgetOne(): void {
    for (const [name, bell] of this.#bells) {
      bell.cancel();
      this.#bells.delete(name);
      return;
    }
  }

  #pause(bell: Bell, ms: number): void {
    bell.state = 'pausing';
    bell.cancel = this.#needs.clock.after(ms, () => void this.#call(bell));
  }

  #quiet(bell: Bell): void {
    bell.cancel();
    bell.state = 'quiet';
  }

  async #call(bell: Bell): Promise<void> {
    bell.state = 'calling';
    // Until it is answered it counts as rung; a device that comes meanwhile takes that back.
    bell.rung = true;
    const endpoint = await this.#needs.endpoint(bell.name).catch(() => null);
    const host = endpoint === null ? null : this.#needs.host(endpoint);
    if (this.#over || endpoint === null || host === null) {
      bell.rung = false;
      return this.#quiet(bell);
    }
    this.#lanes.run(host, async () => {
      if (bell.rung) await this.#knock(bell, endpoint);
      else this.#quiet(bell);
      const { again } = bell;
      bell.again = false;
      if (again) this.ring(bell.name);
    });
  }

  async #knock(bell: Bell, endpoint: StoredEndpoint): Promise<void> {
    bell.at = this.#needs.clock.monotonic();
    const knocked = await this.#needs.call(endpoint, bell.attempts).catch(() => 'later' as const);
    if (this.#over) this.#quiet(bell);
    else await this.#answered(bell, knocked);
  }

  async #answered(bell: Bell, knocked: Knocked): Promise<void> {
    const { metrics, drop } = this.#needs;
    if (knocked === 'later' && bell.rung && bell.attempts < MORE_ATTEMPTS) {
      const pause = FIRST_PAUSE_MS * 2 ** bell.attempts;
      bell.attempts += 1;
      metrics.count('wakes_repeated');
      return this.#pause(bell, pause / 2 + (pause / 2) * this.#needs.chance());
    }
    this.#quiet(bell);
    metrics.count(knocked === 'taken' ? 'wakes_sent' : 'wakes_failed');
    if (knocked !== 'taken') bell.rung = false;
    if (knocked === 'gone') await drop(bell.name).catch(() => undefined);
  }
}
