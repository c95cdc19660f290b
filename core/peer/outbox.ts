// Station "outbox": envelopes on the disk that must still reach a log or an inbox, the same bytes at every attempt.
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { MAX_FRAME_BYTES, MAX_RUN } from '../wire/limits.ts';
import { type B64, decodeRecord, keys, type OutboxRecord, type Place, readRecord, type SentRecord, writeRecord } from './records.ts';

/** Where an envelope of ours, or a message, stands: found by outer id or by message id. */
export interface Locator {
  /** Null for what goes to an inbox. */
  readonly conversation: B64 | null;
  /** Row in history; null for control content that has not settled. */
  readonly place: Place | null;
  /** Message id; null for control content. */
  readonly message: string | null;
  /** Outbox number while it is not stamped. */
  readonly n: number | null;
  readonly outer: B64 | null;
  /** Lamport counter and device under which its bytes are kept to be carried, for control content without a place. */
  readonly carry?: readonly [number, number];
}

/** One envelope waiting, with its number. */
export interface Waiting {
  readonly n: number;
  readonly record: OutboxRecord;
}

/** Outbox numbers reserved at each start: more than one run can use, and 2^21 starts fit a key. */
const NUMBERS_PER_RUN = 2 ** 32;

/** The first number of this run; no later run uses those of this one. @throws STORE_FAILED */
export async function reserveNumbers(store: Store): Promise<number> {
  const next = (await readRecord<number>(store, keys.counter())) ?? 1;
  const change = new Change(store);
  writeRecord(change, keys.counter(), next + NUMBERS_PER_RUN);
  await change.commit();
  return next;
}

/** Puts an envelope into the outbox and makes it findable by its outer id. */
export function enqueue(change: Change, n: number, record: OutboxRecord, place: Place | null): void {
  writeRecord(change, keys.outbox(n), record);
  const locator: Locator = { conversation: record.conversation, place, message: record.message, n, outer: record.outer };
  writeRecord(change, keys.outer(record.conversation, record.outer), locator);
  if (record.message !== null) writeRecord(change, keys.message(record.message), locator);
}

/** Takes an envelope out of the outbox without keeping it. */
export function dequeue(change: Change, n: number): void {
  change.delete(keys.outbox(n));
}

/**
 * Moves a stamped envelope from the outbox to where it is kept for its lifetime: should the relay lose it (C5), the same bytes are
 * given again; should no receipt cover it in time, its message is said to have expired (H12).
 */
export async function markSent(change: Change, n: number, conversation: B64, place: Place, stampTime: number): Promise<void> {
  const record = await readRecord<OutboxRecord>(change, keys.outbox(n));
  if (record === null) return;
  change.delete(keys.outbox(n));
  const sent: SentRecord = { ...record, stampTime };
  writeRecord(change, keys.sent(conversation, place.a, place.b), sent);
}

/** Everything that waits, in the order it was written. */
export async function waiting(store: Store): Promise<Waiting[]> {
  const found: Waiting[] = [];
  for await (const { key, value } of store.range(rangeOf('outbox', []))) {
    found.push({ n: orderOf(key)[0] ?? 0, record: decodeRecord<OutboxRecord>(value) });
  }
  return found;
}

/** Everything that waits for a target with numbers below `before`, in its order. */
export async function waitingFor(store: Store, index: OutboxIndex, target: string, before: number): Promise<Waiting[]> {
  const numbers = index.next(target, 0, Number.POSITIVE_INFINITY).filter((n) => n < before);
  const values = await store.getMany(numbers.map((n) => keys.outbox(n)));
  return numbers.flatMap((n, at) => (values[at] == null ? [] : [{ n, record: decodeRecord<OutboxRecord>(values[at]) }]));
}

/** A stamped envelope and the place of its stamp. */
export interface Sent {
  readonly place: Place;
  readonly record: SentRecord;
}

