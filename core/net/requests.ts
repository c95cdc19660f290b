// The asking side of a channel: numbers requests, keeps to what may be in flight, matches answers, and gives up after a deadline.
import type { Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { encodeFrame, FRAME, type Frame } from '../wire/frame.ts';
import { ANSWER_DEADLINE_MS, MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES } from '../wire/limits.ts';
import type { FrameWriter } from './frame-writer.ts';

/** A link so slow that it needs more than the deadline for what is in flight gets this much longer, bytes per ms (128 kbit/s). */
const SLOWEST_LINK_BYTES_PER_MS = 16;

interface Asked {
  readonly type: number;
  readonly expected: number;
  readonly payload: Bytes;
  readonly deadline: number;
  resolve(answer: Frame): void;
  reject(error: SottoError): void;
}

interface Pending extends Asked {
  cancel: () => void;
}

/** Requests of one connection. */
export class Requests {
  readonly #writer: FrameWriter;
  readonly #clock: Clock;
  readonly #onFault: (fault: SottoError) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #queue: Asked[] = [];
  #bytes = 0;
  #last = 0;
  #end: SottoError | null = null;

  /** @param onFault told when the other side broke the protocol or did not answer in time: the connection is then of no more use */
  constructor(writer: FrameWriter, clock: Clock, onFault: (fault: SottoError) => void) {
    this.#writer = writer;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Nothing waits for an answer. */
  get idle(): boolean {
    return this.#pending.size === 0 && this.#queue.length === 0;
  }

  /**
   * Sends a request, in the order of the calls.
   * @param deadline ms from when it was written
   * @returns the answer: a frame of type `expected`, or REFUSED
   * @throws OFFLINE once the connection is gone, TIMEOUT, MALFORMED for an answer of another type, TOO_LARGE
   */
  ask(type: number, expected: number, payload: Bytes, deadline: number = ANSWER_DEADLINE_MS): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) return reject(this.#end);
      this.#queue.push({ type, expected, payload, deadline, resolve, reject });
      this.#pump();
    });
  }

  /** Takes an answer. False: nobody asked for it. */
  answer(frame: Frame): boolean {
    const asked = this.#forget(frame.request);
    if (asked === null) return false;
    if (frame.type === asked.expected || frame.type === FRAME.REFUSED) asked.resolve(frame);
    else this.#fault(asked, new SottoError('MALFORMED', 'The other side answered with something that was not asked for.'));
    this.#pump();
    return true;
  }

  /** Rejects everything that waits, and from now on every request. */
  end(error: SottoError): void {
    if (this.#end !== null) return;
    this.#end = error;
    for (const request of [...this.#pending.keys()]) this.#forget(request)?.reject(error);
    for (const asked of this.#queue.splice(0)) asked.reject(error);
  }

  #pump(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#hasRoom(next.payload.length); next = this.#queue[0]) {
      this.#queue.shift();
      this.#write(next);
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#pending.size < MAX_IN_FLIGHT && (this.#pending.size === 0 || this.#bytes + bytes <= MAX_IN_FLIGHT_BYTES);
  }

  #write(asked: Asked): void {
    const request = this.#freeNumber();
    try {
      const frame = encodeFrame(asked.type, request, asked.payload);
      this.#pending.set(request, { ...asked, cancel: () => undefined });
      this.#bytes += asked.payload.length;
      this.#writer.write(frame, () => this.#written(request));
    } catch (error) {
      asked.reject(error instanceof SottoError ? error : new SottoError('INTERNAL', undefined, error));
    }
  }

  #freeNumber(): number {
    do this.#last = this.#last === 0xffff_ffff ? 1 : this.#last + 1;
    while (this.#pending.has(this.#last));
    return this.#last;
  }

  #written(request: number): void {
    const asked = this.#pending.get(request);
    if (asked === undefined) return;
    asked.cancel = this.#clock.after(asked.deadline + this.#bytes / SLOWEST_LINK_BYTES_PER_MS, () => {
      if (this.#forget(request) !== null) this.#fault(asked, new SottoError('TIMEOUT', 'The other side did not answer in time.'));
    });
  }

  #forget(request: number): Pending | null {
    const asked = this.#pending.get(request);
    if (asked === undefined) return null;
    this.#pending.delete(request);
    this.#bytes -= asked.payload.length;
    asked.cancel();
    return asked;
  }

  #fault(asked: Asked, fault: SottoError): void {
    asked.reject(fault);
    this.#onFault(fault);
  }
}
