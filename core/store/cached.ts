// A store over a store that remembers what was lately read and written, opened: most reads on a message's path repeat within moments.
import { type Bytes, nameOf } from '../base/bytes.ts';
import { readOver } from './overlay.ts';
import type { Pair, Range, Store, Write } from './store.ts';

/** Bytes of values remembered: the conversations, sessions and messages under way; a small part of what the process takes anyway. */
const MOST_BYTES = 16 * 1024 * 1024;
/** A value above this is not remembered: it would push out hundreds of small ones. */
const LARGE = 128 * 1024;
/** What one remembered entry costs beside its value. */
const ENTRY_BYTES = 200;

/**
 * Reads give the very object that was written or read before, so whoever keeps something beside it (a parsed session) finds it again;
 * nobody may change the bytes. A failed commit forgets what it touched, since only the disk knows then.
 */
export class CachedStore implements Store {
  readonly #below: Store;
  readonly #values = new Map<string, Bytes | null>();
  #bytes = 0;
  /** Rises with every commit that begins or ends: a read that began before may not be remembered. */
  #changes = 0;

  constructor(below: Store) {
    this.#below = below;
  }

  open(): Promise<void> {
    return this.#below.open();
  }

  async close(): Promise<void> {
    await this.#below.close();
    this.#values.clear();
    this.#bytes = 0;
  }

  async get(key: Uint8Array): Promise<Bytes | null> {
    const name = nameOf(key);
    const known = this.#recall(name);
    if (known !== undefined) return known;
    const before = this.#changes;
    const value = await this.#below.get(key);
    if (before === this.#changes) this.#remember(name, value);
    return value;
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    return readOver(
      keys,
      (key) => this.#recall(nameOf(key)),
      (missing) => this.#below.getMany(missing),
    );
  }

  range(range: Range): AsyncIterable<Pair> {
    return this.#below.range(range);
  }

  prepare(writes: readonly Write[]): void {
    this.#below.prepare?.(writes);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.#changes += 1;
    try {
      await this.#below.commit(writes);
      for (const { key, value, seldom, name } of writes) this.#written(name ?? nameOf(key), value as Bytes | null, seldom === true);
    } catch (error) {
      for (const { key, name } of writes) this.#forget(name ?? nameOf(key));
      throw error;
    } finally {
      this.#changes += 1;
    }
  }

  compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    return this.#below.compact(gte, lt);
  }

  /** Undefined: not remembered; null: remembered as not there. */
  #recall(name: string): Bytes | null | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    this.#values.delete(name);
    this.#values.set(name, value);
    return value;
  }

  /** A history that is taken in must not push out what is in use, nor be carried along by every collection of garbage. */
  #written(name: string, value: Bytes | null, seldom: boolean): void {
    if (!seldom || this.#values.has(name)) this.#remember(name, value);
  }

  #remember(name: string, value: Bytes | null): void {
    this.#forget(name);
    const size = value?.length ?? 0;
    if (size > LARGE) return;
    this.#values.set(name, value);
    this.#bytes += size + ENTRY_BYTES;
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.delete(name);
    this.#bytes -= (value?.length ?? 0) + ENTRY_BYTES;
  }
}
