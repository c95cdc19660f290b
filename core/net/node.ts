// Builds a libp2p node from plain options: WebSocket, Noise, yamux, no services, hardened. Whoever imports this pays for libp2p.
import { noise } from '@chainsafe/libp2p-noise';
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import type { SigningKey } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { CONNECT_DEADLINE_MS } from '../wire/limits.ts';
import { formatAddress, parseAddress, parseDialAddress } from './address.ts';
import { type FrameChannel, streamChannel } from './channel.ts';
import { hardenInbound, hardenOutbound, MAX_SOCKET_BUFFER_BYTES, type SocketGuard, socketGuard } from './harden-websocket.ts';
import { hardYamux } from './harden-yamux.ts';
import { rawPrivateKey } from './peer-key.ts';
import { quietLogger } from './quiet-logger.ts';

/** What a node is made of. */
export interface NodeOptions {
  /** The libp2p key; its public half is the PeerId. */
  readonly key: SigningKey;
  /** Multiaddrs as `/ip4/127.0.0.1/tcp/0/ws`; empty: dials only. */
  readonly listen: readonly string[];
  /** Multiaddrs to name instead of the ones listened on, for a node behind a proxy. */
  readonly announce?: readonly string[];
  /** Inbound sockets at a time; SERVER_CONNECTIONS or PEER_CONNECTIONS by default. */
  readonly maxConnections?: number;
  /** A relay, with many connections; otherwise a peer with few. */
  readonly server?: boolean;
}

/** A listening or dialling node. */
export interface Node {
  readonly peerId: string;
  /** Multiaddrs others can dial, each ending in /p2p/ID. */
  readonly addresses: readonly string[];
  /** Takes channels of a protocol; a throw in `accept` closes that channel only. */
  handle(protocol: string, accept: (channel: FrameChannel) => void): Promise<void>;
  /**
   * Opens a connection of its own and one stream on it.
   * @throws BAD_INPUT for a bad multiaddr or one without /p2p/ID, TIMEOUT, OFFLINE, CLOSED when `signal` was aborted
   */
  dial(address: string, protocol: string, signal: AbortSignal): Promise<FrameChannel>;
  stop(): Promise<void>;
}

/** Inbound sockets of a relay unless said otherwise: measured at 44 KiB each (10,000 were tried). */
export const SERVER_CONNECTIONS = 10_000;
/** Inbound sockets of a peer: its contacts on the local network. */
export const PEER_CONNECTIONS = 64;
/** From the first byte to an authenticated connection, and from there to its first stream, ms. */
export const HANDSHAKE_DEADLINE_MS = 10_000;
/** Streams of one protocol a connection may have: one, and one that takes its place. */
const STREAMS_PER_PROTOCOL = 2;

/** Starts a node. @throws BAD_INPUT for a multiaddr that is not valid, OFFLINE when an address cannot be listened on */
export async function createNode(options: NodeOptions): Promise<Node> {
  const listen = options.listen.map((text) => formatAddress(parseAddress(text)));
  const announce = (options.announce ?? []).map((text) => formatAddress(parseAddress(text)));
  const most = options.maxConnections ?? (options.server === true ? SERVER_CONNECTIONS : PEER_CONNECTIONS);
  const guard = socketGuard(most, Math.max(1, Math.ceil(most / 2)), HANDSHAKE_DEADLINE_MS);
  try {
    const libp2p = await startLibp2p(options.key, listen, announce, guard);
    return new LibNode(libp2p, guard);
  } catch (cause) {
    guard.end();
    throw new SottoError('OFFLINE', 'The node could not listen on its addresses; another program may use the port.', cause);
  }
}

async function startLibp2p(key: SigningKey, listen: string[], announce: string[], guard: SocketGuard): Promise<Libp2p> {
  const unlimited = 1e9; // sockets are counted by the guard, before libp2p sees them
  const libp2p = await createLibp2p({
    privateKey: privateKeyFromRaw(rawPrivateKey(key)),
    logger: quietLogger,
    addresses: { listen, announce },
    transports: [hardWebSockets(guard)],
    connectionEncrypters: [noise()],
    streamMuxers: [hardYamux()],
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyInboundConnection: (connection) => {
        hardenInbound(connection);
        return false;
      },
      denyOutboundConnection: (_peer, connection) => {
        hardenOutbound(connection);
        return false;
      },
    },
    connectionManager: {
      maxConnections: unlimited,
      inboundConnectionThreshold: unlimited,
      maxIncomingPendingConnections: unlimited,
      inboundUpgradeTimeout: HANDSHAKE_DEADLINE_MS,
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false },
    services: {},
    start: false,
  });
  listConnectionsFlat(libp2p);
  await libp2p.start();
  return libp2p;
}

function hardWebSockets(guard: SocketGuard): ReturnType<typeof webSockets> {
  const make = webSockets({ maxBufferedAmount: MAX_SOCKET_BUFFER_BYTES });
  return (components) => {
    const transport = make(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options) => guard.guard(createListener(options));
    return Object.assign(transport, { _connect: openWebSocket });
  };
}

