// What the tests of the relay's store share: logs and envelopes, a clock by hand, a disk that fails at one write, and a log's proof of order.
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type Bytes, hex, utf8 } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { sha256 } from '../../core/base/hash.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import type { Disk, DiskBatch, DiskPair } from '../../relay/store/disk.ts';
import type { KeyRange } from '../../relay/store/keys.ts';
import type { LogSpec, RelayStore, StoredEntry, StoredStamp, Submission } from '../../relay/store/store.ts';

/** `length` random bytes. */
export function bytes(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}

export { logNamed, named } from './relay-store-logs.ts';

/** A submission of these words (or bytes) to a log. */
export function submit(log: LogSpec, envelope: string | Bytes, more: Partial<Submission> = {}): Submission {
  const body = typeof envelope === 'string' ? utf8(envelope) : envelope;
  return { log: log.id, id: sha256(body), envelope: body, manage: false, link: null, ...more };
}

/** Appends one envelope and demands its stamp. */
export async function stamp(store: RelayStore, submission: Submission): Promise<StoredStamp> {
  const { stamps, refusal } = await store.append([submission]);
  expect(refusal).toBeNull();
  return stamps[0] as StoredStamp;
}

/** A clock whose wall time is set by hand. Timers are real, since nothing here waits long; with `hasty` they fire at once. */
export class HandClock implements Clock {
  readonly #hasty: boolean;

  constructor(hasty = false) {
    this.#hasty = hasty;
  }

  wall = 1_800_000_000_000;
  passed = 0;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.passed;
  }

  after(ms: number, then: () => void): () => void {
    const timer = setTimeout(then, this.#hasty ? 0 : ms);
    return () => clearTimeout(timer);
  }
}

/** Every entry the log still has, read in pages. */
export async function everything(store: RelayStore, log: LogSpec): Promise<StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (;;) {
    const page = await store.read(log.id, all.at(-1)?.seq ?? 0, 512, 262_144);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Demands that the log is dense from its floor to its head, holds no envelope twice, and that its chain is that of PROTOCOL.md. */
export async function proveOrder(store: RelayStore, log: LogSpec): Promise<StoredEntry[]> {
  const record = await store.log(log.id);
  if (record === null) throw new Error('the log is gone');
  const entries = await everything(store, log);
  const floor = record.floor === 0 ? { seq: 0, time: 0, chain: chainStart(log.id) } : await store.point(log.id, record.floor);
  if (floor === null) throw new Error('the floor is not known');
  let before = floor;
  // Compared plainly, told once: thousands of entries are proven, and each `expect` costs more than the hash it looks at.
  const broken: number[] = [];
  for (const { seq, time, chain, envelope } of entries) {
    const follows = seq === before.seq + 1 && time >= before.time;
    if (!follows || hex(chain) !== hex(chainNext(before.chain, seq, time, sha256(envelope)))) broken.push(seq);
    before = { seq, time, chain };
  }
  expect(broken, 'entries that do not follow the one before').toEqual([]);
  expect({ seq: before.seq, chain: hex(before.chain) }).toEqual({ seq: record.seq, chain: hex(record.chain) });
  expect(new Set(entries.map(({ envelope }) => hex(sha256(envelope)))).size).toBe(entries.length);
  return entries;
}

/** Sweeps until nothing more is due: three walks, since what one makes due the next removes. */
export async function sweepAll(store: RelayStore): Promise<number> {
  let deleted = 0;
  for (let walks = 0; walks < 3; ) {
    const step = await store.sweep(1_000);
    deleted += step.deleted;
    if (!step.more) walks++;
  }
  return deleted;
}

/** How a write fails: nothing of it reaches the disk, or all of it does and the answer is lost. */
export type Failure = 'nothing written' | 'written unsaid';

/** A disk whose n-th batch fails; with `forGood`, everything after it too, until `repair`. */
export class FailingDisk implements Disk {
  readonly #below: Disk;
  readonly #failure: Failure;
  readonly #forGood: boolean;
  #left: number;
  #dead = false;
  #unhealed = false;
  /** True once its batch has failed. */
  failed = false;

  constructor(below: Disk, at: number, failure: Failure, forGood: boolean) {
    this.#below = below;
    this.#left = at;
    this.#failure = failure;
    this.#forGood = forGood;
  }

  repair(): void {
    this.#dead = false;
  }

  /** No batch fails any more that has not yet. */
  disarm(): void {
    this.#left = 0;
  }

  open(): Promise<void> {
    return this.#below.open();
  }

  close(): Promise<void> {
    return this.#below.close();
  }

  async heal(): Promise<void> {
    if (this.#dead) throw new SottoError('STORE_FAILED', 'The disk is dead.');
    await this.#below.heal();
    this.#unhealed = false;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#below.get(key);
  }

  getNow(key: Uint8Array): Uint8Array | undefined {
    return this.#below.getNow(key);
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.#below.getMany(keys);
  }

  range(range: KeyRange, limit: number, pageBytes: number): AsyncIterable<DiskPair> {
    return this.#below.range(range, limit, pageBytes);
  }

  batch(): DiskBatch {
    const batch = this.#below.batch();
    return {
      put: (key, value) => batch.put(key, value),
      del: (key) => batch.del(key),
      drop: () => batch.drop(),
      write: () => this.#write(batch),
    };
  }

  async #write(batch: DiskBatch): Promise<void> {
    if (this.#dead) throw new SottoError('STORE_FAILED', 'The disk is dead.');
    // LevelDB may have torn its log: what is written behind that is lost at the next opening.
    if (this.#unhealed) throw new Error('The store wrote on without bringing the disk back first.');
    this.#left--;
    if (this.#left !== 0) return batch.write();
    this.failed = true;
    this.#unhealed = true;
    this.#dead = this.#forGood;
    if (this.#failure === 'written unsaid') await batch.write();
    throw new SottoError('STORE_FAILED', 'The disk failed as the test said.');
  }
}
