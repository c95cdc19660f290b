// One turn of the one writer: what it reads sees its own writes, then those of the turn still on its way to disk, then the disk.
import type { Bytes } from '../../core/base/bytes.ts';
import type { Disk, DiskBatch, DiskPair } from './disk.ts';
import { type KeyRange, textOf } from './keys.ts';
import type { LiveHead } from './live-head.ts';
import type { StoredStamp } from './store.ts';

/** Pairs of the database read at a time by a turn's range. */
const RANGE_BYTES = 65_536;

/** What a turn read ahead, by place. */
type Found = Uint8Array | undefined;

/** Gathers one batch. Everything read here is what the disk will hold once the batches before this one are on it. */
export class Turn {
  /** ms; one time for the whole turn. */
  readonly now: number;
  /** Stamps this turn gives, by id key: ids are not read back from the batch. */
  readonly stamps = new Map<string, StoredStamp>();
  /** Heads this turn changed; written once, when the turn is sealed. */
  readonly heads = new Set<LiveHead>();
  /** Logs whose watchers are told once the batch is on disk. */
  readonly changed = new Set<string>();
  /** Called once the batch is on disk. */
  readonly landed: (() => void)[] = [];
  readonly batch: DiskBatch;
  readonly #disk: Disk;
  readonly #writes = new Map<string, Bytes | null>();
  #below: Turn | null;
  #keys: Uint8Array[] = [];
  #found: Found[] = [];
  #staged = 0;

  constructor(disk: Disk, below: Turn | null, now: number) {
    this.#disk = disk;
    this.#below = below;
    this.now = now;
    this.batch = disk.batch();
  }

  /** True when there is nothing to write. */
  get empty(): boolean {
    return this.#staged === 0;
  }

  /** Asks for a key to be read ahead together with all others; the answer is its place. Written values are not seen by `found`. */
  want(key: Uint8Array): number {
    return this.#keys.push(key) - 1;
  }

  /** Reads ahead everything asked for since the last call. @throws STORE_FAILED */
  async fetch(): Promise<void> {
    if (this.#keys.length === this.#found.length) return;
    const values = await this.#disk.getMany(this.#keys.slice(this.#found.length));
    this.#found = this.#found.length === 0 ? values : this.#found.concat(values);
  }

  /** What the disk held at a place given by `want`. */
  found(place: number): Found {
    return this.#found[place];
  }

  /** The stamp an id got in this turn or the one on its way to disk. */
  stampOf(idKey: string): StoredStamp | undefined {
    return this.stamps.get(idKey) ?? this.#below?.stamps.get(idKey);
  }

  /** A written value not yet on disk: null when deleted, undefined when only the disk knows. */
  written(key: string): Bytes | null | undefined {
    const own = this.#writes.get(key);
    return own === undefined ? this.#below?.written(key) : own;
  }

  async get(key: Uint8Array): Promise<Uint8Array | null> {
    const written = this.written(textOf(key));
    return written === undefined ? ((await this.#disk.get(key)) ?? null) : written;
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | null)[]> {
    const values = keys.length === 0 ? [] : await this.#disk.getMany(keys);
    return keys.map((key, at) => {
      const written = this.written(textOf(key));
      return written === undefined ? (values[at] ?? null) : written;
    });
  }

  /** At most `limit` pairs of a range, ascending. Entries and ids written in a turn are not seen. */
  async range(range: KeyRange, limit: number): Promise<DiskPair[]> {
    const changes = this.#changes(range);
    const pairs: DiskPair[] = [];
    for await (const pair of this.#disk.range(range, limit + changes.size, RANGE_BYTES)) {
      if (!changes.has(textOf(pair.key))) pairs.push(pair);
    }
    for (const [text, value] of changes) if (value !== null) pairs.push({ key: Buffer.from(text, 'latin1'), value });
    return pairs.sort((one, other) => Buffer.compare(one.key, other.key)).slice(0, limit);
  }

  put(key: Uint8Array, value: Bytes): void {
    this.#writes.set(textOf(key), value);
    this.putUnseen(key, value);
  }

  delete(key: Uint8Array): void {
    this.#writes.set(textOf(key), null);
    this.deleteUnseen(key);
  }

  /** A write that no read of this or the next turn asks for by key: entries and ids. */
  putUnseen(key: Uint8Array, value: Uint8Array): void {
    this.#staged++;
    this.batch.put(key, value);
  }

  deleteUnseen(key: Uint8Array): void {
    this.#staged++;
    this.batch.del(key);
  }

  /** Lets go of the turn below, once that is on disk and nothing more is read here. */
  settle(): void {
    this.#below = null;
  }

  #changes(range: KeyRange): Map<string, Bytes | null> {
    const [from, to] = [textOf(range.gte), textOf(range.lt)];
    const all = [...(this.#below === null ? [] : this.#below.#writes), ...this.#writes];
    return new Map(all.filter(([key]) => key >= from && key < to));
  }
}
