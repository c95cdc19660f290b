// The contract of a peer's store: ordered bytes, read, and written in one atomic batch at a time.
import type { Bytes } from '../base/bytes.ts';

/** One write of a batch; `value: null` deletes. */
export interface Write {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  /** Hardly read again soon: not worth remembering. */
  readonly seldom?: boolean;
  /** May be written after the commit, for it can be made again from what is written in it: see later.ts. */
  readonly later?: boolean;
  /** nameOf(key), from whoever worked it out already. */
  readonly name?: string;
}

/** Which keys to read: `gte <= key < lt` in byte order. */
export interface Range {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  /** Newest key first. */
  readonly reverse?: boolean;
  /** Most pairs to yield. */
  readonly limit?: number;
}

/** One pair as read. */
export interface Pair {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** Ordered bytes with atomic, durable batches. Nothing opens by itself. */
export interface Store {
  /** @throws STORE_LOCKED when another process has it, STORE_FAILED */
  open(): Promise<void>;
  /** Waits for writes under way; calling it twice is harmless. */
  close(): Promise<void>;
  /** @throws STORE_FAILED, STORE_DAMAGED, CLOSED (every method below) */
  get(key: Uint8Array): Promise<Bytes | null>;
  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]>;
  range(range: Range): AsyncIterable<Pair>;
  /** A hint: a commit will hold these very keys and values. Whatever can be done for them before is done now; nothing is written. */
  prepare?(writes: readonly Write[]): void;
  /** All or nothing, and on the disk (fsync) when it resolves. An empty batch writes nothing. */
  commit(writes: readonly Write[]): Promise<void>;
  /** Makes deleted values in the range leave the disk. */
  compact(gte: Uint8Array, lt: Uint8Array): Promise<void>;
}
