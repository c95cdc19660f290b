// A real relay in this process, on a folder of its own: stopped, started again at the same address, and put back to an old backup.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { type Relay, startRelay } from '../../relay/relay.ts';
import { type Proxy as Line, startProxy } from './net-proxy.ts';

/** The relay of the tests about people. */
export class TownRelay {
  readonly data: string;
  readonly #clock: Clock;
  #relay: Relay | null = null;
  #listen = '/ip4/127.0.0.1/tcp/0/ws';

  constructor(data: string, clock: Clock) {
    this.data = data;
    this.#clock = clock;
  }

  get address(): string {
    return this.#relay?.addresses[0] ?? '';
  }

  get port(): number {
    return Number(/\/tcp\/(\d+)/.exec(this.#listen)?.[1]);
  }

  async start(): Promise<void> {
    this.#relay = await startRelay({ data: this.data, listen: [this.#listen], open: true, log: silentLog, clock: this.#clock });
    this.#listen = this.address.replace(/\/p2p\/.*$/, '');
  }

  async stop(): Promise<void> {
    await this.#relay?.stop();
  }

  /** Stops it and removes its folder. */
  async end(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Copies what lies on the disk, as a backup taken while the relay is down. */
  async backup(): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), 'sotto-backup-'));
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    await this.stop();
    await cp(this.data, copy, { recursive: true });
    await this.start();
    return copy;
  }

  /** Goes back to a backup, and says nothing of it. */
  async restore(copy: string): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true });
    await cp(copy, this.data, { recursive: true });
    await this.start();
  }
}

/** A running relay, gone when the test is over. */
export async function townRelay(clock: Clock = systemClock): Promise<TownRelay> {
  const relay = await townRelayForAll(clock);
  onTestFinished(() => relay.end());
  return relay;
}

/** A running relay for several tests; whoever starts it calls `end`. */
export async function townRelayForAll(clock: Clock = systemClock): Promise<TownRelay> {
  const relay = new TownRelay(await mkdtemp(join(tmpdir(), 'sotto-town-')), clock);
  await relay.start();
  return relay;
}

/** Two relays that run while the tests of a file do; for its top level. */
export function twoRelays(): { readonly relay: string; readonly second: string } {
  const relays: TownRelay[] = [];
  beforeAll(async () => {
    relays.push(await townRelayForAll(), await townRelayForAll());
  });
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.end()));
  });
  const address = (at: number): string => relays[at]?.address ?? '';
  return {
    get relay() {
      return address(0);
    },
    get second() {
      return address(1);
    },
  };
}

/** A line to a relay that a test can cut, slow down and black out. */
export async function lineTo(relay: TownRelay): Promise<Line & { readonly address: string }> {
  const proxy = await startProxy({ target: { host: '127.0.0.1', port: relay.port } });
  onTestFinished(() => proxy.stop());
  return Object.assign(proxy, { address: proxy.through(relay.address) });
}
