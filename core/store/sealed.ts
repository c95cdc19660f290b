// A store over a store on which nothing can be read: values sealed to their place, every telling part of a key blinded.
import { type Bytes, concat, nameOf } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { Mac } from '../base/hash.ts';
import { headLength } from './keys.ts';
import type { Pair, Range, Store, Write } from './store.ts';
import { type Seal, Xaes } from './xaes.ts';

/*
 * stored key   = first 16 bytes of HMAC-SHA-256(blinding key, head) | order        (head and order: see keys.ts)
 * stored value = nonce(24) | ciphertext | tag(16), XAES-256-GCM under the sealing key, AAD = stored key
 */

/** Bytes of a blinded head: no two of 2^48 collide by chance. */
const BLIND = 16;
/** Blinded heads remembered: those of the conversations and sessions in use; about 200 bytes each. */
const REMEMBERED = 4096;

/** The two keys of a sealed store, 32 bytes each. Never to be logged. */
export interface StoreKeys {
  readonly sealing: Uint8Array;
  readonly blinding: Uint8Array;
}

/**
 * Takes plain keys of keys.ts only (TypeError otherwise). A value that was changed or moved to another key is STORE_DAMAGED.
 * Both bounds of a range must have the same kind and parts.
 */
export class SealedStore implements Store {
  readonly #below: Store;
  readonly #xaes: Xaes;
  readonly #blinding: Mac;
  readonly #blinded = new Map<string, Bytes>();
  /** Writes sealed ahead of their commit, found by the very object of their key; forgotten with it. */
  readonly #prepared = new WeakMap<Uint8Array, { readonly value: Uint8Array; readonly sealed: Write }>();

  constructor(below: Store, keys: StoreKeys) {
    this.#below = below;
    this.#xaes = new Xaes(keys.sealing);
    this.#blinding = new Mac(keys.blinding);
  }

  open(): Promise<void> {
    return this.#below.open();
  }

  close(): Promise<void> {
    return this.#below.close();
  }

  async get(key: Uint8Array): Promise<Bytes | null> {
    const stored = this.#stored(key);
    return this.#opened(stored, await this.#below.get(stored));
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    const stored = keys.map((key) => this.#stored(key));
    const values = await this.#below.getMany(stored);
    return stored.map((key, i) => this.#opened(key, values[i] ?? null));
  }

  async *range({ gte, lt, ...how }: Range): AsyncIterable<Pair> {
    const head = sharedHead(gte, lt);
    for await (const { key, value } of this.#below.range({ gte: this.#stored(gte), lt: this.#stored(lt), ...how })) {
      const plain = this.#opened(key, value);
      if (plain !== null) yield { key: concat(head, key.subarray(BLIND)), value: plain };
    }
  }

  prepare(writes: readonly Write[]): void {
    const seal = this.#xaes.sealer();
    for (const write of writes)
      if (write.value !== null) this.#prepared.set(write.key, { value: write.value, sealed: this.#sealed(write, seal) });
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const seal = this.#xaes.sealer();
    await this.#below.commit(writes.map((write) => this.#sealed(write, seal)));
  }

  async compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    sharedHead(gte, lt);
    await this.#below.compact(this.#stored(gte), this.#stored(lt));
  }

  #sealed({ key, value }: Write, seal: Seal): Write {
    const prepared = this.#prepared.get(key);
    if (prepared !== undefined && prepared.value === value) return prepared.sealed;
    const stored = this.#stored(key);
    return { key: stored, value: value === null ? null : seal(value, stored) };
  }

  #opened(stored: Uint8Array, value: Uint8Array | null): Bytes | null {
    if (value === null) return null;
    const plain = this.#xaes.open(value, stored);
    if (plain === null) throw new SottoError('STORE_DAMAGED');
    return plain;
  }

  #stored(key: Uint8Array): Bytes {
    const end = headLength(key);
    const stored = new Uint8Array(BLIND + key.length - end);
    stored.set(this.#blind(key, end));
    if (end < key.length) stored.set(key.subarray(end), BLIND);
    return stored;
  }

  /** Blinded heads repeat with every message of a conversation, or come twice: looked for, then written. The oldest leaves. */
  #blind(key: Uint8Array, end: number): Bytes {
    const name = nameOf(key, end);
    const known = this.#blinded.get(name);
    if (known !== undefined) return known;
    const blinded = this.#blinding.of(key.subarray(0, end)).subarray(0, BLIND);
    this.#blinded.set(name, blinded);
    if (this.#blinded.size > 2 * REMEMBERED) this.#forgetOldest();
    return blinded;
  }

  /** Half of them at once; those in use are worked out again. */
  #forgetOldest(): void {
    let left = REMEMBERED;
    for (const name of this.#blinded.keys()) {
      if (left === 0) return;
      this.#blinded.delete(name);
      left -= 1;
    }
  }
}

function sharedHead(gte: Uint8Array, lt: Uint8Array): Uint8Array {
  const head = gte.subarray(0, headLength(gte));
  const other = lt.subarray(0, headLength(lt));
  if (Buffer.compare(head, other) !== 0) throw new TypeError('the two ends of a range have different kinds or parts');
  return head;
}
