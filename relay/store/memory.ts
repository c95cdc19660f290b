// The seam in memory: a disk for tests and throwaway relays. It keeps what was written as long as the object lives, however often it is opened.
import { SottoError } from '../../core/base/errors.ts';
import type { Disk, DiskBatch, DiskPair } from './disk.ts';
import { type KeyRange, textOf } from './keys.ts';

interface Change {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** Disk whose batches are kept at once; `new LevelRelayStore({ disk: new MemoryDisk(), … })` is a store in memory. */
export class MemoryDisk implements Disk {
  #pairs = new Map<string, Uint8Array>();
  /** Keys in order; null when a batch has changed them. */
  #order: string[] | null = null;
  #open = false;

  async open(): Promise<void> {
    if (this.#open) throw new SottoError('STORE_LOCKED');
    this.#open = true;
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  async heal(): Promise<void> {
    this.#assertOpen();
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#assertOpen();
    return this.#pairs.get(textOf(key));
  }

  getNow(key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return this.#pairs.get(textOf(key));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen();
    return keys.map((key) => this.#pairs.get(textOf(key)));
  }

  async *range(range: KeyRange, limit: number, _bytes: number): AsyncIterable<DiskPair> {
    this.#assertOpen();
    this.#order ??= [...this.#pairs.keys()].sort();
    const [from, to, pairs] = [textOf(range.gte), textOf(range.lt), this.#pairs];
    const keys = this.#order.filter((key) => key >= from && key < to).slice(0, limit);
    // A snapshot, as LevelDB's iterators have.
    const found = keys.map((key) => ({ key: Buffer.from(key, 'latin1'), value: pairs.get(key) ?? new Uint8Array(0) }));
    for (const pair of found) {
      this.#assertOpen();
      yield pair;
    }
  }

  batch(): DiskBatch {
    this.#assertOpen();
    const changes: Change[] = [];
    return {
      put: (key, value) => changes.push({ key: textOf(key), value: new Uint8Array(value) }),
      del: (key) => changes.push({ key: textOf(key), value: null }),
      write: async () => this.#write(changes),
      drop: () => changes.splice(0),
    };
  }

  #write(changes: readonly Change[]): void {
    this.#assertOpen();
    this.#order = null;
    for (const { key, value } of changes) {
      if (value === null) this.#pairs.delete(key);
      else this.#pairs.set(key, value);
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new SottoError('STORE_FAILED', 'The database is not open.');
  }
}
