// Builds a relay from its parts, starts and stops them in order. It must never answer as kept what the store has not on disk.
import { type Clock, random, systemClock } from '../core/base/clock.ts';
import type { Log } from '../core/base/log.ts';
import { parseAddress } from '../core/net/address.ts';
import type { FrameChannel } from '../core/net/channel.ts';
import { createNode, type Node } from '../core/net/node.ts';
import type { AddressLimits } from '../core/net/socket-guard.ts';
import type { TlsDoor } from '../core/net/tls-door.ts';
import { BLOB_STREAMS, HASH_BYTES } from '../core/wire/limits.ts';
import { BLOB_PROTOCOL, RELAY_PROTOCOL } from '../core/wire/version.ts';
import { Admission, type Mode } from './admission/admission.ts';
import { allowance } from './admission/books.ts';
import { type Limits, limitsWith, type SomeLimits } from './admission/limits.ts';
import { Blobs } from './blobs/blobs.ts';
import { BlobFiles } from './blobs/files.ts';
import { blobLimits } from './blobs/terms.ts';
import { isLoopback } from './config.ts';
import { Connection } from './connection.ts';
import { blobFolder, makeData, relayKey, storeFolder, writeAddresses } from './data.ts';
import { Devices } from './devices.ts';
import { Heads } from './heads.ts';
import { Metrics } from './operator/metrics.ts';
import { Board } from './presence/board.ts';
import type { Shared } from './shared.ts';
import type { DiskPair } from './store/disk.ts';
import type { Coming } from './store/foretell.ts';
import { LevelRelayStore } from './store/level.ts';
import { LevelDisk, type Written } from './store/level-disk.ts';
import type { RelayStore } from './store/store.ts';
import { SWEEP_INTERVAL_MS, Sweeper } from './sweep.ts';
import { makeWakes, sweepEndpoints, type WakeParts } from './wake/start.ts';
import { Vapid } from './wake/vapid.ts';
import type { Wakes } from './wake/wakes.ts';

/** What was accepted is answered within this when the relay goes, ms; a disk slower than that answers nobody. */
const FINISH_DEADLINE_MS = 5_000;
/** A connection without a sign of life for this long is closed; peers ping every 15 s, and a thin line may need a minute for one window. */
const SILENT_MS = 120_000;
/** How often that is looked at, ms. */
const SILENT_CHECK_MS = 15_000;

/** What a relay is made of. */
export interface RelayOptions {
  /** The data folder; made if it is not there. */
  readonly data: string;
  /** Multiaddrs, e.g. `/ip4/127.0.0.1/tcp/0/ws`. */
  readonly listen: readonly string[];
  readonly announce?: readonly string[];
  /** Anybody may register; otherwise by token. */
  readonly open: boolean;
  /** Where it is not open: the devices listed in the data folder may register, instead of whoever has a token. */
  readonly allowList?: boolean;
  /** All connections come from one address, the proxy's: addresses are not counted. */
  readonly behindProxy?: boolean;
  /** Whether addresses are counted; they are unless it stands behind a proxy, or listens on loopback alone. */
  readonly countAddresses?: boolean;
  /** Devices that are away are woken; not unless it is said here. */
  readonly wake?: boolean;
  /** Also by endpoints in private networks, and over plain http. */
  readonly wakePrivate?: boolean;
  /** Other limits than those of admission/limits.ts. */
  readonly limits?: SomeLimits;
  readonly log: Log;
  /** The operator vouches for the wall clock as it is now (H11). */
  readonly clockIsRight?: boolean;
  readonly clock?: Clock;
  /** Where it counts; its own unless somebody wants to read them. */
  readonly metrics?: Metrics;
  readonly maxConnections?: number;
  /** The certificate for addresses on /tls/ws. */
  readonly tls?: TlsDoor | null;
  /** Hears of every batch on its way to the disk. */
  readonly written?: Written;
  /** LevelDB in the data folder unless a test stands one in. */
  readonly store?: RelayStore;
}