// Stock leaves the socket behind when a dial is given up while it connects.
async function openWebSocket(address: Multiaddr, options: { readonly signal?: AbortSignal }): Promise<WebSocket> {
  const { host, port, transport } = parseAddress(address.toString());
  const name = host.includes(':') ? `[${host}]` : host;
  const socket = new WebSocket(`${transport.endsWith('/tls/ws') ? 'wss' : 'ws'}://${name}:${port}/`);
  socket.binaryType = 'arraybuffer';
  try {
    await opened(socket, options.signal);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function opened(socket: WebSocket, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = () => reject(new Error('The WebSocket could not be opened.'));
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', refused, { once: true });
    socket.addEventListener('close', refused, { once: true });
    signal?.addEventListener('abort', refused, { once: true });
    if (signal?.aborted === true) refused();
  });
}

interface Components {
  readonly connectionManager: {
    readonly connections: { values(): Iterable<Connection[]> };
    getConnections(peer?: PeerId): Connection[];
  };
  readonly transportManager: { dial(address: Multiaddr, options: { signal: AbortSignal }): Promise<Connection> };
}

function componentsOf(libp2p: Libp2p): Components {
  return (libp2p as unknown as { components: Components }).components;
}

// Stock builds this list in quadratic time, at every accept.
function listConnectionsFlat(libp2p: Libp2p): void {
  const manager = componentsOf(libp2p).connectionManager;
  const ofPeer = manager.getConnections.bind(manager);
  manager.getConnections = (peer) => (peer === undefined ? [...manager.connections.values()].flat() : ofPeer(peer));
}

class LibNode implements Node {
  readonly peerId: string;
  readonly #libp2p: Libp2p;
  readonly #guard: SocketGuard;
  readonly #channels = new WeakMap<Connection, number>();

  constructor(libp2p: Libp2p, guard: SocketGuard) {
    this.peerId = libp2p.peerId.toString();
    this.#libp2p = libp2p;
    this.#guard = guard;
    libp2p.addEventListener('connection:open', (event) => this.#opened(event.detail));
    libp2p.addEventListener('peer:disconnect', (event) => {
      libp2p.peerStore.delete(event.detail).catch(() => undefined); // or every PeerId ever seen would stay in memory
    });
  }

  get addresses(): readonly string[] {
    return this.#libp2p.getMultiaddrs().map((address) => address.toString());
  }

  async handle(protocol: string, accept: (channel: FrameChannel) => void): Promise<void> {
    const onStream = (stream: Stream, connection: Connection) => accept(this.#channel(stream, connection));
    await this.#libp2p.handle(protocol, onStream, { maxInboundStreams: STREAMS_PER_PROTOCOL });
  }

  async dial(address: string, protocol: string, signal: AbortSignal): Promise<FrameChannel> {
    const target = multiaddr(formatAddress(parseDialAddress(address)));
    const deadline = AbortSignal.timeout(CONNECT_DEADLINE_MS);
    try {
      return await this.#open(target, protocol, AbortSignal.any([signal, deadline]));
    } catch (cause) {
      if (signal.aborted) throw new SottoError('CLOSED', 'The dial was given up.', cause);
      if (deadline.aborted) throw new SottoError('TIMEOUT', 'The other side did not answer in time.', cause);
      throw new SottoError('OFFLINE', 'The other side cannot be reached, or another node answers at its address.', cause);
    }
  }

  // Not through the dial queue: it joins dials to the same peer, and a joined connection would have two owners.
  async #open(target: Multiaddr, protocol: string, signal: AbortSignal): Promise<FrameChannel> {
    signal.throwIfAborted();
    const connection = await componentsOf(this.#libp2p).transportManager.dial(target, { signal });
    try {
      return this.#channel(await connection.newStream([protocol], { signal }), connection);
    } catch (error) {
      connection.abort(new Error('No stream could be opened.'));
      throw error;
    }
  }

  async stop(): Promise<void> {
    const stopped = this.#libp2p.stop();
    this.#guard.end();
    await stopped;
  }

  #opened(connection: Connection): void {
    if (connection.direction !== 'inbound') return;
    this.#guard.welcome(connection);
    const timer = setTimeout(() => {
      if (!this.#channels.has(connection)) connection.abort(new Error('No stream was opened.'));
    }, HANDSHAKE_DEADLINE_MS);
    timer.unref();
    connection.addEventListener('close', () => clearTimeout(timer), { once: true });
  }

  #channel(stream: Stream, connection: Connection): FrameChannel {
    this.#channels.set(connection, (this.#channels.get(connection) ?? 0) + 1);
    return streamChannel(stream, connection.remotePeer.toString(), () => this.#release(connection));
  }

  // A connection goes with its last channel: an idle one is of no use, and a dead one must not be dialled over again.
  #release(connection: Connection): void {
    const left = (this.#channels.get(connection) ?? 1) - 1;
    this.#channels.set(connection, left);
    if (left > 0) return;
    connection.close({ signal: AbortSignal.timeout(1_000) }).catch((error) => connection.abort(error));
  }
}