/** Stamped envelopes of a conversation from `from` on and below `before`, oldest first. */
export async function sentBefore(store: Store, conversation: B64, from: Place, before: Place): Promise<Sent[]> {
  const found: Sent[] = [];
  for await (const { key, value } of store.range(rangeOf('sent', [conversation], { gte: [from.a, from.b], lt: [before.a, before.b] }))) {
    const [epoch = 0, seq = 0] = orderOf(key);
    found.push({ place: { zone: 0, a: epoch, b: seq }, record: decodeRecord<SentRecord>(value) });
  }
  return found;
}

/** Stamped envelopes of a conversation, oldest first, up to the first for which `stop` is true. */
export async function sentUntil(store: Store, conversation: B64, stop: (record: SentRecord) => boolean): Promise<Sent[]> {
  const found: Sent[] = [];
  for await (const { key, value } of store.range(rangeOf('sent', [conversation]))) {
    const record = decodeRecord<SentRecord>(value);
    if (stop(record)) break;
    const [epoch = 0, seq = 0] = orderOf(key);
    found.push({ place: { zone: 0, a: epoch, b: seq }, record });
  }
  return found;
}

/** Lets go of a stamped envelope. */
export function forgetSent(change: Change, conversation: B64, place: Place): void {
  change.delete(keys.sent(conversation, place.a, place.b));
}

/** Bytes of one run: half a frame, so that a run never fails for its framing. */
const RUN_BYTES = MAX_FRAME_BYTES / 2;

/** The next envelopes for a target with numbers above `after`, in their order: one run at most, MAX_RUN and half a frame. */
export async function nextRun(store: Store, index: OutboxIndex, target: string, after: number): Promise<Waiting[]> {
  const numbers = index.next(target, after, MAX_RUN);
  const values = await store.getMany(numbers.map((n) => keys.outbox(n)));
  const run: Waiting[] = [];
  let bytes = 0;
  for (const [at, n] of numbers.entries()) {
    const value = values[at];
    if (value == null) continue;
    const record = decodeRecord<OutboxRecord>(value);
    bytes += record.envelope.length;
    if (run.length > 0 && bytes > RUN_BYTES) break;
    run.push({ n, record });
  }
  return run;
}

/** What an envelope of the outbox is bound for: a conversation's home log, or somebody's inbox. */
export function targetOf(record: OutboxRecord): string {
  return record.conversation ?? `inbox ${record.contact}`;
}

/** Which numbers wait for which target; in memory, rebuilt from the disk when the peer opens. */
export class OutboxIndex {
  readonly #byTarget = new Map<string, Set<number>>();
  readonly #targets = new Map<number, string>();

  /** How many envelopes wait in all. */
  get size(): number {
    return this.#targets.size;
  }

  /** Rebuilds the index from the disk. */
  async load(store: Store): Promise<void> {
    for (const { n, record } of await waiting(store)) this.add(targetOf(record), n);
  }

  /** Reads the disk anew, after a failure left open what is on it. */
  async reload(store: Store): Promise<void> {
    const found = await waiting(store);
    this.#byTarget.clear();
    this.#targets.clear();
    for (const { n, record } of found) this.add(targetOf(record), n);
  }

  /** Numbers rise, so the order of adding is the order of sending. */
  add(target: string, n: number): void {
    const numbers = this.#byTarget.get(target);
    if (numbers === undefined) this.#byTarget.set(target, new Set([n]));
    else numbers.add(n);
    this.#targets.set(n, target);
  }

  /** Forgets a number that was stamped, taken or given up. */
  remove(n: number): void {
    const target = this.#targets.get(n);
    if (target === undefined) return;
    this.#targets.delete(n);
    const numbers = this.#byTarget.get(target);
    numbers?.delete(n);
    if (numbers?.size === 0) this.#byTarget.delete(target);
  }

  /** Numbers above `after` for a target, ascending, at most `limit`. */
  next(target: string, after: number, limit: number): number[] {
    const found: number[] = [];
    for (const n of this.#byTarget.get(target) ?? []) {
      if (n > after) found.push(n);
      if (found.length === limit) break;
    }
    return found;
  }

  /** How many wait for a target. */
  count(target: string): number {
    return this.#byTarget.get(target)?.size ?? 0;
  }

  /** Everything that something waits for. */
  targets(): string[] {
    return [...this.#byTarget.keys()];
  }
}
