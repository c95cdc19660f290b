// The other side of a home's socket: calls the engine of the process that has the home open.
import { createConnection, type Socket } from 'node:net';
import { type CallName, type PeerEvent, peerContract } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import { checkEvent, checkOutput, errorOf } from '../carrier/check.ts';
import {
  type AnswerFrame,
  EVENTS,
  frameLine,
  GO_ONLINE,
  MAX_ANSWER_BYTES,
  MAX_CALL_BYTES,
  readAnswer,
  SOCKET_VERSION,
} from './home-frames.ts';
import { type Link, LinkLost } from './home-link.ts';
import { LineCutter } from './lines.ts';

/** An owner greets at once; one that is silent this long is stopped or no owner, ms. */
const GREETING_MS = 2_000;

interface Waiting {
  readonly name: string;
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** A link to the home's owner; null when nobody answers at `path`. @throws HOME_BUSY when the owner speaks another version */
export async function connectHome(path: string): Promise<Link | null> {
  const socket = createConnection(path);
  const link = new SocketLink(socket);
  const greeted = await link.greeting;
  if (greeted === SOCKET_VERSION) return link;
  socket.destroy();
  if (greeted === null) return null;
  throw new SottoError('HOME_BUSY', 'Another version of Sotto has this home open; stop it first.');
}

class SocketLink implements Link {
  readonly #socket: Socket;
  readonly #lines = new LineCutter(MAX_ANSWER_BYTES);
  readonly #waiting = new Map<number, Waiting>();
  readonly greeting: Promise<number | null>;
  readonly lost: Promise<void>;
  #greeted: (version: number | null) => void;
  #listener: ((event: PeerEvent) => void) | null = null;
  #last = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const greeting = Promise.withResolvers<number | null>();
    const lost = Promise.withResolvers<void>();
    this.greeting = greeting.promise;
    this.lost = lost.promise;
    this.#greeted = greeting.resolve;
    const timer = setTimeout(() => greeting.resolve(null), GREETING_MS);
    void greeting.promise.then(() => clearTimeout(timer));
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      greeting.resolve(null);
      this.#lose();
      lost.resolve();
    });
  }

  call(name: CallName, input: unknown): Promise<unknown> {
    return this.#ask(name, input);
  }

  async goOnline(): Promise<void> {
    await this.#ask(GO_ONLINE, {});
  }

  async listen(listener: (event: PeerEvent) => void): Promise<void> {
    this.#listener = listener;
    await this.#ask(EVENTS, {});
  }

  async close(): Promise<void> {
    this.#socket.end();
    await this.lost;
  }

  #ask(name: string, input: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (!this.#socket.writable) return Promise.reject(new LinkLost());
    this.#last += 1;
    const line = frameLine({ id: this.#last, call: name, input }, MAX_CALL_BYTES);
    this.#waiting.set(this.#last, { name, resolve, reject });
    this.#socket.write(line);
    return promise;
  }

  #take(piece: Buffer): void {
    try {
      for (const line of this.#lines.push(piece)) this.#obey(readAnswer(line));
    } catch {
      this.#socket.destroy();
    }
  }

  #obey(frame: AnswerFrame): void {
    if ('sotto' in frame) this.#greeted(frame.sotto);
    else if ('event' in frame) this.#listener?.(checkEvent(peerContract, frame.event));
    else {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (waiting === undefined) return;
      if ('error' in frame) waiting.reject(errorOf(frame.error));
      else settle(waiting, frame.output);
    }
  }

  #lose(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new LinkLost());
    this.#waiting.clear();
  }
}

function settle(waiting: Waiting, output: unknown): void {
  try {
    const plain = waiting.name === GO_ONLINE || waiting.name === EVENTS;
    waiting.resolve(plain ? output : checkOutput(peerContract, waiting.name as CallName, output));
  } catch (error) {
    waiting.reject(error as Error);
  }
}
