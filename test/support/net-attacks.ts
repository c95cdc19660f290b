// The attacker's tools: a victim in a child process, raw WebSocket frames, raw yamux frames over an authenticated stock libp2p connection.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import type { Connection, Libp2p } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { WebSocket } from 'ws';
import { WEBSOCKET_LIMITS } from '../../core/net/harden-websocket.ts';
import { until } from './net-wait.ts';

/** A listening node in a child process. */
export interface Victim {
  readonly address: string;
  readonly port: number;
  /** Why its channels closed, in order. */
  readonly closed: string[];
  readonly alive: boolean;
  /** Resident memory after a collection, bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the victim. @param program another one to attack, by default net-victim.ts @param listen where that listens */
export async function startVictim(
  program = fileURLToPath(new URL('net-victim.ts', import.meta.url)),
  ...listen: string[]
): Promise<Victim> {
  const child = spawn(process.execPath, ['--expose-gc', program, ...listen], { stdio: ['pipe', 'pipe', 'inherit'] });
  const state = { address: '', rss: 0, closed: [] as string[] };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { address?: string; rss?: number; closed?: string };
    state.address = said.address ?? state.address;
    state.rss = said.rss ?? state.rss;
    if (said.closed !== undefined) state.closed.push(said.closed);
  });
  await until(() => state.address !== '' || child.exitCode !== null, 'the victim listens');
  return {
    address: state.address,
    port: Number(/tcp\/(\d+)/.exec(state.address)?.[1]),
    closed: state.closed,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async memory() {
      state.rss = 0;
      child.stdin.write('memory\n');
      await until(() => state.rss > 0, 'the victim tells its memory');
      return state.rss;
    },
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A TCP connection that survives whatever the victim does to it. */
export async function rawSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Resolves when the victim has closed this socket. */
export function ended(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** A WebSocket that was accepted, before any libp2p byte. */
export async function rawWebSocket(port: number): Promise<Socket> {
  const socket = await rawSocket(port);
  const lines = ['GET / HTTP/1.1', 'Host: x', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13'];
  socket.write(`${[...lines, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='].join('\r\n')}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  if (!String(answer).includes(' 101 ')) throw new Error('The WebSocket was not accepted.');
  return socket;
}

/** A WebSocket frame, wrong in the ways asked for. */
export function wsFrame(
  payload: Uint8Array,
  how: { opcode?: number; bits?: number; masked?: boolean; announce?: number; final?: boolean } = {},
): Buffer {
  const { opcode = 2, bits = 0, masked = true, final = true, announce = payload.length } = how;
  const first = (final ? 0x80 : 0) | bits | opcode;
  const mask = masked ? 0x80 : 0;
  const header = announce < 126 ? Buffer.from([first, mask | announce]) : Buffer.alloc(10);
  if (announce >= 126) {
    header[0] = first;
    header[1] = mask | 127;
    header.writeBigUInt64BE(BigInt(announce), 2);
  }
  return Buffer.concat([header, Buffer.alloc(masked ? 4 : 0), payload]); // a mask of zeros leaves the payload as it is
}

/** An attacker with a PeerId of its own: stock libp2p, on a socket that can be left unread. */
export async function attacker(): Promise<Libp2p> {
  return createLibp2p({
    transports: [(components) => Object.assign(webSockets()(components), { _connect: openSocket }), tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxOutboundStreams: 10_000 })],
    connectionMonitor: { enabled: false },
  });
}

function openSocket(address: Multiaddr): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${/tcp\/(\d+)/.exec(address.toString())?.[1]}/`, WEBSOCKET_LIMITS);
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => socket.on('open', () => resolve(socket)).on('error', reject));
}

interface Inside {
  readonly muxer: { readonly maConn: { send(bytes: Uint8Array): boolean } };
  readonly maConn: { readonly websocket?: { send(bytes: Uint8Array): void; readonly _socket: Socket }; readonly socket?: Socket };
}

/** Under the hood of an authenticated connection. */
export interface Hood {
  /** Below yamux: sent as it is, if the connection still takes anything. */
  yamux(bytes: Uint8Array): void;
  /** Below Noise. */
  wire(bytes: Uint8Array): void;
  readonly socket: Socket;
}

export function inside(connection: Connection): Hood {
  const raw = connection as unknown as Inside;
  const { websocket } = raw.maConn;
  const socket = (raw.maConn.socket ?? websocket?._socket) as Socket;
  return {
    yamux(bytes) {
      if (connection.status === 'open') raw.muxer.maConn.send(bytes);
    },
    wire: (bytes) => (websocket === undefined ? void socket.write(bytes) : websocket.send(bytes)),
    socket,
  };
}

/** Dials the victim and is authenticated. */
export function intrude(node: Libp2p, victim: Victim): Promise<Connection> {
  return node.dial(multiaddr(victim.address));
}

/** A yamux header. */
export function yamuxHeader(type: number, flags: number, stream: number, length: number): Uint8Array {
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint8(1, type);
  view.setUint16(2, flags);
  view.setUint32(4, stream);
  view.setUint32(8, length);
  return header;
}
