// What both sides of a blob's stream do alike: one small frame at its head, then bytes; and patience, which ends whoever does not move.
// It must never wait for ever, nor hold more of a head than it may be long.
import { type Bytes, concat } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { encodeFrame, FRAME_HEADER_BYTES, type Frame } from '../wire/frame.ts';
import { BLOB_IDLE_BYTES, BLOB_IDLE_MS } from '../wire/limits.ts';
import type { ByteStream } from './byte-stream.ts';

/** Longest frame on a blob's stream: a refusal with its words is the longest, about 300 bytes. */
const MAX_HEAD_BYTES = 1_024;

/** Sends the one frame at a head. */
export function sendHead(stream: ByteStream, type: number, payload: Bytes): void {
  stream.send(encodeFrame(type, 0, payload));
}

/** The next frame; what came behind it stays unread. Null when the stream ended first, or what stands there is no frame that may stand there. */
export async function readHead(stream: ByteStream): Promise<Frame | null> {
  let head: Bytes = new Uint8Array(0);
  for (let pieces = await stream.read(); pieces !== null; pieces = await stream.read()) {
    head = concat(head, ...pieces);
    const view = new DataView(head.buffer);
    if (head.length < FRAME_HEADER_BYTES) continue;
    const end = 4 + view.getUint32(0);
    if (end < FRAME_HEADER_BYTES || end > MAX_HEAD_BYTES) return null;
    if (head.length < end) continue;
    stream.unread(head.subarray(end));
    return { type: view.getUint8(4), request: view.getUint32(5), payload: head.slice(FRAME_HEADER_BYTES, end) };
  }
  return null;
}

/** Watches one transfer: aborts its stream when we wait for the other side and hardly anything moves. */
export class Patience {
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  #moved = 0;
  #before = 0;
  #waiting = false;
  #cancel: () => void;

  constructor(stream: ByteStream, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#cancel = clock.after(BLOB_IDLE_MS, () => this.#look());
  }

  /** So many bytes went, either way. */
  moved(bytes: number): void {
    this.#moved += bytes;
  }

  /** Waits for the other side: only then its slowness counts, and not our own disk's. */
  async waitFor<T>(theirs: Promise<T>): Promise<T> {
    this.#waiting = true;
    try {
      return await theirs;
    } finally {
      this.#waiting = false;
    }
  }

  /** The transfer is over. */
  end(): void {
    this.#cancel();
  }

  #look(): void {
    if (this.#waiting && this.#moved - this.#before < BLOB_IDLE_BYTES) this.#stream.abort('Hardly anything moved.');
    this.#before = this.#moved;
    this.#cancel = this.#clock.after(BLOB_IDLE_MS, () => this.#look());
  }
}
