// What the store needs of the database beneath it: a narrow seam, so that a test can make exactly one write fail.
import type { KeyRange } from './keys.ts';

/** One pair as read. */
export interface DiskPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Writes gathered for one atomic step; `put` copies, so the caller may use its buffers again. */
export interface DiskBatch {
  put(key: Uint8Array, value: Uint8Array): void;
  del(key: Uint8Array): void;
  /** All or nothing, and fsynced when it resolves. @throws STORE_FAILED when it is not known to be on disk */
  write(): Promise<void>;
  /** Forgets what was gathered. */
  drop(): void;
}

/** Ordered bytes with atomic durable batches. Reads see finished batches only. */
export interface Disk {
  /** @throws STORE_LOCKED, STORE_FAILED */
  open(): Promise<void>;
  /** Twice is harmless. */
  close(): Promise<void>;
  /** After a failed write: brings the database back to what is really on disk before anything is written again. @throws STORE_FAILED */
  heal(): Promise<void>;
  /** @throws STORE_FAILED, CLOSED (all below) */
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** As get, on the spot: for a few keys that were lately written. Undefined also when nothing can be read just now. @throws STORE_FAILED */
  getNow(key: Uint8Array): Uint8Array | undefined;
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** Ascending pairs in pages of about `bytes`; at most `limit`. */
  range(range: KeyRange, limit: number, bytes: number): AsyncIterable<DiskPair>;
  batch(): DiskBatch;
}
