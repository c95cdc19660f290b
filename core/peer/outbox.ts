// Station "outbox": envelopes on the disk that must still reach a log or an inbox, the same bytes at every attempt.
import type { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
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
}

/** One envelope waiting, with its number. */
export interface Waiting {
  readonly n: number;
  readonly record: OutboxRecord;
}

/** Puts an envelope into the outbox and makes it findable by its outer id. */
export function enqueue(change: Change, n: number, record: OutboxRecord, place: Place | null): void {
  writeRecord(change, keys.outbox(n), record);
  const locator: Locator = { conversation: record.conversation, place, message: record.message, n, outer: record.outer };
  writeRecord(change, keys.outer(record.outer), locator);
  if (record.message !== null) writeRecord(change, keys.message(record.message), locator);
}

/** Takes an envelope out of the outbox without keeping it. */
export function dequeue(change: Change, n: number): void {
  change.delete(keys.outbox(n));
}

/** Moves a stamped envelope from the outbox to where it waits for a receipt (C5, H12). */
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

/** A stamped envelope and the place of its stamp. */
export interface Sent {
  readonly place: Place;
  readonly record: SentRecord;
}

/** Stamped envelopes of a conversation that no receipt covers yet, oldest first. */
export async function sentOf(store: Store, conversation: B64, limit: number): Promise<Sent[]> {
  const found: Sent[] = [];
  for await (const { key, value } of store.range({ ...rangeOf('sent', [conversation]), limit })) {
    const [epoch = 0, seq = 0] = orderOf(key);
    found.push({ place: { zone: 0, a: epoch, b: seq }, record: decodeRecord<SentRecord>(value) });
  }
  return found;
}

/** Lets go of a stamped envelope. */
export function forgetSent(change: Change, conversation: B64, place: Place): void {
  change.delete(keys.sent(conversation, place.a, place.b));
}
