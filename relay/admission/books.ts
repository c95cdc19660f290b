// What a relay has counted of everybody, in memory: buckets by device, address and log, subscriptions, and the purse of each registration.
// Keys are PeerIds and addresses: never stored, never logged (C7). Everything here is bounded.
import { type Allowance, Buckets } from '../../core/base/bucket.ts';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { RelayStore } from '../store/store.ts';
import type { LimitName, Limits } from './limits.ts';
import { Purse } from './purse.ts';
import { Tally } from './tally.ts';

/** Purses kept at a time: of the registrations that wrote last. One that falls out loses its piece. */
const MOST_PURSES = 16_384;
const SECONDS_PER_HOUR = 3_600;

/** A burst and the rate behind it, by their names. */
export function allowance(limits: Limits, name: LimitName, perSecond: LimitName): Allowance {
  return { burst: limits[name], perSecond: limits[perSecond] };
}

/** The same with a rate by the hour. */
export function hourly(limits: Limits, name: LimitName, perHour: LimitName): Allowance {
  return { burst: limits[name], perSecond: limits[perHour] / SECONDS_PER_HOUR };
}

/** Shared by all connections. */
export class Books {
  readonly limits: Limits;
  readonly deviceBytes: Buckets;
  readonly deviceCommands: Buckets;
  readonly logBytes: Buckets;
  readonly addressBytes: Buckets;
  readonly addressCommands: Buckets;
  readonly directoryWrites: Buckets;
  readonly subscriptions = new Tally();
  readonly addressSubscriptions = new Tally();
  readonly #clock: Clock;
  readonly #store: Pick<RelayStore, 'charge'>;
  readonly #purses = new Map<string, Purse>();

  constructor(limits: Limits, store: Pick<RelayStore, 'charge'>, clock: Clock) {
    this.limits = limits;
    this.#clock = clock;
    this.#store = store;
    this.deviceBytes = new Buckets(clock, allowance(limits, 'device-bytes', 'device-bytes-per-second'));
    this.deviceCommands = new Buckets(clock, allowance(limits, 'device-commands', 'device-commands-per-second'));
    this.logBytes = new Buckets(clock, allowance(limits, 'log-device-bytes', 'log-device-bytes-per-second'));
    this.addressBytes = new Buckets(clock, allowance(limits, 'address-bytes', 'address-bytes-per-second'));
    this.addressCommands = new Buckets(clock, allowance(limits, 'address-commands', 'address-commands-per-second'));
    this.directoryWrites = new Buckets(clock, hourly(limits, 'registration-directory-writes', 'registration-directory-writes-per-hour'));
  }

  /** The purse of a registration (its hash). */
  purse(registration: Bytes): Purse {
    const name = hex(registration);
    const charge = (bytes: number) =>
      this.#store.charge({ registration, kind: 'bytes', amount: bytes, limit: this.limits['registration-bytes'] });
    const purse = this.#purses.get(name) ?? new Purse(this.#clock, charge, this.limits['registration-bytes']);
    this.#purses.delete(name);
    this.#purses.set(name, purse);
    for (const oldest of this.#purses.keys()) {
      if (this.#purses.size <= MOST_PURSES) break;
      this.#purses.delete(oldest);
    }
    return purse;
  }
}
