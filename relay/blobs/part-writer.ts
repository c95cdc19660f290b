// Writes one part as it arrives: hashes it, writes it, fsyncs it every few megabytes, and says how far the disk really is.
// It must never say that more is durable than was fsynced.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Bytes } from '../../core/base/bytes.ts';

/** Between two fsyncs: what is sent again at most after a power loss; fewer cost a slow disk more than they save. */
export const SYNC_BYTES = 33_554_432;
/** Bytes read at a time when a part is hashed again. */
const READ_BYTES = 1_048_576;

/** The end of one part. */
export class PartWriter {
  readonly #file: FileHandle;
  readonly #durable: (have: number) => Promise<void>;
  readonly #hash: Hash = createHash('sha256');
  #at = 0;
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

  /** Takes in what the file has: its first `have` bytes. False when it has fewer. */
  async resume(have: number): Promise<boolean> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, Math.max(1, have)));
    while (this.#at < have) {
      const { bytesRead } = await this.#file.read(buffer, 0, Math.min(buffer.length, have - this.#at), this.#at);
      if (bytesRead === 0) return false;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.#at += bytesRead;
    }
    this.#synced = this.#at;
    return true;
  }

  /** Hashes and writes pieces; several megabytes may be written before they are fsynced. @throws what the disk says */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    if (this.#fault !== null) throw this.#fault;
    const from = this.#at;
    const writing = writeAll(this.#file, pieces, from);
    for (const piece of pieces) {
      this.#hash.update(piece);
      this.#at += piece.length;
    }
    await writing;
    if (this.#at - this.#synced >= SYNC_BYTES && this.#syncing === null) this.#beginSync();
  }

  /** Everything taken so far is fsynced when it resolves. @throws what the disk says */
  async sync(): Promise<void> {
    await this.#syncing;
    if (this.#fault !== null) throw this.#fault;
    if (this.#at > this.#synced) this.#beginSync();
    await this.#syncing;
    if (this.#fault !== null) throw this.#fault;
  }

  /** The hash of everything taken; nothing more can be taken. */
  digest(): Bytes {
    return new Uint8Array(this.#hash.digest());
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    await this.#syncing;
    await this.#file.close();
  }

  #beginSync(): void {
    const upTo = this.#at;
    this.#syncing = this.#file
      .datasync()
      .then(() => this.#durable(upTo))
      .then(
        () => {
          this.#synced = upTo;
        },
        (fault: unknown) => {
          this.#fault = fault;
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
