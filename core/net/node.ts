// Builds a libp2p node from plain options: WebSocket, TCP, Noise, yamux, no services, hardened. Whoever imports this pays for libp2p.
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import type { SigningKey } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { CONNECT_DEADLINE_MS } from '../wire/limits.ts';
import { formatAddress, parseAddress, parseDialAddress } from './address.ts';
import { type ByteStream, byteStream } from './byte-stream.ts';
import { type FrameChannel, streamChannel } from './channel.ts';
import { componentsOf, HANDSHAKE_DEADLINE_MS, startLibp2p } from './hard-libp2p.ts';
import { type AddressLimits, type SocketGuard, socketGuard } from './socket-guard.ts';
import type { TlsDoor } from './tls-door.ts';

/** What a node is made of. */
export interface NodeOptions {
  /** The libp2p key; its public half is the PeerId. */
  readonly key: SigningKey;
  /** Multiaddrs as `/ip4/127.0.0.1/tcp/0/ws`, or `/ip4/127.0.0.1/tcp/0` without WebSocket; empty: dials only. */
  readonly listen: readonly string[];
  /** Multiaddrs to name instead of the ones listened on, for a node behind a proxy. */
  readonly announce?: readonly string[];
  /** Inbound sockets at a time; SERVER_CONNECTIONS or PEER_CONNECTIONS by default. */
  readonly maxConnections?: number;
  /** A relay, with many connections; otherwise a peer with few. */
  readonly server?: boolean;
  /** How long an inbound socket may take to authenticate, and then to open its first stream, ms; HANDSHAKE_DEADLINE_MS by default. */
  readonly handshakeDeadline?: number;
  /** Inbound sockets that are not authenticated yet; PENDING_CONNECTIONS, and half of all at most, by default. */
  readonly maxPending?: number;
  /** The certificate for addresses on /tls/ws. */
  readonly tls?: TlsDoor;
  /** Hears of each inbound socket that was ended because there were too many. */
  readonly turnedAway?: () => void;
  /** What one address may have; not counted unless given. */
  readonly perAddress?: AddressLimits | null;
}

/** A listening or dialling node. */
export interface Node {
  readonly peerId: string;
  /** Multiaddrs others can dial, each ending in /p2p/ID. */
  readonly addresses: readonly string[];
  /**
   * Takes channels of a protocol; a throw in `accept` closes that channel only.
   * @param accept hears whose sockets the channel is counted with (memory only, C7); null where addresses are not counted
   */
  handle(protocol: string, accept: (channel: FrameChannel, address: string | null) => void): Promise<void>;
  /**
   * Opens a connection of its own and one stream on it.
   * @throws BAD_INPUT for a bad multiaddr or one without /p2p/ID, TIMEOUT, OFFLINE, CLOSED when `signal` was aborted
   */
  dial(address: string, protocol: string, signal: AbortSignal): Promise<FrameChannel>;
  /** Takes streams of bytes that a peer opens beside a channel of its own, at most `most` at a time; `channel` is its newest. A throw ends that stream only. */
  handleBeside(protocol: string, most: number, accept: (stream: ByteStream, channel: FrameChannel) => void): Promise<void>;
  /**
   * Opens a stream of bytes on the connection of a channel; it goes when the channel goes.
   * @throws OFFLINE, REFUSED when the other side does not speak the protocol, CLOSED when `signal` was aborted
   */
  dialBeside(channel: FrameChannel, protocol: string, signal: AbortSignal): Promise<ByteStream>;
  /** Inbound sockets that are open. */
  readonly sockets: number;
  /** Takes at most so many inbound sockets from now on. */
  limit(most: number): void;
  stop(): Promise<void>;
}

/** Inbound sockets of a relay unless said otherwise: measured at 44 KiB each (10,000 were tried). */
export const SERVER_CONNECTIONS = 10_000;
/** Inbound sockets of a peer: its contacts on the local network. */
export const PEER_CONNECTIONS = 64;
/** Sockets not yet authenticated: six seconds of handshakes at full speed, and some megabytes of buffers for who says nothing. */
export const PENDING_CONNECTIONS = 1_024;
/** How long a connection may take to say goodbye, ms. */
const CLOSE_DEADLINE_MS = 1_000;
/** Streams of one protocol a connection may have: one, and one that takes its place. */
const STREAMS_PER_PROTOCOL = 2;

/** Starts a node. @throws BAD_INPUT for a multiaddr that is not valid, OFFLINE when an address cannot be listened on */
export async function createNode(options: NodeOptions): Promise<Node> {
  const listen = options.listen.map((text) => formatAddress(parseAddress(text)));
  const announce = (options.announce ?? []).map((text) => formatAddress(parseAddress(text)));
  const most = options.maxConnections ?? (options.server === true ? SERVER_CONNECTIONS : PEER_CONNECTIONS);
  const deadline = options.handshakeDeadline ?? HANDSHAKE_DEADLINE_MS;
  const mostPending = Math.min(options.maxPending ?? PENDING_CONNECTIONS, Math.max(1, Math.ceil(most / 2)));
  const guard = socketGuard({ most, mostPending, deadline, perAddress: options.perAddress ?? null, turnedAway: options.turnedAway });
  try {
    const libp2p = await startLibp2p({ key: options.key, listen, announce, guard, tls: options.tls });
    return new LibNode(libp2p, guard, deadline);
  } catch (cause) {
    guard.end();
    throw new SottoError('OFFLINE', 'The node could not listen on its addresses; another program may use the port.', cause);
  }
}

