// The door in front of Noise: raw sockets of one node are counted, all together and by address, and ended when they are not authenticated in time.
// It must never let one address keep another out. Addresses stay in memory, here only, while their sockets live.
import type { Server, Socket } from 'node:net';
import type { Listener, MultiaddrConnection } from '@libp2p/interface';
import { type Allowance, Buckets } from '../base/bucket.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { addressGroup } from './address-group.ts';
import { WEBSOCKET_LIMITS } from './harden-websocket.ts';

/** What one address may have. */
export interface AddressLimits {
  /** Sockets at a time; a new one beyond it is ended at once. */
  readonly sockets: number;
  /** Sockets that are not authenticated yet; beyond it the oldest of this address goes. */
  readonly pending: number;
  /** New sockets, each of which may ask for a handshake; one too many is ended at once. */
  readonly handshakes: Allowance;
}

/** What all sockets of a node together may be, and those of one address. */
export interface SocketLimits {
  /** Sockets at a time. */
  readonly most: number;
  /** Sockets that are not authenticated yet; beyond it the oldest goes. */
  readonly mostPending: number;
  /** ms until one must be authenticated. */
  readonly deadline: number;
  /** Null where all sockets come from one address: behind a proxy. */
  readonly perAddress: AddressLimits | null;
  /** Hears of each socket that was ended at once, or made room for another. */
  readonly turnedAway?: (() => void) | undefined;
}

/** Raw sockets of one node. */
export interface SocketGuard {
  /** Puts limits on a listener that was made but does not listen yet. */
  guard(listener: Listener): Listener;
  /** The socket behind this connection is authenticated: its deadline is lifted. */
  welcome(connection: MultiaddrConnection | { readonly remoteAddr: { toString(): string } }): void;
  /** Whose sockets this connection is counted with; null where addresses are not counted. */
  groupOf(connection: { readonly remoteAddr: { toString(): string } }): string | null;
  /** Sockets that are open. */
  readonly sockets: number;
  /** Takes at most so many from now on; those that are open stay. */
  limit(most: number): void;
  /** Ends every socket, also those the listener does not know of. */
  end(): void;
}

interface RawListener {
  readonly server?: Server;
  readonly wsServer?: { readonly options: Record<string, unknown> };
}

/** Makes the guard of one node. */
export function socketGuard(limits: SocketLimits, clock: Clock = systemClock): SocketGuard {
  return new Guard(limits, clock);
}

class Guard implements SocketGuard {
  readonly #limits: SocketLimits;
  #most: number;
  readonly #handshakes: Buckets;
  readonly #all = new Set<Socket>();
  /** Not authenticated yet, oldest first, by host and port. */
  readonly #pending = new Map<string, Socket>();
  readonly #ofAddress = new Map<string, Set<Socket>>();
  readonly #pendingOf = new Map<string, Set<Socket>>();

  constructor(limits: SocketLimits, clock: Clock) {
    this.#limits = limits;
    this.#most = limits.most;
    this.#handshakes = new Buckets(clock, limits.perAddress?.handshakes ?? { burst: 1, perSecond: 1 });
  }

  guard(listener: Listener): Listener {
    const raw = listener as unknown as RawListener;
    if (raw.server === undefined) return listener;
    raw.server.prependListener('connection', (socket: Socket) => this.#accept(socket));
    if (raw.wsServer !== undefined) Object.assign(raw.wsServer.options, WEBSOCKET_LIMITS);
    return listener;
  }

  welcome(connection: { readonly remoteAddr: { toString(): string } }): void {
    const [, , host, , port] = connection.remoteAddr.toString().split('/');
    this.#pending.get(socketName(host, Number(port)))?.emit('welcome');
  }

  groupOf(connection: { readonly remoteAddr: { toString(): string } }): string | null {
    const [, , host] = connection.remoteAddr.toString().split('/');
    return this.#limits.perAddress === null || host === undefined ? null : addressGroup(host);
  }

  get sockets(): number {
    return this.#all.size;
  }

  limit(most: number): void {
    this.#most = most;
  }

  end(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    const { perAddress, mostPending, deadline } = this.#limits;
    const group = perAddress === null || socket.remoteAddress === undefined ? null : addressGroup(socket.remoteAddress);
    if (this.#all.size >= this.#most || (perAddress !== null && group !== null && this.#isTooMuch(group, perAddress))) {
      this.#turnAway(socket);
      return;
    }
    if (this.#pending.size >= mostPending) this.#turnAway(first(this.#pending.values()));
    if (perAddress !== null && group !== null) this.#join(socket, group, perAddress);
    this.#watch(socket, deadline);
  }

  #turnAway(socket: Socket | undefined): void {
    if (socket === undefined || socket.destroyed) return;
    socket.destroy();
    this.#limits.turnedAway?.();
  }

  #isTooMuch(group: string, { sockets }: AddressLimits): boolean {
    return (this.#ofAddress.get(group)?.size ?? 0) >= sockets || this.#handshakes.take(group) > 0;
  }

  #join(socket: Socket, group: string, { pending }: AddressLimits): void {
    const waiting = this.#pendingOf.get(group);
    if (waiting !== undefined && waiting.size >= pending) this.#turnAway(first(waiting.values()));
    for (const sets of [this.#ofAddress, this.#pendingOf]) add(sets, group, socket);
    socket.once('welcome', () => remove(this.#pendingOf, group, socket));
    socket.once('close', () => {
      remove(this.#pendingOf, group, socket);
      remove(this.#ofAddress, group, socket);
    });
  }

  #watch(socket: Socket, deadline: number): void {
    const name = socketName(socket.remoteAddress, socket.remotePort);
    const timer = setTimeout(() => socket.destroy(), deadline);
    timer.unref();
    this.#pending.set(name, socket);
    this.#all.add(socket);
    const settle = () => {
      clearTimeout(timer);
      if (this.#pending.get(name) === socket) this.#pending.delete(name);
    };
    socket.once('welcome', settle);
    socket.once('close', () => {
      settle();
      this.#all.delete(socket);
    });
  }
}

function add(sets: Map<string, Set<Socket>>, group: string, socket: Socket): void {
  const set = sets.get(group);
  if (set === undefined) sets.set(group, new Set([socket]));
  else set.add(socket);
}

function remove(sets: Map<string, Set<Socket>>, group: string, socket: Socket): void {
  const set = sets.get(group);
  set?.delete(socket);
  if (set?.size === 0) sets.delete(group);
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}

function socketName(host: string | undefined, port: number | undefined): string {
  return `${host?.replace(/^::ffff:/, '')} ${port}`;
}
