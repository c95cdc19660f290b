// Envelopes known without a stamp, kept with their bytes in the one provisional order, until the home log shows them.
import type { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { Batch } from './batch.ts';
import type { Slot } from './keep.ts';
import type { Locator } from './outbox.ts';
import { type B64, type CarryRecord, decodeRecord, keys, type OutboxRecord, readRecord, type SentRecord, writeRecord } from './records.ts';

/** Lamport counter and device tag: the provisional order. */
export type CarryPlace = readonly [number, number];

/** One envelope to be carried, with its place in the provisional order. */
export interface Carried {
  readonly place: CarryPlace;
  readonly record: CarryRecord;
}

/** Keeps an envelope's bytes until its stamp is seen. */
export function keepToCarry(change: Change, conversation: B64, [lamport, tag]: CarryPlace, record: CarryRecord): void {
  writeRecord(change, keys.carry(conversation, lamport, tag), record);
}

/** Envelopes kept behind `after` (exclusive), in their order, at most `limit`. */
export async function carriedAfter(store: Store, conversation: B64, after: CarryPlace, limit: number): Promise<Carried[]> {
  const [lamport, tag] = after;
  const found: Carried[] = [];
  const range = rangeOf('carry', [conversation], { gte: [lamport, tag + 1], limit });
  for await (const { key, value } of store.range(range)) {
    const [a = 0, b = 0] = orderOf(key);
    found.push({ place: [a, b], record: decodeRecord<CarryRecord>(value) });
  }
  return found;
}

/** Where the bytes of a located envelope are kept; null when they are not. */
export function carryPlaceOf(locator: Locator): CarryPlace | null {
  if (locator.carry !== undefined) return locator.carry;
  return locator.place?.zone === 1 ? [locator.place.a, locator.place.b] : null;
}

/**
 * The log shows a kept envelope: ours is kept on as stamped (C5, H12), another's is its author's and the log's concern.
 * Answers it as it was kept, or null when it was not.
 */
export async function settleCarried(batch: Batch, slot: Slot, locator: Locator): Promise<CarryRecord | null> {
  const place = carryPlaceOf(locator);
  if (place === null) return null;
  const { change, conversation } = batch;
  const key = keys.carry(conversation.id, ...place);
  const record = await readRecord<CarryRecord>(change, key);
  if (record === null || record.outer !== slot.outer) return null;
  change.delete(key);
  if (record.out) writeRecord(change, keys.sent(conversation.id, slot.place.a, slot.place.b), sentOf(record, slot.storedAt ?? 0));
  return record;
}

function sentOf({ out: _out, ...record }: CarryRecord, stampTime: number): SentRecord {
  const kept: OutboxRecord = record;
  return { ...kept, stampTime };
}
