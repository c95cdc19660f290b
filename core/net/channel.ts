// Frames over one libp2p stream: cut, joined, bounded in both directions. A throw in a listener would kill the process, so none may leave here.
import type { Stream } from '@libp2p/interface';
import { type Bytes, concat } from '../base/bytes.ts';
import { isSottoError } from '../base/errors.ts';
import { type Frame, FrameReader } from '../wire/frame.ts';
import { MAX_FRAME_BYTES } from '../wire/limits.ts';

/** Bytes waiting for the stream's window above which send() says false: one largest frame. */
export const HIGH_WATER_BYTES = MAX_FRAME_BYTES;
/** Bytes waiting at which the channel closes: the answers to requests sent before the other side stopped reading fit, a flood does not. */
export const HARD_CAP_BYTES = 8 * MAX_FRAME_BYTES;
/** How long a close waits for what was sent to leave, ms. */
const CLOSE_DEADLINE_MS = 1_000;

/** One framed conversation with a proved peer. */
export interface FrameChannel {
  /** PeerId as text, proved by Noise. */
  readonly remotePeer: string;
  /** Joins the frames into one write. False: the outgoing buffer is over its high-water mark; wait for drained() before pushing more. Harmless after close. */
  send(frames: readonly Bytes[]): boolean;
  /** Resolves once the outgoing buffer is below the mark, or the channel is closed; never rejects. */
  drained(): Promise<void>;
  /** All complete frames of one read in one call; nothing is delivered between pause() and resume(), nor before the first handler. */
  onFrames(handler: (frames: Frame[]) => void): void;
  pause(): void;
  resume(): void;
  /** Resolves with a reason for a person; never rejects. */
  readonly closed: Promise<string>;
  /** Sends what waits (up to a deadline), then lets go of the connection. */
  close(reason: string): Promise<void>;
}

/** Wraps a negotiated stream. @param release called once when the stream is over, so that its connection can go */
export function streamChannel(stream: Stream, remotePeer: string, release: () => void): FrameChannel {
  return new StreamChannel(stream, remotePeer, release);
}

class StreamChannel implements FrameChannel {
  readonly remotePeer: string;
  readonly closed: Promise<string>;
  readonly #stream: Stream;
  readonly #release: () => void;
  readonly #settle: (reason: string) => void;
  readonly #reader = new FrameReader();
  readonly #waiting: (() => void)[] = [];
  #held: Frame[] = [];
  #handler: ((frames: Frame[]) => void) | null = null;
  #paused = false;
  #flowQueued = false;
  #over = false;
  #closing: Promise<void> | null = null;

  constructor(stream: Stream, remotePeer: string, release: () => void) {
    this.remotePeer = remotePeer;
    this.#stream = stream;
    this.#release = release;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.closed = promise;
    this.#settle = resolve;
    this.#listen();
  }

  send(frames: readonly Bytes[]): boolean {
    if (this.#over || frames.length === 0) return !this.#over;
    try {
      this.#stream.send(concat(...frames));
    } catch {
      this.#abort('The connection was lost.');
      return false;
    }
    const waiting = this.#stream.writeBufferLength;
    if (waiting > HARD_CAP_BYTES) this.#abort('The other side does not read what it asked for.');
    return !this.#over && waiting <= HIGH_WATER_BYTES;
  }

  drained(): Promise<void> {
    if (this.#isDrained()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  onFrames(handler: (frames: Frame[]) => void): void {
    this.#handler = handler;
    this.#queueFlow();
  }

  pause(): void {
    this.#paused = true;
    this.#queueFlow();
  }

  resume(): void {
    this.#paused = false;
    this.#queueFlow();
  }

  close(reason: string): Promise<void> {
    this.#closing ??= this.#closeGently(reason);
    return this.#closing;
  }

  #listen(): void {
    const guarded = (work: () => void) => () => {
      try {
        work();
      } catch {
        this.#abort('Something inside failed while a frame was taken.');
      }
    };
    const onMessage = (event: { data: Uint8Array | { subarray(): Uint8Array } }) => guarded(() => this.#take(event.data))();
    const onDrain = () => queueMicrotask(guarded(() => this.#wake()));
    this.#stream.addEventListener('message', onMessage);
    this.#stream.addEventListener('drain', onDrain);
    this.#stream.addEventListener('idle', onDrain);
    this.#stream.addEventListener(
      'end',
      guarded(() => this.#ended()),
    );
    this.#stream.addEventListener(
      'close',
      guarded(() => this.#finish('The connection was lost.')),
    );
    if (this.#stream.status !== 'open') queueMicrotask(guarded(() => this.#finish('The connection was lost.')));
  }

  // Comes before 'close' when the other side ended its half, and also when the line was cut.
  #ended(): void {
    if (this.#stream.status === 'open') void this.close('The other side closed the connection.');
    else this.#finish('The connection was lost.');
  }

  #take(data: Uint8Array | { subarray(): Uint8Array }): void {
    if (this.#over) return;
    const frames = this.#cut(data instanceof Uint8Array ? data : data.subarray());
    if (frames.length === 0) return;
    if (this.#holds()) {
      this.#held.push(...frames);
      this.#queueFlow();
    } else {
      this.#deliver(frames);
    }
  }

  #cut(piece: Uint8Array): Frame[] {
    try {
      return this.#reader.push(piece);
    } catch (error) {
      this.#abort(isSottoError(error) ? error.message : 'A frame could not be read.');
      return [];
    }
  }

  #deliver(frames: Frame[]): void {
    try {
      this.#handler?.(frames);
    } catch {
      this.#abort('Something inside failed while a frame was taken.');
    }
  }

  #holds(): boolean {
    return this.#paused || this.#handler === null || this.#held.length > 0;
  }

  // Always in a microtask of its own: pausing inside a listener that resume() called is undone by yamux.
  #queueFlow(): void {
    if (this.#flowQueued || this.#over) return;
    this.#flowQueued = true;
    queueMicrotask(() => {
      this.#flowQueued = false;
      this.#applyFlow();
    });
  }

  #applyFlow(): void {
    if (this.#over) return;
    const wantsPause = this.#paused || this.#handler === null;
    try {
      if (wantsPause) {
        if (this.#stream.readStatus === 'readable') this.#stream.pause();
        return;
      }
      const held = this.#held;
      this.#held = [];
      if (held.length > 0) this.#deliver(held);
      if (this.#paused) this.#queueFlow();
      else if (this.#stream.readStatus === 'paused') this.#stream.resume();
    } catch {
      this.#abort('The connection was lost.');
    }
  }

  #isDrained(): boolean {
    return this.#over || this.#stream.writeBufferLength <= HIGH_WATER_BYTES;
  }

  #wake(): void {
    if (!this.#isDrained()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #closeGently(reason: string): Promise<void> {
    if (this.#over) return;
    this.#finish(reason, false);
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) });
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error(reason));
    }
    this.#letGo();
  }

  #abort(reason: string): void {
    if (this.#over) return;
    this.#finish(reason, false);
    try {
      this.#stream.abort(new Error(reason));
    } finally {
      this.#letGo();
    }
  }

  // From here on nothing is delivered; whoever waits is woken.
  #finish(reason: string, letGo = true): void {
    if (this.#over) return;
    this.#over = true;
    this.#held = [];
    this.#settle(reason);
    this.#wake();
    if (letGo) this.#letGo();
  }

  #letGo(): void {
    try {
      this.#release();
    } catch {
      // The connection is gone already.
    }
  }
}
