// A relay's parts without its network: real store on a temporary folder, memory channels, everything closed at the end of the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../core/base/clock.ts';
import { type SigningKey, signingKey } from '../../core/base/ed25519.ts';
import { lineLog } from '../../core/base/log.ts';
import { Admission, type Mode } from '../../relay/admission/admission.ts';
import { limitsWith, type SomeLimits } from '../../relay/admission/limits.ts';
import { Connection } from '../../relay/connection.ts';
import { Devices } from '../../relay/devices.ts';
import { Heads } from '../../relay/heads.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import { Board } from '../../relay/presence/board.ts';
import type { Shared } from '../../relay/shared.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import type { RelayStore } from '../../relay/store/store.ts';
import type { Wakes } from '../../relay/wake/wakes.ts';
import { MemoryChannel } from './relay-channel.ts';
import { TestPeer } from './relay-peer.ts';

/** One connection, seen from both sides. */
export interface Joined {
  readonly peer: TestPeer;
  readonly channel: MemoryChannel;
  readonly connection: Connection;
}

/** Everything but the network. */
export interface RelayParts {
  readonly shared: Shared;
  readonly key: SigningKey;
  readonly data: string;
  readonly logged: string[];
  /** A peer's connection; nothing was said yet. */
  join(peerId: string, address?: string | null): Joined;
  /** A peer that said hello and registered. */
  greeted(peerId: string, address?: string | null): Promise<Joined>;
}

/** How the parts differ from a plain open relay. */
export interface PartsOptions {
  readonly open?: boolean;
  /** Instead of `open`. */
  readonly mode?: Mode;
  readonly limits?: SomeLimits;
  readonly clock?: Clock;
  readonly quotaBytes?: number;
  /** Nobody is woken unless these are made. */
  readonly wakes?: (parts: Pick<Shared, 'store' | 'clock' | 'log' | 'metrics' | 'board'>) => Wakes;
  /** Stands in front of the real store. */
  readonly wrap?: (store: RelayStore) => RelayStore;
}

/** A temporary folder that is gone after the test. */
export async function temporaryData(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'sotto-relay-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  return data;
}

/** Builds them for one test. */
export async function relayParts(options: PartsOptions = {}): Promise<RelayParts> {
  const {
    clock = systemClock,
    open = true,
    mode = open ? 'open' : 'token',
    limits = {},
    quotaBytes,
    wrap = (store: RelayStore) => store,
  } = options;
  const data = await temporaryData();
  const level = new LevelRelayStore({ location: join(data, 'store'), clock, ...(quotaBytes !== undefined && { quotaBytes }) });
  await level.open();
  onTestFinished(() => level.close());
  const key = signingKey();
  const logged: string[] = [];
  const metrics = new Metrics();
  const store = wrap(level);
  const log = lineLog((line) => logged.push(line));
  const board = new Board(clock, metrics);
  const wakes = options.wakes?.({ store, clock, log, metrics, board }) ?? null;
  const shared: Shared = {
    store,
    clock,
    log,
    heads: new Heads(key),
    admission: new Admission({ data, mode, store, clock, log, limits: limitsWith(limits) }),
    devices: new Devices(),
    metrics,
    board,
    wakes,
    stopping: false,
  };
  const join_ = (peerId: string, address: string | null = null) => joined(shared, peerId, address);
  return {
    shared,
    key,
    data,
    logged,
    join: join_,
    greeted: async (peerId, address) => {
      const both = join_(peerId, address);
      await both.peer.greet();
      return both;
    },
  };
}

function joined(shared: Shared, peerId: string, address: string | null): Joined {
  const channel = new MemoryChannel(peerId);
  const connection = new Connection(shared, channel, address);
  void connection.start();
  const peer = new TestPeer({
    send: (frames) => queueMicrotask(() => channel.arrive(...frames)),
    onFrames: (handler) => {
      channel.onWrite = () => handler(channel.writes.at(-1) ?? []);
    },
  });
  return { peer, channel, connection };
}
