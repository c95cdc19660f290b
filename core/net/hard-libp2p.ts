// Puts libp2p together: WebSocket, TCP, Noise, yamux, no services, with the settings and the hardening that a relay survives by.
import { privateKeyFromRaw } from '@libp2p/crypto/keys';
import type { Connection, Libp2p, MultiaddrConnection, PeerId } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import type { Multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { WebSocket } from 'ws';
import type { SigningKey } from '../base/ed25519.ts';
import { parseAddress } from './address.ts';
import { hardNoise } from './hard-noise.ts';
import { hardenTcp, hardTcp } from './harden-tcp.ts';
import { hardenConnection, MAX_SOCKET_BUFFER_BYTES, WEBSOCKET_LIMITS } from './harden-websocket.ts';
import { hardYamux } from './harden-yamux.ts';
import { rawPrivateKey } from './peer-key.ts';
import { quietLogger } from './quiet-logger.ts';
import type { SocketGuard } from './socket-guard.ts';
import type { TlsDoor } from './tls-door.ts';

/** From the first byte to an authenticated connection, and from there to its first stream, ms. */
export const HANDSHAKE_DEADLINE_MS = 10_000;

/** What libp2p is started with. */
export interface Libp2pOptions {
  readonly key: SigningKey;
  readonly listen: string[];
  readonly announce: string[];
  /** Counts and ends its sockets. */
  readonly guard: SocketGuard;
  /** For listeners on /tls/ws. */
  readonly tls?: TlsDoor | undefined;
}

/** Starts libp2p. */
export async function startLibp2p({ key, listen, announce, guard, tls }: Libp2pOptions): Promise<Libp2p> {
  const unlimited = 1e9; // sockets are counted by the guard, before libp2p sees them
  const libp2p = await createLibp2p({
    privateKey: privateKeyFromRaw(rawPrivateKey(key)),
    logger: quietLogger,
    addresses: { listen, announce },
    transports: [hardWebSockets(guard, tls), hardTcp(guard)],
    connectionEncrypters: [hardNoise()],
    streamMuxers: [hardYamux()],
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyInboundConnection: (connection) => {
        harden(connection);
        return false;
      },
      denyOutboundConnection: (_peer, connection) => {
        harden(connection);
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

function harden(connection: MultiaddrConnection): void {
  hardenConnection(connection);
  hardenTcp(connection);
}

function hardWebSockets(guard: SocketGuard, tls: TlsDoor | undefined): ReturnType<typeof webSockets> {
  return (components) => {
    const transport = webSockets({ maxBufferedAmount: MAX_SOCKET_BUFFER_BYTES, ...(tls !== undefined && { https: tls.pair }) })(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options) => {
      const listener = guard.guard(createListener(options));
      return tls === undefined ? listener : tls.add(listener);
    };
    return Object.assign(transport, { _connect: openWebSocket });
  };
}

// Leaves a mask of zeros, which both sides of ws skip: it guards proxies against scripts of web pages that choose what is sent (RFC 6455, 10.3),
// and all that is sent here is Noise's ciphertext. With it every byte is copied and changed in JavaScript on both sides.
function noMask(): void {}

// Stock dials by the global WebSocket, which cannot be terminated: a dead relay would keep its socket, and a dial given up too.
async function openWebSocket(address: Multiaddr, options: { readonly signal: AbortSignal }): Promise<WebSocket> {
  const { host, port, transport } = parseAddress(address.toString());
  const name = host.includes(':') ? `[${host}]` : host;
  const socket = new WebSocket(`${transport.endsWith('/tls/ws') ? 'wss' : 'ws'}://${name}:${port}/`, {
    ...WEBSOCKET_LIMITS,
    generateMask: noMask,
  });
  socket.binaryType = 'arraybuffer';
  options.signal.addEventListener('abort', () => socket.terminate(), { once: true });
  await new Promise<void>((resolve, reject) => {
    const refused = () => reject(new Error('The WebSocket could not be opened.'));
    socket.on('open', resolve).on('error', refused).on('close', refused);
  });
  return socket;
}

/** Private parts of a pinned version. */
export interface Components {
  readonly connectionManager: {
    readonly connections: { values(): Iterable<Connection[]> };
    getConnections(peer?: PeerId): Connection[];
  };
  readonly transportManager: { dial(address: Multiaddr, options: { signal: AbortSignal }): Promise<Connection> };
}

/** The parts of libp2p that its public face hides. */
export function componentsOf(libp2p: Libp2p): Components {
  return (libp2p as unknown as { components: Components }).components;
}

// Stock builds this list in quadratic time, at every accept.
function listConnectionsFlat(libp2p: Libp2p): void {
  const manager = componentsOf(libp2p).connectionManager;
  const ofPeer = manager.getConnections.bind(manager);
  manager.getConnections = (peer) => (peer === undefined ? [...manager.connections.values()].flat() : ofPeer(peer));
}
