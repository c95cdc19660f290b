// Receipts: what this device took and read, one small slot beside the log; and what the other side's slot says about ours.
import type { Bytes } from '../base/bytes.ts';
import { MAX_EXCEPTIONS, type ReceiptState } from '../session/receipt.ts';
import { type OpenedSlot, openSlot, sealSlot, slotGeneration } from '../session/slot.ts';
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { ChainPoint } from '../wire/chain.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { cursorOf } from './chain-check.ts';
import { currentGeneration, epochOfLog, generationById, homeExceptions, homeOf, loadConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import { comparePlaces, lamportAfter, placeOf, provisionalPlace, settledPlace } from './places.ts';
import {
  type B64,
  bytesOf,
  type ConversationRecord,
  decodeRecord,
  type EpochRecord,
  fieldOf,
  keys,
  type Place,
  type ReceiptRecord,
  type RowRecord,
  readRecord,
} from './records.ts';
import { messageView } from './views.ts';
import { type Comparison, compareSeen } from './witness.ts';

/** Messages whose change of state is told one by one after a receipt; beyond that a list is read anew anyway. */
const TOLD = 2_000;

/** The slot this device would write now, and its counter, which only rises because every part of it only rises. */
export function ownSlot(parts: Parts, conversation: B64): Promise<{ readonly counter: number; readonly value: Bytes }> {
  // In the one queue: cursor and exceptions must be of the same moment, or the receipt would cover what was not opened.
  return parts.serial(async () => {
    const record = await loadConversation(parts.store, conversation);
    const receipt = await ownReceipt(parts, record);
    const counter = counterOf(record, receipt);
    return { counter, value: sealSlot(bytesOf(currentGeneration(record).key), parts.self().me, counter, [receipt]) };
  });
}

async function ownReceipt(parts: Parts, record: ConversationRecord): Promise<ReceiptState> {
  const home = homeOf(record);
  const lamports = { lamportDelivered: record.deliveredLamport, lamportRead: record.readLamport };
  if (home === null) return { log: new Uint8Array(), delivered: null, exceptions: [], read: 0, ...lamports };
  const unopened = await unopenedSeqs(parts, record, home);
  const delivered = await deliveredPoint(parts, record, home, unopened[MAX_EXCEPTIONS]);
  const exceptions = unopened.filter((seq) => seq <= (delivered?.seq ?? 0)).slice(0, MAX_EXCEPTIONS);
  const read = record.readTo[0] === home.number ? record.readTo[1] : 0;
  return { log: bytesOf(home.log), delivered, exceptions, read, ...lamports };
}

/** Numbers of the home log that could not be opened, and those whose key is still on its way (H9); rising. */
async function unopenedSeqs(parts: Parts, record: ConversationRecord, home: EpochRecord): Promise<number[]> {
  const seqs = new Set(homeExceptions(record));
  if (!parts.held.mayHold(record.id)) return [...seqs].sort((a, b) => a - b);
  const held = rangeOf('held', [record.id], { gte: [home.number, 0], lt: [home.number + 1, 0], limit: MAX_EXCEPTIONS + 1 });
  for await (const { key } of parts.store.range(held)) seqs.add(orderOf(key)[1] ?? 0);
  return [...seqs].sort((a, b) => a - b);
}

/** How far everything was opened save the exceptions; with more of those than a slot can name it ends before the first unnamed one. */
async function deliveredPoint(
  parts: Parts,
  record: ConversationRecord,
  home: EpochRecord,
  unnamed: number | undefined,
): Promise<ChainPoint | null> {
  if (unnamed === undefined) {
    const cursor = await cursorOf(parts.store, home.log);
    return cursor.seq === 0 ? null : { seq: cursor.seq, chain: bytesOf(cursor.chain) };
  }
  const row = await readRecord<RowRecord>(parts.store, keys.row(record.id, settledPlace(home.number, unnamed - 1)));
  return row?.chain == null ? null : { seq: unnamed - 1, chain: bytesOf(row.chain) };
}

/** A number that rises with any progress: epochs and repairs outweigh everything inside one. */
function counterOf(record: ConversationRecord, receipt: ReceiptState): number {
  const inside =
    (receipt.delivered?.seq ?? 0) + receipt.read + homeExceptions(record).length + record.deliveredLamport + record.readLamport;
  return ((homeOf(record)?.number ?? 0) + record.repairs) * 2 ** 40 + inside + 1;
}

/**
 * Takes another device's slot: merges by maximum, tells the states that changed. Hostile bytes change nothing. Under a wrap key that is
 * not here yet it is `ahead`: its writer has read the entry that brings the key, and this device has not.
 * @param reader beside which reader id it stands at a relay; absent for one that came directly
 */
export function takeSlot(parts: Parts, conversation: B64, value: Bytes, reader?: Bytes): Promise<Comparison> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const batch = await beginBatch(parts, change, conversation);
    const record = batch.conversation;
    const id = slotGeneration(value);
    if (id === null) return 'unknown';
    const generation = generationById(record, id);
    if (generation === null) return 'ahead';
    const state = openSlot(bytesOf(generation.key), value, [batch.manifest]);
    if (state !== null && reader !== undefined) parts.live.opened(conversation, reader);
    if (state === null || state.counter < (record.receipt.counters?.[state.device] ?? 0)) return 'unknown';
    const seen = await applySlot(batch, state);
    if (change.size === 0 && batch.conversation === record) return seen;
    await commitBatch(batch);
    await tellStates(parts, record.receipt, batch.conversation);
    return seen;
  });
}

