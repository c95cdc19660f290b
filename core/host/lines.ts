// Cuts a stream of bytes into lines, with a bound on what it holds. Bytes in, bytes out: decoding is the caller's.
import { SottoError } from '../base/errors.ts';

const NEWLINE = 0x0a;

/** Feeds on pieces, gives whole lines without their `\n`. */
export class LineCutter {
  readonly #most: number;
  #held: Buffer[] = [];
  #size = 0;

  /** @param most bytes of the longest line */
  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that `piece` completes. @throws TOO_LARGE when a line is longer than allowed, after those before it were given */
  *push(piece: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
      this.#hold(bytes.subarray(from, to));
      from = to + 1;
      yield this.#take();
    }
    if (from < bytes.length) this.#hold(bytes.subarray(from));
  }

  /** What stands after the last `\n`; null when nothing does. */
  end(): Buffer | null {
    return this.#size === 0 ? null : this.#take();
  }

  #hold(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#most) throw new SottoError('TOO_LARGE', `A line is longer than ${this.#most} bytes.`);
    this.#held.push(part);
  }

  #take(): Buffer {
    const line = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    return line;
  }
}
