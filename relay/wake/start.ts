// Builds what wakes devices from its parts, and lets the sweep of the store forget endpoints past their time.
import { unhex } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import type { Metrics } from '../operator/metrics.ts';
import type { Board } from '../presence/board.ts';
import type { RelayStore } from '../store/store.ts';
import type { Sweepable } from '../sweep.ts';
import { dnsResolver, type Resolve } from './address.ts';
import { Bells } from './bells.ts';
import { Caller } from './caller.ts';
import type { Vapid } from './vapid.ts';
import { Wakes } from './wakes.ts';

/** What waking is made of. */
export interface WakeParts {
  readonly store: RelayStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly board: Board;
  readonly vapid: Vapid;
  readonly allowPrivate: boolean;
  /** The DNS unless a test stands one in. */
  readonly resolve?: Resolve;
}

/** Not started yet: `start` reads what it must look at. */
export function makeWakes(parts: WakeParts): Wakes {
  const { store, clock, log, metrics, board, vapid, allowPrivate, resolve = dnsResolver() } = parts;
  const caller = new Caller({ clock, vapid, resolve, allowPrivate });
  const bells = new Bells({
    clock,
    metrics,
    chance: Math.random,
    endpoint: (name) => store.wakes.endpoint(unhex(name)),
    drop: (name) => store.wakes.dropEndpoint(unhex(name)),
    host: ({ kind, url }) => caller.host(kind, url),
    call: (endpoint, attempt) => caller.call(endpoint, attempt),
  });
  const isGood = (kind: number, url: string) => caller.host(kind, url) !== null;
  return new Wakes({ store, clock, log, board, bells, publicKey: vapid.publicKey, isGood });
}

/** A sweep after which endpoints past their time are forgotten, for the one sweeper that watches the clock (H11). */
export function sweepEndpoints(inner: Sweepable, store: RelayStore, clock: Clock): Sweepable {
  return {
    lastSweep: () => inner.lastSweep(),
    async sweep(maxEntries) {
      const step = await inner.sweep(maxEntries);
      if (!step.more) await store.wakes.forget(clock.now());
      return step;
    },
  };
}
