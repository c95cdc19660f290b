// The store's contract in memory, for tests and throwaway peers. It keeps what it has over close and open; nothing reaches a disk.
import type { Bytes } from '../base/bytes.ts';
import { Gate } from './gate.ts';
import type { Pair, Range, Store, Write } from './store.ts';

/** A sorted list of keys and a map of values; both ends copy, so nobody can change what is stored by holding on to bytes. */
export class MemoryStore implements Store {
  readonly #gate = new Gate();
  /** Keys as binary strings, whose order is byte order. */
  readonly #keys: string[] = [];
  readonly #values = new Map<string, Uint8Array>();

  open(): Promise<void> {
    return this.#gate.open(async () => undefined);
  }

  close(): Promise<void> {
    return this.#gate.close(async () => undefined);
  }

  get(key: Uint8Array): Promise<Bytes | null> {
    return this.#gate.run(async () => this.#read(key));
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    return this.#gate.run(async () => keys.map((key) => this.#read(key)));
  }

  async *range(range: Range): AsyncIterable<Pair> {
    this.#gate.check();
    for (const pair of this.#select(range)) {
      this.#gate.check();
      yield pair;
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#gate.run(async () => {
      for (const { key, value } of writes) this.#write(binary(key), value);
    });
  }

  compact(): Promise<void> {
    return this.#gate.run(async () => undefined);
  }

  #read(key: Uint8Array): Bytes | null {
    const value = this.#values.get(binary(key));
    return value === undefined ? null : new Uint8Array(value);
  }

  #write(key: string, value: Uint8Array | null): void {
    const at = this.#position(key);
    const there = this.#keys[at] === key;
    if (value !== null) {
      if (!there) this.#keys.splice(at, 0, key);
      this.#values.set(key, new Uint8Array(value));
    } else if (there) {
      this.#keys.splice(at, 1);
      this.#values.delete(key);
    }
  }

  #select({ gte, lt, reverse = false, limit = Infinity }: Range): Pair[] {
    const keys = this.#keys.slice(this.#position(binary(gte)), this.#position(binary(lt)));
    if (reverse) keys.reverse();
    return keys.slice(0, limit).map((key) => ({
      key: new Uint8Array(Buffer.from(key, 'latin1')),
      value: new Uint8Array(this.#values.get(key) ?? []),
    }));
  }

  /** Where `key` is or would be: the number of keys below it. */
  #position(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function binary(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
