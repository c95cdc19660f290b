// Writes one part as it arrives: hashes it, writes it, fsyncs it every few megabytes, and says how far the disk really is.
// It must never say that more is durable than was fsynced.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Bytes } from '../../core/base/bytes.ts';

/** Between two fsyncs: what is sent again at most after a power loss; fewer cost a slow disk more than they save. */
export const SYNC_BYTES = 33_554_432;
/** Bytes read at a time when a part is hashed again. */
const READ_BYTES = 1_048_576;
/** Bytes gathered for one write: a write of each piece as it comes costs a change of threads each. */
const WRITE_BYTES = 1_048_576;

/** The end of one part. */
export class PartWriter {
  readonly #file: FileHandle;
  readonly #durable: (have: number) => Promise<void>;
  readonly #hash: Hash = createHash('sha256');
  #at = 0;
  #gathered: Uint8Array[] = [];
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #synced = 0;
  #syncing: Promise<void> | null = null;
  #fault: unknown = null;

  /** @param durable told how much is fsynced, one call after the other */
  constructor(file: FileHandle, durable: (have: number) => Promise<void>) {
    this.#file = file;
    this.#durable = durable;
  }

  /** Bytes taken so far. */
  get at(): number {
    return this.#at;
  }

  /** Takes in what the file has: its first `have` bytes. False when it has fewer, or nobody waits for it any more. */
  async resume(have: number, isOver: () => boolean): Promise<boolean> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, Math.max(1, have)));
    while (this.#at < have) {
      const { bytesRead } = await this.#file.read(buffer, 0, Math.min(buffer.length, have - this.#at), this.#at);
      if (bytesRead === 0 || isOver()) return false;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#at += bytesRead;
    }
    this.#written = this.#at;
    this.#synced = this.#at;
    return true;
  }

  /** Hashes and takes pieces; a megabyte is being written while the next is gathered. @throws what the disk says */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.#hash.update(piece);
      this.#gathered.push(piece);
      this.#at += piece.length;
    }
    if (this.#at - this.#written >= WRITE_BYTES) await this.#flush();
    if (this.#fault !== null) throw this.#fault;
  }

  /** Everything taken so far is fsynced when it resolves. @throws what the disk says */
  async sync(): Promise<void> {
    await this.#flush();
    await this.#writing;
    await this.#syncing;
    if (this.#fault !== null) throw this.#fault;
    if (this.#written > this.#synced) this.#beginSync();
    await this.#syncing;
    if (this.#fault !== null) throw this.#fault;
  }

  /** The hash of everything taken; nothing more can be taken. */
  digest(): Bytes {
    return new Uint8Array(this.#hash.digest());
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#syncing;
    await this.#file.close();
  }

  /** Begins to write what was gathered, once what was written before is. */
  async #flush(): Promise<void> {
    const [pieces, from] = [this.#gathered, this.#written];
    this.#gathered = [];
    this.#written = this.#at;
    await this.#writing;
    if (from - this.#synced >= SYNC_BYTES && this.#syncing === null) this.#beginSync(from);
    this.#writing = writeAll(this.#file, pieces, from).catch((fault: unknown) => {
      this.#fault ??= fault;
    });
  }

  /** Everything up to here was written. */
  #beginSync(upTo = this.#written): void {
    this.#syncing = this.#file
      .datasync()
      .then(() => this.#durable(upTo))
      .then(
        () => {
          this.#synced = upTo;
        },
        (fault: unknown) => {
          this.#fault ??= fault;
        },
      )
      .finally(() => {
        this.#syncing = null;
      });
  }
}

// A disk that is almost full takes a part of what it is given, and says so only by the count.
async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let left = pieces;
  let at = position;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    left = behind(left, bytesWritten);
  }
}

function behind(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  for (const [index, piece] of pieces.entries()) {
    if (skip < piece.length) return [piece.subarray(skip), ...pieces.slice(index + 1)];
    skip -= piece.length;
  }
  return [];
}