class LibNode implements Node {
  readonly peerId: string;
  readonly #libp2p: Libp2p;
  readonly #guard: SocketGuard;
  readonly #deadline: number;
  readonly #channels = new WeakMap<Connection, number>();
  readonly #newest = new WeakMap<Connection, FrameChannel>();
  readonly #under = new WeakMap<FrameChannel, Connection>();
  readonly #closing = new Set<Promise<void>>();

  constructor(libp2p: Libp2p, guard: SocketGuard, deadline: number) {
    this.peerId = libp2p.peerId.toString();
    this.#libp2p = libp2p;
    this.#guard = guard;
    this.#deadline = deadline;
    libp2p.addEventListener('connection:open', (event) => this.#opened(event.detail));
    libp2p.addEventListener('peer:disconnect', (event) => {
      libp2p.peerStore.delete(event.detail).catch(() => undefined); // or every PeerId ever seen would stay in memory
    });
  }

  get addresses(): readonly string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString());
  }

  async handle(protocol: string, accept: (channel: FrameChannel, address: string | null) => void): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => accept(this.#channel(stream, connection), this.#guard.groupOf(connection));
    await this.#libp2p.handle(protocol, onStream, { maxInboundStreams: STREAMS_PER_PROTOCOL });
  }

  async dial(address: string, protocol: string, signal: AbortSignal): Promise<FrameChannel> {
    const target = multiaddr(formatAddress(parseDialAddress(address)));
    const attempt = new AbortController();
    const deadline = AbortSignal.timeout(CONNECT_DEADLINE_MS);
    const giveUp = () => attempt.abort();
    for (const end of [signal, deadline]) end.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await this.#open(target, protocol, attempt.signal);
    } catch (cause) {
      giveUp(); // ends the socket also when it failed for another reason
      if (signal.aborted) throw new SottoError('CLOSED', 'The dial was given up.', cause);
      if (deadline.aborted) throw new SottoError('TIMEOUT', 'The other side did not answer in time.', cause);
      throw new SottoError('OFFLINE', 'The other side cannot be reached, or another node answers at its address.', cause);
    } finally {
      for (const end of [signal, deadline]) end.removeEventListener('abort', giveUp);
    }
  }

  get sockets(): number {
    return this.#guard.sockets;
  }

  limit(most: number): void {
    this.#guard.limit(most);
  }

  // Not through the dial queue: it joins dials to the same peer, and a joined connection would have two owners.
  async #open(target: Multiaddr, protocol: string, signal: AbortSignal): Promise<FrameChannel> {
    signal.throwIfAborted();
    const connection = await componentsOf(this.#libp2p).transportManager.dial(target, { signal });
    return this.#channel(await connection.newStream([protocol], { signal }), connection);
  }

  async handleBeside(protocol: string, most: number, accept: (stream: ByteStream, channel: FrameChannel) => void): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => {
      const channel = this.#newest.get(connection);
      if (channel === undefined) stream.abort(new Error('There is nothing that this stream could stand beside.'));
      else accept(byteStream(stream), channel);
    };
    await this.#libp2p.handle(protocol, onStream, { maxInboundStreams: most });
  }

  async dialBeside(channel: FrameChannel, protocol: string, signal: AbortSignal): Promise<ByteStream> {
    const connection = this.#under.get(channel);
    try {
      if (connection?.status !== 'open') throw new Error('The connection is gone.');
      return byteStream(await connection.newStream([protocol], { signal }));
    } catch (cause) {
      if (signal.aborted) throw new SottoError('CLOSED', 'The stream was given up.', cause);
      const isUnknown = cause instanceof Error && cause.name === 'UnsupportedProtocolError';
      if (isUnknown) throw new SottoError('REFUSED', 'The other side does not speak this protocol.', cause);
      throw new SottoError('OFFLINE', 'The stream could not be opened.', cause);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#closing); // libp2p would wait half a second for a connection that is closing already
    const stopped = this.#libp2p.stop();
    this.#guard.end();
    await stopped;
  }

  #opened(connection: Connection): void {
    if (connection.direction !== 'inbound') return;
    this.#guard.welcome(connection);
    const timer = setTimeout(() => {
      if (!this.#channels.has(connection)) connection.abort(new Error('No stream was opened.'));
    }, this.#deadline);
    timer.unref();
    connection.addEventListener('close', () => clearTimeout(timer), { once: true });
  }

  #channel(stream: Stream, connection: Connection): FrameChannel {
    this.#channels.set(connection, (this.#channels.get(connection) ?? 0) + 1);
    const channel = streamChannel(stream, connection.remotePeer.toString(), () => this.#release(connection));
    this.#newest.set(connection, channel);
    this.#under.set(channel, connection);
    return channel;
  }

  // A connection goes with its last channel: an idle one is of no use, and a dead one must not be dialled over again.
  #release(connection: Connection): void {
    const left = (this.#channels.get(connection) ?? 1) - 1;
    this.#channels.set(connection, left);
    if (left > 0) return;
    const closing = connection
      .close({ signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) })
      .catch((error) => connection.abort(error))
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
