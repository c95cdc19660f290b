// One end of a channel that asks and is answered: requests, heartbeat, and the one place where a broken protocol ends the connection.
import type { Bytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import { FRAME, type Frame } from '../wire/frame.ts';
import { PING_DEADLINE_MS } from '../wire/limits.ts';
import type { FrameChannel } from './channel.ts';
import { FrameWriter } from './frame-writer.ts';
import { Heartbeat } from './heartbeat.ts';
import { Requests } from './requests.ts';

const EMPTY: Bytes = new Uint8Array(0);
/** Frame types from here on answer, or are pushed. */
const FIRST_ANSWER = 0x80;

/** What an Asker leaves to its user. */
export interface AskerUser {
  /** Every frame that is not an answer: pushes and requests of the other side. What it throws ends the connection. */
  other(frame: Frame): void;
  /** The connection is gone; called once. */
  ended(): void;
  /** Frames made only when a write happens. */
  last?(): readonly Bytes[];
}

/** Asks over a channel. */
export class Asker {
  readonly writer: FrameWriter;
  readonly #channel: FrameChannel;
  readonly #user: AskerUser;
  readonly #requests: Requests;
  readonly #heartbeat: Heartbeat;
  #over = false;

  constructor(channel: FrameChannel, clock: Clock, user: AskerUser) {
    this.#channel = channel;
    this.#user = user;
    this.writer = new FrameWriter(
      channel,
      () => user.last?.() ?? [],
      () => this.#heartbeat.said(),
    );
    this.#requests = new Requests(this.writer, clock, (fault) => this.fail(fault));
    this.#heartbeat = new Heartbeat(clock, () => this.#ping());
    void channel.closed.then((reason) => this.#end(reason));
    channel.onFrames((frames) => this.#take(frames));
  }

  /**
   * Asks, in the order of the calls.
   * @param read makes the value of the answer, a frame of type `expected` or REFUSED; what it throws ends the connection
   * @throws OFFLINE once the connection is gone, TIMEOUT, MALFORMED, TOO_LARGE for a request larger than a frame
   */
  async ask<T>(type: number, expected: number, payload: Bytes, read: (answer: Frame) => T, deadline?: number): Promise<T> {
    const answer = await this.#requests.ask(type, expected, payload, deadline);
    return this.#trusted(() => read(answer));
  }

  /** Does work on what came from outside; a throw ends the connection and goes no further. */
  guarded(work: () => void): void {
    try {
      this.#trusted(work);
    } catch {
      // The connection was given up with the reason.
    }
  }

  /** Gives the connection up. */
  fail(fault: SottoError): void {
    this.#end(fault.message);
    void this.#channel.close(fault.message);
  }

  #take(frames: readonly Frame[]): void {
    this.#heartbeat.heard();
    for (const frame of frames) if (!this.#over) this.guarded(() => this.#takeOne(frame));
  }

  #takeOne(frame: Frame): void {
    if (frame.type < FIRST_ANSWER || frame.request === 0) this.#user.other(frame);
    else if (!this.#requests.answer(frame)) throw new SottoError('MALFORMED', 'The other side answered a request that was not made.');
  }

  #trusted<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const fault = asFault(error);
      this.fail(fault);
      throw fault;
    }
  }

  #ping(): void {
    if (!this.#requests.idle) return; // their own deadlines are running
    this.#requests.ask(FRAME.PING, FRAME.DONE, EMPTY, PING_DEADLINE_MS).catch(() => undefined);
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#heartbeat.stop();
    this.#requests.end(new SottoError('OFFLINE', reason));
    this.#user.ended();
  }
}

function asFault(error: unknown): SottoError {
  if (isSottoError(error, 'TOO_LARGE')) return new SottoError('MALFORMED', error.message, error);
  return isSottoError(error) ? error : new SottoError('INTERNAL', 'What the other side sent could not be taken in.', error);
}
