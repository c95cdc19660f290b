// Everything that goes out on one connection: what becomes ready in one turn of the event loop leaves in one write.
// It must never grow without limit: whoever produces more asks `hasRoom` first and waits for `onRoom`.
import type { Bytes } from '../core/base/bytes.ts';
import type { FrameChannel } from '../core/net/channel.ts';
import { encodeFrame, FRAME } from '../core/wire/frame.ts';

/** Bytes that may wait for the end of the turn before pushes wait too: one run of entries. */
const TURN_BYTES = 262_144;
/** Bytes that may wait before signals are dropped: they go before anything else does. */
const CALM_BYTES = 16_384;

/** The outgoing half of a connection. */
export class Answers {
  readonly #channel: FrameChannel;
  readonly #onRoom: () => void;
  #frames: Bytes[] = [];
  #bytes = 0;
  #scheduled = false;
  #patient = false;
  #blocked = false;
  #over = false;

  /** @param onRoom called when there is room again after there was none */
  constructor(channel: FrameChannel, onRoom: () => void) {
    this.#channel = channel;
    this.#onRoom = onRoom;
  }

  /** False while the other side reads too slowly: nothing new should be started for it. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  /** True when so little waits that even a signal may be added. */
  get isCalm(): boolean {
    return this.hasRoom && this.#bytes < CALM_BYTES;
  }

  /** True when a push may be added now. */
  get hasRoom(): boolean {
    return !this.#blocked && !this.#over && this.#bytes < TURN_BYTES;
  }

  /**
   * Puts one frame into this turn's write. Stamps let the turn of others go first: whoever reads waits for the words, and the author
   * has them.
   */
  add(type: number, request: number, payload: Bytes): void {
    if (this.#over) return;
    this.#patient ||= type === FRAME.STAMPED;
    const frame = encodeFrame(type, request, payload);
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turnEnded());
  }

  #turnEnded(): void {
    if (this.#patient) setImmediate(() => this.flush());
    else this.flush();
    this.#patient = false;
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#scheduled = false;
    if (this.#over || this.#frames.length === 0) return;
    const wasFull = this.#bytes >= TURN_BYTES;
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    if (!this.#channel.send(frames)) this.#wait();
    else if (wasFull && !this.#blocked) this.#onRoom();
  }

  /** Drops what waits; nothing is sent any more. */
  end(): void {
    this.#over = true;
    this.#frames = [];
  }

  #wait(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    void this.#channel.drained().then(() => {
      this.#blocked = false;
      if (!this.#over) this.#onRoom();
    });
  }
}
