// Plain bytes over one libp2p stream, back-pressure both ways: what a blob travels on. A throw in a listener would kill the process, so none may leave here.
import type { Stream } from '@libp2p/interface';
import { movedThrough } from '../base/young-garbage.ts';

/** Unread bytes at which the other side is made to wait; what it was granted before (a window of yamux) may still come. */
const READ_HIGH_BYTES = 524_288;
/** Bytes waiting for the stream's window above which send() says false. */
const WRITE_HIGH_BYTES = 262_144;
/** How long a close waits for what was sent to leave, and for the other side to close as well, ms. */
const CLOSE_DEADLINE_MS = 5_000;

/** One stream of bytes with a proved peer. */
export interface ByteStream {
  /** True once nothing can be sent any more. */
  readonly isOver: boolean;
  /** False: wait for drained() before more. The bytes must stay as they are until flushed() has resolved; harmless once it is over. */
  send(bytes: Uint8Array): boolean;
  /** Resolves once there is room, or the stream is over; never rejects. */
  drained(): Promise<void>;
  /** Resolves once nothing that was sent is held here any more, or the stream is over; never rejects. */
  flushed(): Promise<void>;
  /** Everything that came since the last call, at least one byte; null once nothing more comes. One call at a time; never rejects. */
  read(): Promise<readonly Uint8Array[] | null>;
  /** Puts bytes back in front of what read() gives next. */
  unread(bytes: Uint8Array): void;
  /** Sends what waits and ends this half, then lets the other side end its own; ends both by force after a deadline. */
  close(): Promise<void>;
  /** Ends both halves at once; the other side sees a cut, never an end. */
  abort(reason: string): void;
}

/** Wraps a negotiated stream. */
export function byteStream(stream: Stream): ByteStream {
  return new LibByteStream(stream);
}

interface Waiting {
  readonly most: number;
  readonly resolve: () => void;
}

class LibByteStream implements ByteStream {
  readonly #stream: Stream;
  #pieces: Uint8Array[] = [];
  #unread = 0;
  #wakeReader: (() => void) | null = null;
  #writers: Waiting[] = [];
  #ended = false;
  #over = false;
  #flowQueued = false;
  #gone: () => void = () => undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.addEventListener('message', (event) => this.#take(event.data));
    for (const name of ['drain', 'idle'] as const) stream.addEventListener(name, () => queueMicrotask(() => this.#wakeWriters()));
    stream.addEventListener('end', () => this.#end());
    stream.addEventListener('close', () => this.#finish());
    if (stream.status !== 'open') queueMicrotask(() => this.#finish());
  }

  get isOver(): boolean {
    return this.#over;
  }

  send(bytes: Uint8Array): boolean {
    if (this.#over) return false;
    try {
      movedThrough(bytes.length);
      this.#stream.send(bytes);
    } catch {
      this.abort('The stream was lost.');
    }
    return !this.#over && this.#stream.writeBufferLength <= WRITE_HIGH_BYTES;
  }

  drained(): Promise<void> {
    return this.#waitFor(WRITE_HIGH_BYTES);
  }

  flushed(): Promise<void> {
    return this.#waitFor(0);
  }

  async read(): Promise<readonly Uint8Array[] | null> {
    while (this.#pieces.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#unread = 0;
    this.#queueFlow();
    return pieces;
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.unshift(bytes);
    this.#unread += bytes.length;
  }

  async close(): Promise<void> {
    if (this.#over) return;
    const gone = new Promise<void>((resolve) => {
      this.#gone = resolve;
    });
    const late = setTimeout(() => this.abort('The other side did not close.'), CLOSE_DEADLINE_MS);
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(CLOSE_DEADLINE_MS) });
      // What is still on its way is of no use, but would keep the stream from ending.
      while (!this.#ended && (await this.read()) !== null);
      if (!this.#over) await gone;
    } catch {
      this.abort('The stream could not be closed.');
    } finally {
      clearTimeout(late);
    }
  }

  abort(reason: string): void {
    if (this.#over) return;
    try {
      this.#stream.abort(new Error(reason));
    } catch {
      // It is gone already.
    }
    this.#finish();
  }

  #take(data: Uint8Array | Iterable<Uint8Array>): void {
    if (this.#over && this.#ended) return;
    for (const piece of data instanceof Uint8Array ? [data] : data) {
      this.#pieces.push(piece);
      this.#unread += piece.length;
      movedThrough(piece.length);
    }
    this.#wakeReader?.();
    this.#wakeReader = null;
    if (this.#unread >= READ_HIGH_BYTES) this.#queueFlow();
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
    if (this.#over || this.#ended) return;
    try {
      const { readStatus } = this.#stream;
      if (this.#unread >= READ_HIGH_BYTES && readStatus === 'readable') this.#stream.pause();
      else if (this.#unread < READ_HIGH_BYTES && readStatus === 'paused') this.#stream.resume();
    } catch {
      this.abort('The stream was lost.');
    }
  }

  #waitFor(most: number): Promise<void> {
    if (this.#over || this.#stream.writeBufferLength <= most) return Promise.resolve();
    return new Promise((resolve) => this.#writers.push({ most, resolve }));
  }

  #wakeWriters(): void {
    if (this.#writers.length === 0) return;
    const waiting = this.#over ? 0 : this.#stream.writeBufferLength;
    const ready = this.#writers.filter(({ most }) => waiting <= most);
    this.#writers = this.#writers.filter(({ most }) => waiting > most);
    for (const { resolve } of ready) resolve();
  }

  #end(): void {
    this.#ended = true;
    this.#wakeReader?.();
    this.#wakeReader = null;
  }

  #finish(): void {
    this.#over = true;
    this.#end();
    this.#wakeWriters();
    this.#gone();
  }
}
