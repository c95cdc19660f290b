// The window's side of a carrier: the contract of a peer, as if the engine were here. What the engine says is checked too: a frame or an event
// that breaks the contract ends the line, because a window that missed something would show what is not true.
import { type CallName, calls, type PeerApi, type PeerEvent } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import type { Carrier } from './carrier.ts';
import { checkEvent, checkInput, checkOutput, errorOf } from './check.ts';
import { type AnswerFrame, readAnswer, writeRequest } from './frames.ts';

interface Waiting {
  readonly name: CallName;
  resolve(output: unknown): void;
  reject(error: SottoError): void;
}

/**
 * The peer at the other end. Every call rejects with BAD_INPUT or TOO_LARGE before anything is sent, with the engine's own SottoError,
 * with MALFORMED when the answer breaks the contract, and with CLOSED once the carrier is closed: nobody knows then whether it was done.
 * Events that come while nobody listens are gone.
 */
export function connectApi(carrier: Carrier): PeerApi {
  const line = new Line(carrier);
  const asked = Object.fromEntries((Object.keys(calls) as CallName[]).map((name) => [name, (input: unknown) => line.ask(name, input)]));
  return { ...asked, onEvent: (listener: (event: PeerEvent) => void) => line.listen(listener) } as PeerApi;
}

class Line {
  readonly #carrier: Carrier;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: PeerEvent) => void>();
  #last = 0;
  #closed = false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
    carrier.onFrame((text) => this.#take(text));
    carrier.onClose(() => this.#end());
  }

  async ask(name: CallName, input: unknown): Promise<unknown> {
    if (this.#closed) throw lost();
    this.#last += 1;
    const text = writeRequest({ kind: 'req', id: this.#last, name, input: checkInput(name, input) });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#last, { name, resolve, reject });
    this.#carrier.send(text);
    return promise;
  }

  listen(listener: (event: PeerEvent) => void): () => void {
    // A listener of its own for each call: the same function may listen twice and stop once.
    const own = (event: PeerEvent) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #take(text: unknown): void {
    const event = this.#read(text);
    if (event !== null) for (const listener of this.#listeners) listener(event);
  }

  /** Settles what the frame answers; the event when it is one. */
  #read(text: unknown): PeerEvent | null {
    try {
      const frame = readAnswer(text);
      if (frame.kind === 'evt') return checkEvent(frame.event);
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (waiting !== undefined) settle(waiting, frame);
    } catch {
      this.#carrier.close();
    }
    return null;
  }

  #end(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(lost());
    this.#waiting.clear();
  }
}

function settle(waiting: Waiting, frame: Exclude<AnswerFrame, { kind: 'evt' }>): void {
  try {
    if (frame.kind === 'err') waiting.reject(errorOf(frame));
    else waiting.resolve(checkOutput(waiting.name, frame.output));
  } catch (error) {
    waiting.reject(error as SottoError);
  }
}

function lost(): SottoError {
  return new SottoError('CLOSED', 'The engine stopped before it answered; look whether it was done, then try again.');
}
