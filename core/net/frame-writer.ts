// Puts every frame of one event-loop turn into one write, because a write per message costs a relay ten times as much; waits while the channel is full.
import type { Bytes } from '../base/bytes.ts';
import { MAX_FRAME_BYTES, MAX_IN_FLIGHT_BYTES } from '../wire/limits.ts';
import type { FrameChannel } from './channel.ts';

/** Bytes waiting for a full channel at which it closes: twice what may be in flight, so only answers to somebody who does not read them get here. */
const MAX_QUEUED_BYTES = 2 * MAX_IN_FLIGHT_BYTES;

interface Waiting {
  readonly frame: Bytes;
  readonly written: () => void;
}

/** Collects frames and writes them in order. */
export class FrameWriter {
  readonly #channel: FrameChannel;
  readonly #last: () => readonly Bytes[];
  readonly #said: () => void;
  #queue: Waiting[] = [];
  #bytes = 0;
  #scheduled = false;
  #full = false;

  /** @param last frames that are only made when a write happens anyway, or after touch(): the newest acks @param said called with every write */
  constructor(channel: FrameChannel, last: () => readonly Bytes[] = () => [], said: () => void = () => undefined) {
    this.#channel = channel;
    this.#last = last;
    this.#said = said;
  }

  /** @param written called once the frame was given to the channel */
  write(frame: Bytes, written: () => void = () => undefined): void {
    this.#queue.push({ frame, written });
    this.#bytes += frame.length;
    if (this.#bytes > MAX_QUEUED_BYTES) void this.#channel.close('The other side does not read what it asked for.');
    this.touch();
  }

  /** Writes at the end of this turn, even when only `last` has something to say. */
  touch(): void {
    if (this.#scheduled || this.#full) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const frame of this.#last()) this.#queue.push({ frame, written: () => undefined });
    this.#bytes = this.#queue.reduce((sum, { frame }) => sum + frame.length, 0);
    const queue = this.#queue;
    this.#queue = [];
    while (queue.length > 0) {
      const run = takeRun(queue);
      const more = this.#channel.send(run.map(({ frame }) => frame));
      this.#said();
      for (const { frame, written } of run) {
        this.#bytes -= frame.length;
        written();
      }
      if (more) continue;
      this.#queue = [...queue, ...this.#queue];
      this.#waitForRoom();
      return;
    }
  }

  #waitForRoom(): void {
    this.#full = true;
    void this.#channel.drained().then(() => {
      this.#full = false;
      if (this.#queue.length > 0) this.touch();
    });
  }
}

// The first frames of the queue, together at most one largest frame (or one frame alone), so that one write never jumps over the channel's cap.
function takeRun(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { frame } of queue) {
    bytes += frame.length;
    if (count > 0 && bytes > MAX_FRAME_BYTES) break;
    count += 1;
  }
  return queue.splice(0, count);
}
