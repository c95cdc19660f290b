// A host over a small double of the peer, with a real vault that is cheap to open, a clock held by hand and a relay in memory.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PeerEvent } from '../../core/api.ts';
import type { Clock } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { type Host, type HostOptions, openHost } from '../../core/host/host.ts';
import type { KeptEngine } from '../../core/host/keeper.ts';
import type { RelayStarter, RunningRelay } from '../../core/host/local-relay.ts';
import { homeExists } from '../../core/peer/home.ts';
import { createVault, type Unlock } from '../../core/store/vault.ts';
import type { Home, Notice, WindowEvent } from '../../core/window-api.ts';
import { madeEngine } from './carrier.ts';
import { until } from './net-wait.ts';
import { temporaryFolder } from './store-files.ts';

/** A thousandth of the real work. */
export const CHEAP = { n: 2 ** 10, r: 8, p: 1 };

/** A clock whose time passes when a test says so. */
export class HandClock implements Clock {
  #wall = 1_000_000;
  #monotonic = 0;
  readonly #timers = new Set<{ readonly at: number; readonly then: () => void }>();

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.#monotonic + ms, then };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and what waits for it happen in its order. */
  pass(ms: number): void {
    const end = this.#monotonic + ms;
    for (let next = this.#next(end); next !== null; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#wall += next.at - this.#monotonic;
      this.#monotonic = next.at;
      next.then();
    }
    this.#wall += end - this.#monotonic;
    this.#monotonic = end;
  }

  /** The computer sleeps: only the wall clock goes on. */
  sleep(ms: number): void {
    this.#wall += ms;
  }

  #next(end: number) {
    const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    return due[0] ?? null;
  }
}

/** What a test sees of the double behind a host, and turns. */
export interface Behind {
  readonly clock: HandClock;
  readonly notices: Notice[];
  readonly faults: string[];
  /** Every call that reached the peer, by name. */
  readonly asked: readonly (readonly [string, unknown])[];
  /** Peers open now: never more than one. */
  open: number;
  /** Times a peer was asked to go online. */
  online: number;
  /** Holds every opening until it resolves. */
  hold: Promise<unknown> | null;
  goOnline: () => Promise<void>;
  failOpening: SottoError | null;
  tell(event: PeerEvent): void;
}

/** A host, its home, and what is behind it. */
export interface MadeHost extends Behind {
  readonly host: Host;
  readonly home: string;
  readonly events: WindowEvent[];
  /** States told, in order. */
  states(): Home['state'][];
  reaches(state: Home['state']): Promise<Home>;
}

/** Makes a host over a home that these open; none: there is no home yet. It is closed when the test is over. */
export async function madeHost(
  unlocks: readonly Unlock[],
  { withoutShell = false, ...options }: Partial<HostOptions> & { readonly withoutShell?: boolean } = {},
  answers: Readonly<Record<string, (input: unknown) => unknown>> = {},
): Promise<MadeHost> {
  const home = options.home ?? join(temporaryFolder(), 'home');
  if (unlocks.length > 0) await createVault(home, ...unlocks);
  const peer = madeEngine(answers);
  const clock = new HandClock();
  const notices: Notice[] = [];
  const faults: string[] = [];
  const events: WindowEvent[] = [];
  const behind: Behind = {
    clock,
    notices,
    faults,
    asked: peer.asked,
    open: 0,
    online: 0,
    hold: null,
    goOnline: async () => undefined,
    failOpening: null,
    tell: (event) => peer.tell(event),
  };
  const host = await openHost({
    home,
    keyring: null,
    desktop: false,
    relay: null,
    clock,
    cost: CHEAP,
    engine: doubleOf(behind, peer.api),
    ...(withoutShell ? {} : { onNotice: (notice: Notice) => notices.push(notice) }),
    onFault: ({ code }) => faults.push(code),
    ...options,
  });
  onTestFinished(() => host.close());
  host.api.onEvent((event) => events.push(event));
  const reaches = async (state: Home['state']) => {
    await until(async () => (await host.api.home({})).state === state, `the home is ${state}`);
    return host.api.home({});
  };
  const states = () => events.flatMap((event) => (event.event === 'home' ? [event.home.state] : []));
  return Object.assign(behind, { host, home, events, states, reaches });
}

function doubleOf(behind: Behind, api: ReturnType<typeof madeEngine>['api']): KeptEngine {
  return {
    homeExists,
    makeHome: async (home, { passphrase, keyring, cost }) => {
      mkdirSync(home, { recursive: true });
      const first: Unlock = passphrase === null ? { keyFile: true } : { passphrase, ...(cost === undefined ? {} : { cost }) };
      return createVault(home, first, ...(keyring === undefined ? [] : [{ keyring }]));
    },
    openPeer: async () => {
      await behind.hold;
      if (behind.failOpening !== null) throw behind.failOpening;
      behind.open += 1;
      if (behind.open > 1) throw new SottoError('STORE_LOCKED');
      return {
        api,
        goOnline: () => {
          behind.online += 1;
          return behind.goOnline();
        },
        close: async () => {
          behind.open -= 1;
        },
      };
    },
  };
}

/** A starter of relays that are none. */
export class MadeRelays implements RelayStarter {
  readonly started: { readonly folder: string; readonly port: number }[] = [];
  /** Those that run. */
  readonly running = new Set<RunningRelay>();
  fail = false;
  #die: () => void = () => undefined;

  async start(folder: string, port: number): Promise<RunningRelay> {
    this.started.push({ folder, port });
    if (this.fail) throw new SottoError('OFFLINE', 'The relay on this machine did not start.');
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const relay: RunningRelay = { address: `/ip4/127.0.0.1/tcp/${port}/ws/p2p/12D3KooWLocal`, ended, stop: async () => end() };
    const end = () => {
      this.running.delete(relay);
      resolve();
    };
    this.#die = end;
    this.running.add(relay);
    return relay;
  }

  /** The newest one is killed. */
  die(): void {
    this.#die();
  }
}
