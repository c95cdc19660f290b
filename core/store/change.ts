// A set of pending writes that can be read back and is committed once: ratchet, message and cursor together or not at all.
import { type Bytes, nameOf } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Store, Write } from './store.ts';

/** A value that becomes bytes only when they are asked for: one that changes a hundred times in a change is written once. */
export interface Unwritten {
  /** The same bytes at every call; called within the change's life only. */
  toBytes(): Bytes;
}

interface Pending {
  readonly key: Uint8Array;
  readonly value: Bytes | Unwritten | null;
  readonly seldom: boolean;
  readonly later?: boolean;
}

/**
 * Reads see the change's own writes first, then those of the change it is nested in, then the store.
 * A nested change is kept with `keep()` or forgotten by dropping it; only the outermost one is committed.
 */
export class Change {
  readonly #below: Change | Store;
  readonly #writes = new Map<string, Pending>();
  /** Read ahead from below. */
  readonly #ahead = new Map<string, Bytes | null>();
  /** Bytes put since the last prepare() that will hardly be written over. */
  #fresh: Write[] = [];
  #ended = false;

  constructor(below: Change | Store) {
    this.#below = below;
  }

  /** How many keys this change writes. */
  get size(): number {
    return this.#writes.size;
  }

  async get(key: Uint8Array): Promise<Bytes | null> {
    return asBytes(await this.find(key));
  }

  /** As get, but answers a value that is not bytes yet as it was put. */
  find(key: Uint8Array): Promise<Bytes | Unwritten | null> {
    return this.#find(key, nameOf(key));
  }

  /** Reads many keys at once, so that the gets that follow need not wait for the disk one by one. */
  async readAhead(keys: readonly Uint8Array[]): Promise<void> {
    const wanted = keys.filter((key) => !this.#writes.has(nameOf(key)));
    const values = this.#below instanceof Change ? [] : await this.#below.getMany(wanted);
    for (const [at, value] of values.entries()) this.#ahead.set(nameOf(wanted[at] as Uint8Array), value);
  }

  /** @param seldom it will hardly be read again soon */
  put(key: Uint8Array, value: Bytes | Unwritten, seldom = false): void {
    this.#write({ key, value, seldom });
  }

  /** Puts what can be made again from the rest of this change: the store may write it later. */
  putLater(key: Uint8Array, value: Bytes): void {
    this.#write({ key, value, seldom: true, later: true });
  }

  /** Lets the store do now what it can for the `seldom` writes so far: while somebody else is at work, not when all wait for the commit. */
  prepare(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    if (!(this.#below instanceof Change)) this.#below.prepare?.(fresh);
  }

  delete(key: Uint8Array): void {
    this.#write({ key, value: null, seldom: false });
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
    const writes: Write[] = [...this.#writes].map(([name, { key, value, seldom, later }]) => ({
      key,
      value: asBytes(value),
      seldom,
      name,
      ...(later === true ? { later } : {}),
    }));
    if (writes.length > 0) await this.#below.commit(writes);
  }

  async #find(key: Uint8Array, name: string): Promise<Bytes | Unwritten | null> {
    const own = this.#writes.get(name);
    if (own !== undefined) return own.value;
    const ahead = this.#ahead.get(name);
    if (ahead !== undefined) return ahead;
    return this.#below instanceof Change ? this.#below.#find(key, name) : this.#below.get(key);
  }

  #write(pending: Pending): void {
    if (this.#ended) throw new SottoError('INTERNAL', 'A spent change was written to.');
    this.#writes.set(nameOf(pending.key), pending);
    if (pending.seldom && pending.later !== true && pending.value instanceof Uint8Array)
      this.#fresh.push({ ...pending, value: pending.value });
  }

  #end(): void {
    if (this.#ended) throw new SottoError('INTERNAL', 'A change was ended twice.');
    this.#ended = true;
  }
}

function asBytes(value: Bytes | Unwritten | null): Bytes | null {
  return value === null || value instanceof Uint8Array ? value : value.toBytes();
}
