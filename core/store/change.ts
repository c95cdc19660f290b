// A set of pending writes that can be read back and is committed once: ratchet, message and cursor together or not at all.
import { type Bytes, hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Store, Write } from './store.ts';

interface Pending {
  readonly key: Uint8Array;
  readonly value: Bytes | null;
}

/**
 * Reads see the change's own writes first, then those of the change it is nested in, then the store.
 * A nested change is kept with `keep()` or forgotten by dropping it; only the outermost one is committed.
 */
export class Change {
  readonly #below: Change | Store;
  readonly #writes = new Map<string, Pending>();
  #ended = false;

  constructor(below: Change | Store) {
    this.#below = below;
  }

  /** How many keys this change writes. */
  get size(): number {
    return this.#writes.size;
  }

  async get(key: Uint8Array): Promise<Bytes | null> {
    const own = this.#writes.get(hex(key));
    return own === undefined ? this.#below.get(key) : own.value;
  }

  put(key: Uint8Array, value: Bytes): void {
    this.#write({ key, value });
  }

  delete(key: Uint8Array): void {
    this.#write({ key, value: null });
  }

  /** A change of its own on top of this one, for a step that may fail alone. */
  nest(): Change {
    return new Change(this);
  }

  /** Moves a nested change's writes into the one below. */
  keep(): void {
    if (!(this.#below instanceof Change)) throw new TypeError('keep() belongs to a nested change; commit() this one');
    this.#end();
    for (const pending of this.#writes.values()) this.#below.#write(pending);
  }

  /** Writes everything in one durable batch. @throws what Store.commit throws; the change is spent either way */
  async commit(): Promise<void> {
    if (this.#below instanceof Change) throw new TypeError('commit() belongs to the outermost change; keep() this one');
    this.#end();
    const writes: Write[] = [...this.#writes.values()];
    if (writes.length > 0) await this.#below.commit(writes);
  }

  #write(pending: Pending): void {
    if (this.#ended) throw new SottoError('INTERNAL', 'A spent change was written to.');
    this.#writes.set(hex(pending.key), pending);
  }

  #end(): void {
    if (this.#ended) throw new SottoError('INTERNAL', 'A change was ended twice.');
    this.#ended = true;
  }
}
