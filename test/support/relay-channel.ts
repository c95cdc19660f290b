// The relay's end of a connection without a network: frames go in as one read, what the relay sends is kept for the test.
import type { Bytes } from '../../core/base/bytes.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { type Frame, FrameReader } from '../../core/wire/frame.ts';

/** A FrameChannel in memory. */
export class MemoryChannel implements FrameChannel {
  readonly remotePeer: string;
  readonly closed: Promise<string>;
  /** One element per send(). */
  readonly writes: Frame[][] = [];
  paused = false;
  isClosed = false;
  onWrite: () => void = () => undefined;
  readonly #settle: (reason: string) => void;
  #handler: (frames: Frame[]) => void = () => undefined;
  #held: Frame[] = [];
  #full = false;
  #drained: (() => void)[] = [];

  constructor(remotePeer: string) {
    this.remotePeer = remotePeer;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.closed = promise;
    this.#settle = resolve;
  }

  send(frames: readonly Bytes[]): boolean {
    if (this.isClosed) return false;
    const reader = new FrameReader();
    this.writes.push(frames.flatMap((frame) => reader.push(frame)));
    this.onWrite();
    return !this.#full;
  }

  drained(): Promise<void> {
    return this.#full ? new Promise((resolve) => this.#drained.push(resolve)) : Promise.resolve();
  }

  onFrames(handler: (frames: Frame[]) => void): void {
    this.#handler = handler;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    const held = this.#held.splice(0);
    if (held.length > 0) queueMicrotask(() => this.arrive(...held));
  }

  close(reason: string): Promise<void> {
    this.isClosed = true;
    this.#settle(reason);
    return Promise.resolve();
  }

  /** Frames that the other side sent and that are read together. */
  arrive(...frames: Frame[]): void {
    if (this.isClosed) return;
    if (this.paused) this.#held.push(...frames);
    else this.#handler(frames);
  }

  /** The other side stops reading: the next send() says false. */
  fill(): void {
    this.#full = true;
  }

  /** The other side reads again. */
  drain(): void {
    this.#full = false;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Everything sent so far. */
  get sent(): Frame[] {
    return this.writes.flat();
  }
}