/** Epoch 0 has no log, and numbers of a log that is not of this conversation say nothing about any of its messages. */
const NO_NUMBERS = { delivered: null, exceptions: [], read: 0 } as const;

async function applySlot(batch: Batch, slot: OpenedSlot): Promise<Comparison> {
  let seen: Comparison = 'unknown';
  for (const receipt of slot.receipts) {
    const epoch = receipt.log.length === 0 ? null : epochOfLog(batch.conversation, fieldOf(receipt.log));
    if (epoch !== null && receipt.delivered !== null) {
      seen = await compareSeen(batch, { log: receipt.log, ...receipt.delivered }, await cursorOf(batch.change, epoch.log));
      if (seen === 'fork') continue;
      // Which entries that covers cannot be known before this device has read as far: the slot is looked at again then.
      if (seen === 'ahead') continue;
    }
    const held = batch.conversation.receipt;
    const merged = mergeReceipts(held, epoch === null ? { ...receipt, ...NO_NUMBERS } : receipt, epoch?.number ?? 0);
    if (JSON.stringify(merged) === JSON.stringify({ ...held, counters: undefined })) continue;
    batch.update({ receipt: { ...merged, counters: { ...held.counters, [slot.device]: slot.counter } } });
  }
  return seen;
}

/**
 * The other side's word as kept: by maximum inside an epoch; a later epoch takes the place of an earlier one. Pure.
 * @param epoch of the log it speaks of; 0 without one
 */
export function mergeReceipts(held: ReceiptRecord, said: ReceiptState, epoch: number): ReceiptRecord {
  const lamportDelivered = lamportAfter(held.lamportDelivered, said.lamportDelivered);
  const lamportRead = lamportAfter(held.lamportRead, said.lamportRead);
  const { counters: _own, ...rest } = held;
  if (epoch < held.epoch) return { ...rest, lamportDelivered, lamportRead };
  const delivered = epoch === 0 ? 0 : (said.delivered?.seq ?? 0);
  if (epoch > held.epoch) return { epoch, delivered, read: said.read, exceptions: said.exceptions, lamportDelivered, lamportRead };
  const newer = delivered > held.delivered ? said.exceptions : held.exceptions;
  // What was opened stays opened: of two words that go equally far, only what both except.
  const exceptions = delivered === held.delivered ? newer.filter((seq) => said.exceptions.includes(seq)) : newer;
  return {
    epoch,
    delivered: Math.max(held.delivered, delivered),
    read: Math.max(held.read, said.read),
    exceptions,
    lamportDelivered,
    lamportRead,
  };
}

/** Tells every message of ours whose state the receipt changed. */
async function tellStates(parts: Parts, before: ReceiptRecord, conversation: ConversationRecord): Promise<void> {
  const { receipt } = conversation;
  if (before.epoch === receipt.epoch) {
    for (const [from, to] of changedSpans(before, receipt))
      await tellRange(parts, before, conversation, settledPlace(receipt.epoch, from), settledPlace(receipt.epoch, to));
  } else {
    const to = settledPlace(receipt.epoch, Math.max(receipt.delivered, receipt.read) + 1);
    await tellRange(parts, before, conversation, settledPlace(before.epoch, 0), to);
  }
  const read = receipt.lamportRead;
  await tellRange(parts, before, conversation, provisionalPlace(before.lamportRead + 1, 0), provisionalPlace(read + 1, 0));
}

/**
 * Seqs whose state differs between two receipts of one epoch: half-open spans, ascending, without overlap. Somebody who receives and
 * never reads sends receipts all day, so nothing but what changed may be looked at.
 */
function changedSpans(before: ReceiptRecord, now: ReceiptRecord): [number, number][] {
  const opened = before.exceptions.filter((seq) => !now.exceptions.includes(seq));
  const spans: [number, number][] = [
    [before.delivered + 1, now.delivered + 1],
    [before.read + 1, now.read + 1],
  ];
  for (const seq of opened) spans.push([seq, seq + 1]);
  const merged: [number, number][] = [];
  for (const [from, to] of spans.filter(([from, to]) => from < to).sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

async function tellRange(parts: Parts, before: ReceiptRecord, conversation: ConversationRecord, from: Place, to: Place): Promise<void> {
  if (comparePlaces(from, to) >= 0) return;
  const range = rangeOf('row', [conversation.id], { gte: [from.zone, from.a, from.b], lt: [to.zone, to.a, to.b] });
  let told = 0;
  for await (const { key, value } of parts.store.range(range)) {
    const place = placeOf(orderOf(key));
    const row = decodeRecord<RowRecord>(value);
    if (!row.out || row.kind !== 'message') continue;
    const [now, then] = [messageView(conversation, place, row), messageView({ ...conversation, receipt: before }, place, row)];
    if (now.state === then.state) continue;
    parts.announce({ event: 'state', message: now });
    told += 1;
    if (told === TOLD) return;
  }
}