/** A running relay. */
export interface Relay {
  readonly peerId: string;
  /** Multiaddrs with /p2p/. */
  readonly addresses: readonly string[];
  /** Changes nothing, but goes through the store's writer, which mends itself first. @throws STORE_FAILED while the disk takes no writes */
  touch(): Promise<void>;
  /** Everything in the store as of one moment; see RelayStore. */
  snapshot(): AsyncIterable<DiskPair>;
  /** Takes at most so many sockets from now on. */
  limit(most: number): void;
  /** Answers what was accepted, closes every connection and the store; bounded in time, twice is harmless. */
  stop(): Promise<void>;
}

/** Starts a relay. @throws BAD_INPUT for a bad multiaddr, STORE_LOCKED, STORE_FAILED, STORE_DAMAGED, OFFLINE when it cannot listen */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { clock = systemClock, metrics = new Metrics() } = options;
  for (const address of [...options.listen, ...(options.announce ?? [])]) parseAddress(address);
  await makeData(options.data);
  const key = await relayKey(options.data);
  const heads = new Heads(key);
  const coming: Coming = (log, point) => void heads.wire(log, point);
  const store = options.store ?? levelStore(options, clock, coming);
  await store.open();
  try {
    const { listen, announce = [], maxConnections, tls } = options;
    const limits = limitsWith(options.limits);
    warnOfOpenDoors(options);
    const more = { ...doorOf(options, limits), ...(maxConnections !== undefined && { maxConnections }), ...(tls && { tls }) };
    const turnedAway = () => metrics.count('sockets_turned_away');
    const node = await createNode({ key, listen, announce, server: true, turnedAway, ...more });
    const admission = new Admission({ data: options.data, mode: modeOf(options), store, clock, log: options.log, limits });
    const board = new Board(clock, metrics);
    const shared: Shared = {
      store,
      clock,
      log: options.log,
      heads,
      admission,
      devices: new Devices(),
      board,
      metrics,
      wakes: await wakesOf(options, { store, clock, log: options.log, metrics, board }),
      stopping: false,
    };
    const files = new BlobFiles(blobFolder(options.data));
    const blobs = new Blobs({ store: store.blobs, files, clock, log: options.log, limits: blobLimits(limits), busy: new Set() });
    const sweeper = new Sweeper(sweepEndpoints(blobs.sweptWith(store), store, clock), clock, options.log, SWEEP_INTERVAL_MS, metrics);
    if (options.clockIsRight) sweeper.confirm();
    const relay = new RunningRelay(shared, node, sweeper, blobs);
    await relay.start(options.data);
    return relay;
  } catch (error) {
    await store.close();
    throw error;
  }
}

function levelStore({ data, written, log }: RelayOptions, clock: Clock, coming: Coming): RelayStore {
  const location = storeFolder(data);
  return new LevelRelayStore({ location, clock, coming, log, disk: new LevelDisk(location, written) });
}

async function wakesOf({ data, wake, wakePrivate }: RelayOptions, parts: Omit<WakeParts, 'vapid' | 'allowPrivate'>): Promise<Wakes | null> {
  return wake === true ? makeWakes({ ...parts, vapid: await Vapid.open(data), allowPrivate: wakePrivate === true }) : null;
}

/** Who may register at a relay with these options. */
export function modeOf({ open, allowList }: Pick<RelayOptions, 'open' | 'allowList'>): Mode {
  if (open) return 'open';
  return allowList === true ? 'allow-list' : 'token';
}

function warnOfOpenDoors({ open, listen, announce = [], behindProxy = false, log }: RelayOptions): void {
  const isAlone = listen.every(isLoopback);
  if (open && (!isAlone || announce.length > 0)) log.warn('open-to-anybody-who-can-reach-it');
  if (behindProxy || (isAlone && announce.length > 0)) log.warn('addresses-are-not-counted-behind-a-proxy');
}

