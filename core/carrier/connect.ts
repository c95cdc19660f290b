// The window's side of a carrier: a contract as functions, as if the engine were here. What the engine says is checked too: a frame or an event
// that breaks the contract ends the line, because a window that missed something would show what is not true.
import { SottoError } from '../base/errors.ts';
import type { Carrier } from './carrier.ts';
import { checkEvent, checkInput, checkOutput, errorOf } from './check.ts';
import type { ApiOf, Contract, EventOf } from './contract.ts';
import { type ReplyFrame, readAnswer, writeRequest } from './frames.ts';

interface Waiting {
  readonly name: string;
  resolve(output: unknown): void;
  reject(error: SottoError): void;
}

/**
 * What is served at the other end: a peer, or all that a window needs. Every call rejects with BAD_INPUT or TOO_LARGE before anything is sent, with the engine's own SottoError,
 * with MALFORMED when the answer breaks the contract, and with CLOSED once the carrier is closed: nobody knows then whether it was done.
 * Events that come while nobody listens are gone.
 */
export function connectApi<C extends Contract>(carrier: Carrier, contract: C): ApiOf<C> {
  const line = new Line(carrier, contract);
  const asked = Object.fromEntries(Object.keys(contract.calls).map((name) => [name, (input: unknown) => line.ask(name, input)]));
  return { ...asked, onEvent: (listener: (event: EventOf<C>) => void) => line.listen(listener) } as ApiOf<C>;
}

class Line<C extends Contract> {
  readonly #carrier: Carrier;
  readonly #contract: C;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: EventOf<C>) => void>();
  #last = 0;
  #closed = false;

  constructor(carrier: Carrier, contract: C) {
    this.#carrier = carrier;
    this.#contract = contract;
    carrier.onFrame((text) => this.#take(text));
    carrier.onClose(() => this.#end());
  }

  async ask(name: string, input: unknown): Promise<unknown> {
    if (this.#closed) throw lost();
    this.#last += 1;
    const text = writeRequest({ kind: 'req', id: this.#last, name, input: checkInput(this.#contract, name, input) });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#last, { name, resolve, reject });
    this.#carrier.send(text);
    return promise;
  }

  listen(listener: (event: EventOf<C>) => void): () => void {
    // A listener of its own for each call: the same function may listen twice and stop once.
    const own = (event: EventOf<C>) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #take(text: unknown): void {
    for (const event of this.#read(text)) for (const listener of this.#listeners) listener(event);
  }

  /** Settles what the frame answers; the events when it tells some. */
  #read(text: unknown): readonly EventOf<C>[] {
    try {
      const frame = readAnswer(text);
      if (frame.kind === 'evts') return frame.events.map((event) => checkEvent(this.#contract, event));
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (waiting !== undefined) settle(this.#contract, waiting, frame);
    } catch {
      this.#carrier.close();
    }
    return [];
  }

  #end(): void {
    this.#closed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(lost());
    this.#waiting.clear();
  }
}

function settle(contract: Contract, waiting: Waiting, frame: ReplyFrame): void {
  try {
    if (frame.kind === 'err') waiting.reject(errorOf(frame));
    else waiting.resolve(checkOutput(contract, waiting.name, frame.output));
  } catch (error) {
    waiting.reject(error as SottoError);
  }
}

function lost(): SottoError {
  return new SottoError('CLOSED', 'The engine stopped before it answered; look whether it was done, then try again.');
}
