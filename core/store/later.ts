// A store over a store that may write what can be made again a little later: an index over records that are on the disk already. Nobody
// but the reader of such an index can tell; after a crash its owner makes it anew from the records.
import { type Bytes, nameOf } from '../base/bytes.ts';
import { readOver } from './overlay.ts';
import type { Pair, Range, Store, Write } from './store.ts';

/** Writes of one catching-up commit. */
const TOGETHER = 512;

/**
 * Keeps writes marked `later` in memory until settleSome() has written them; reads find them at once, ranges do not: such keys are
 * only ever asked for one by one. A later write is dropped by any other write of its key.
 */
export class LaterStore implements Store {
  readonly #below: Store;
  readonly #pending = new Map<string, Write>();

  constructor(below: Store) {
    this.#below = below;
  }

  /** How many writes wait. */
  get pending(): number {
    return this.#pending.size;
  }

  open(): Promise<void> {
    return this.#below.open();
  }

  async close(): Promise<void> {
    await this.#below.close();
    this.#pending.clear();
  }

  async get(key: Uint8Array): Promise<Bytes | null> {
    const waiting = this.#pending.size === 0 ? undefined : this.#pending.get(nameOf(key));
    return waiting === undefined ? this.#below.get(key) : (waiting.value as Bytes | null);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    if (this.#pending.size === 0) return this.#below.getMany(keys);
    return readOver(
      keys,
      (key) => this.#pending.get(nameOf(key))?.value as Bytes | null | undefined,
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
    const later = writes.filter((write) => write.later === true);
    await this.#below.commit(later.length === 0 ? writes : writes.filter((write) => write.later !== true));
    if (this.#pending.size > 0) for (const write of writes) this.#pending.delete(write.name ?? nameOf(write.key));
    for (const write of later) this.#pending.set(write.name ?? nameOf(write.key), write);
  }

  /** Writes some of what waits, the oldest first; answers how many are left. @throws as commit, and then they go on waiting */
  async settleSome(): Promise<number> {
    const some: [string, Write][] = [];
    for (const one of this.#pending) if (some.push(one) === TOGETHER) break;
    await this.#below.commit(some.map(([, { key, value }]) => ({ key, value, seldom: true })));
    for (const [name, write] of some) if (this.#pending.get(name) === write) this.#pending.delete(name);
    return this.#pending.size;
  }

  compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    return this.#below.compact(gte, lt);
  }
}