/** What the door in front of Noise counts. */
function doorOf(options: RelayOptions, limits: Limits): { readonly maxPending: number; readonly perAddress: AddressLimits | null } {
  const { listen, behindProxy = false, countAddresses = !behindProxy && !listen.every(isLoopback) } = options;
  const perAddress = {
    sockets: limits['address-connections'],
    pending: limits['address-pending'],
    handshakes: allowance(limits, 'address-handshakes', 'address-handshakes-per-second'),
  };
  return { maxPending: limits['pending-handshakes'], perAddress: countAddresses ? perAddress : null };
}

class RunningRelay implements Relay {
  readonly #shared: Shared;
  readonly #node: Node;
  readonly #sweeper: Sweeper;
  readonly #blobs: Blobs;
  readonly #connections = new Set<Connection>();
  readonly #over = new WeakMap<FrameChannel, Connection>();
  #cancelCheck: () => void = () => undefined;
  #stopped: Promise<void> | null = null;

  constructor(shared: Shared, node: Node, sweeper: Sweeper, blobs: Blobs) {
    this.#shared = shared;
    this.#node = node;
    this.#sweeper = sweeper;
    this.#blobs = blobs;
  }

  get peerId(): string {
    return this.#node.peerId;
  }

  get addresses(): readonly string[] {
    const end = `/p2p/${this.#node.peerId}`;
    return this.#node.addresses.map((address) => (address.endsWith(end) ? address : address + end));
  }

  async start(data: string): Promise<void> {
    this.#showGauges();
    await this.#node.handle(RELAY_PROTOCOL, (channel, address) => this.#accept(channel, address));
    await this.#node.handleBeside(BLOB_PROTOCOL, BLOB_STREAMS, (stream, channel) =>
      this.#blobs.accept(stream, this.#over.get(channel) ?? null),
    );
    await writeAddresses(data, this.addresses);
    this.#checkSilent();
    this.#sweeper.start();
    void this.#shared.wakes?.start();
    void this.#shared.admission.noteAllUses();
    this.#shared.log.info('started', { open: this.#shared.admission.open });
  }

  // An ack for a log that nobody has: no record changes.
  touch(): Promise<void> {
    return this.#shared.store.ack(random(HASH_BYTES), random(HASH_BYTES), 0);
  }

  snapshot(): AsyncIterable<DiskPair> {
    return this.#shared.store.snapshot();
  }

  limit(most: number): void {
    this.#node.limit(most);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#goDown();
    return this.#stopped;
  }

  #accept(channel: FrameChannel, address: string | null): void {
    if (this.#shared.stopping) {
      void channel.close('The relay is going down.');
      return;
    }
    const connection = new Connection(this.#shared, channel, address);
    this.#connections.add(connection);
    this.#over.set(channel, connection);
    this.#shared.metrics.count('connections');
    void connection.start().finally(() => this.#connections.delete(connection));
  }

  #showGauges(): void {
    const { metrics } = this.#shared;
    metrics.gauge('open_connections', () => this.#connections.size);
    metrics.gauge('open_sockets', () => this.#node.sockets);
    metrics.gauge('last_sweep_timestamp_seconds', () => this.#sweeper.finishedAt / 1_000);
    metrics.gauge('sweep_stopped', () => Number(this.#sweeper.stopped));
  }

  #checkSilent(): void {
    const since = this.#shared.clock.monotonic() - SILENT_MS;
    for (const connection of this.#connections) if (connection.heard < since) void connection.close('Nothing was heard for too long.');
    this.#cancelCheck = this.#shared.clock.after(SILENT_CHECK_MS, () => this.#checkSilent());
  }

  async #goDown(): Promise<void> {
    this.#shared.stopping = true;
    this.#shared.wakes?.stop();
    this.#cancelCheck();
    await Promise.all([this.#finishConnections(), this.#blobs.stop()]);
    await this.#node.stop();
    await this.#sweeper.stop();
    await this.#shared.store.close();
    this.#shared.log.info('stopped');
  }

  async #finishConnections(): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#shared.clock.after(FINISH_DEADLINE_MS, resolve);
    const finished = Promise.all([...this.#connections].map((connection) => connection.finish()));
    await Promise.race([finished, late]);
    cancel();
    await Promise.all([...this.#connections].map((connection) => connection.close('The relay is going down.')));
  }
}
