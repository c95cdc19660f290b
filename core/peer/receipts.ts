// Receipts: what this device took and read, one small slot beside the log; and what the other side's slot says about ours.
import { create } from '@bufbuild/protobuf';
import { safeNumber } from '../base/bytes.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { mergeReceipt, openSlot, sealSlot } from '../session/slot.ts';
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import { type Receipt, ReceiptSchema, type SlotState, SlotStateSchema } from '../wire/gen/content_pb.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { cursorOf } from './chain-check.ts';
import { currentGeneration, epochOfLog, homeOf, loadConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import { comparePlaces, placeOf, settledPlace } from './places.ts';
import {
  type B64,
  bytesOf,
  type ConversationRecord,
  decodeRecord,
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
export async function ownSlot(
  parts: Parts,
  conversation: B64,
): Promise<{ readonly counter: number; readonly value: Uint8Array<ArrayBuffer> } | null> {
  const record = await loadConversation(parts.store, conversation);
  const receipt = await ownReceipt(parts, record);
  if (receipt === null) return null;
  const self = parts.self();
  const counter = counterOf(record, receipt);
  const state = create(SlotStateSchema, { account: self.me.root, device: self.me.device, counter: BigInt(counter), receipts: [receipt] });
  return { counter, value: sealSlot(bytesOf(currentGeneration(record).key), self.me.peer, state) };
}

async function ownReceipt(parts: Parts, record: ConversationRecord): Promise<Receipt | null> {
  const home = homeOf(record);
  const lamports = { lamportDelivered: BigInt(record.deliveredLamport), lamportRead: BigInt(record.readLamport) };
  if (home === null) return create(ReceiptSchema, lamports);
  const cursor = await cursorOf(parts.store, home.log);
  return create(ReceiptSchema, {
    delivered: { log: bytesOf(home.log), seq: BigInt(cursor.seq), chain: bytesOf(cursor.chain) },
    exceptions: record.exceptions.map(BigInt),
    read: BigInt(record.readTo[0] === home.number ? record.readTo[1] : 0),
    ...lamports,
  });
}

/** A number that rises with any progress: epochs and repairs outweigh everything inside one. */
function counterOf(record: ConversationRecord, receipt: Receipt): number {
  const inside =
    safeNumber(receipt.delivered?.seq ?? 0n) +
    safeNumber(receipt.read) +
    receipt.exceptions.length +
    record.deliveredLamport +
    record.readLamport;
  return ((homeOf(record)?.number ?? 0) + record.repairs) * 2 ** 40 + inside + 1;
}

/** Takes another device's slot: merges by maximum, tells the states that changed. Hostile bytes change nothing. */
export function takeSlot(parts: Parts, conversation: B64, value: Uint8Array<ArrayBuffer>): Promise<Comparison> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const batch = await beginBatch(parts, change, conversation);
    const record = batch.conversation;
    const state = openTheirSlot(record, batch.manifest, value);
    if (state === null) return 'unknown';
    const seen = await applyState(batch, state);
    if (batch.conversation === record) return seen;
    await commitBatch(batch);
    await tellStates(parts, record.receipt, batch.conversation);
    return seen;
  });
}

function openTheirSlot(record: ConversationRecord, manifest: CheckedManifest, value: Uint8Array<ArrayBuffer>): SlotState | null {
  for (const generation of record.generations) {
    const state = openSlot(bytesOf(generation.key), value, [manifest]);
    if (state !== null) return state;
  }
  return null;
}

async function applyState(batch: Batch, state: SlotState): Promise<Comparison> {
  let seen: Comparison = 'unknown';
  for (const receipt of state.receipts) {
    const epoch = receipt.delivered === undefined ? null : epochOfLog(batch.conversation, fieldOf(receipt.delivered.log));
    if (epoch !== null) seen = await compareSeen(batch, receipt.delivered, await cursorOf(batch.change, epoch.log));
    if (seen === 'fork') continue;
    const merged = mergeReceipt(batch.conversation.receipt, toRecord(receipt, epoch?.number ?? 0));
    if (JSON.stringify(merged) === JSON.stringify(batch.conversation.receipt)) continue;
    batch.update({ receipt: merged });
  }
  return seen;
}

function toRecord(receipt: Receipt, epoch: number): ReceiptRecord {
  return {
    epoch,
    delivered: epoch === 0 ? 0 : safeNumber(receipt.delivered?.seq ?? 0n),
    read: epoch === 0 ? 0 : safeNumber(receipt.read),
    exceptions: receipt.exceptions.map(safeNumber),
    lamportDelivered: safeNumber(receipt.lamportDelivered),
    lamportRead: safeNumber(receipt.lamportRead),
  };
}

/** Tells every message of ours whose state the receipt changed. */
async function tellStates(parts: Parts, before: ReceiptRecord, conversation: ConversationRecord): Promise<void> {
  const from: Place =
    before.epoch === conversation.receipt.epoch
      ? settledPlace(before.epoch, Math.min(before.delivered, before.read) + 1)
      : settledPlace(before.epoch, 0);
  const to = settledPlace(conversation.receipt.epoch, Math.max(conversation.receipt.delivered, conversation.receipt.read) + 1);
  const range = rangeOf('row', [conversation.id], { gte: [from.zone, from.a, from.b], lt: [to.zone, to.a, to.b] });
  let told = 0;
  for await (const { key, value } of parts.store.range(range)) {
    const place = placeOf(orderOf(key));
    const row = decodeRecord<RowRecord>(value);
    if (!row.out || row.kind !== 'message' || comparePlaces(place, to) >= 0) continue;
    const [now, then] = [messageView(conversation, place, row), messageView({ ...conversation, receipt: before }, place, row)];
    if (now.state === then.state) continue;
    parts.announce({ event: 'state', message: now });
    told += 1;
    if (told === TOLD) return;
  }
}
