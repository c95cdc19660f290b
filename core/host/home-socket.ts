// The owner's side of a home's socket: serves the engine to other commands of the same user. The socket's mode 0600 is the only gate.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { peerContract } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import { checkInput, checkOutput, isCall } from '../carrier/check.ts';
import type { RunningPeer } from '../index.ts';
import {
  type AnswerFrame,
  type CallFrame,
  EVENTS,
  errorFrame,
  frameLine,
  GO_ONLINE,
  MAX_ANSWER_BYTES,
  MAX_CALL_BYTES,
  readCall,
  SOCKET_VERSION,
} from './home-frames.ts';
import { LineCutter } from './lines.ts';

/** Calls of one client under way at a time; more wait in the socket. */
const MAX_CALLS_UNDER_WAY = 256;

/** A served home. */
export interface HomeServer {
  /**
   * Takes no more clients, waits until those there are done, `most` ms are over or `stop` is aborted, and ends.
   * It never waits for a client that only listens.
   */
  leave(most: number, stop: AbortSignal): Promise<void>;
}

/**
 * Serves `peer` at `path`. Call it only while holding the home's store: a socket file there is then a dead owner's and is removed.
 * @throws STORE_FAILED when the socket cannot be made
 */
export async function serveHome(path: string, peer: RunningPeer): Promise<HomeServer> {
  const clients = new Set<Client>();
  const server = createServer((socket) => {
    const client = new Client(socket, peer);
    clients.add(client);
    socket.once('close', () => clients.delete(client));
  });
  await listen(server, path);
  return { leave: (most, stop) => leave(server, clients, most, stop) };
}

async function listen(server: Server, path: string): Promise<void> {
  const pipe = process.platform === 'win32';
  try {
    if (!pipe) rmSync(path, { force: true });
    await (pipe ? bind(server, path) : bindPrivately(server, path));
  } catch (cause) {
    throw new SottoError('STORE_FAILED', 'The socket in the home folder cannot be made.', cause);
  }
}

/** The socket is 0600 from its first moment: listening binds before it returns, and the mask stands only that long. */
async function bindPrivately(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  let bound: Promise<void>;
  try {
    bound = bind(server, path);
  } finally {
    process.umask(mask);
  }
  await bound;
  chmodSync(path, 0o600);
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

async function leave(server: Server, clients: ReadonlySet<Client>, most: number, stop: AbortSignal): Promise<void> {
  server.close(); // removes the socket file at once, so the next owner's is never taken away
  for (const client of clients) if (client.onlyListens) client.end();
  const done = Promise.all([...clients].map((client) => client.closed));
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, stop.aborted ? 0 : most);
  stop.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([done, over]);
  clearTimeout(timer);
  for (const client of clients) client.end();
}

/** One connected command. */
class Client {
  readonly #socket: Socket;
  readonly #peer: RunningPeer;
  readonly #lines = new LineCutter(MAX_CALL_BYTES);
  readonly closed: Promise<void>;
  #underWay = 0;
  #stopEvents: (() => void) | null = null;

  constructor(socket: Socket, peer: RunningPeer) {
    this.#socket = socket;
    this.#peer = peer;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#stopEvents?.();
      resolve();
    });
    this.#send({ sotto: SOCKET_VERSION });
  }

  /** True when it waits for events and for nothing else. */
  get onlyListens(): boolean {
    return this.#stopEvents !== null && this.#underWay === 0;
  }

  end(): void {
    this.#stopEvents?.();
    this.#socket.destroySoon();
  }

  #take(piece: Buffer): void {
    try {
      for (const line of this.#lines.push(piece)) void this.#answer(readCall(line));
    } catch {
      this.#socket.destroy();
    }
    this.#pace();
  }

  async #answer(frame: CallFrame): Promise<void> {
    this.#underWay += 1;
    try {
      this.#send({ id: frame.id, output: await this.#run(frame) });
    } catch (error) {
      this.#send(errorFrame(frame.id, error));
    }
    this.#underWay -= 1;
    this.#pace();
  }

  async #run(frame: CallFrame): Promise<unknown> {
    if (frame.call === GO_ONLINE) return (await this.#peer.goOnline()) ?? null;
    if (frame.call === EVENTS) return this.#startEvents();
    if (!isCall(peerContract, frame.call)) throw new SottoError('BAD_INPUT', 'There is no such call.');
    const call = this.#peer.api[frame.call] as (input: unknown) => Promise<unknown>;
    return checkOutput(peerContract, frame.call, await call(checkInput(peerContract, frame.call, frame.input)));
  }

  #startEvents(): null {
    this.#stopEvents ??= this.#peer.api.onEvent((event) => {
      if (this.#socket.writableLength > MAX_ANSWER_BYTES) this.#socket.destroy();
      else this.#send({ event });
    });
    return null;
  }

  #send(frame: AnswerFrame): void {
    if (!this.#socket.writable) return;
    this.#socket.write(frameLine(frame, MAX_ANSWER_BYTES));
  }

  #pace(): void {
    if (this.#underWay >= MAX_CALLS_UNDER_WAY) this.#socket.pause();
    else this.#socket.resume();
  }
}
