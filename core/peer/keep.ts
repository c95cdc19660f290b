// Station "keep": what was opened (or could not be) takes its place in the history of its conversation.
import { type Bytes, hex, safeNumber, u32be } from '../base/bytes.ts';
import { labelledHash } from '../base/hash.ts';
import type { Content } from '../wire/gen/content_pb.ts';
import type { Batch } from './batch.ts';
import { homeExceptions, homeOf } from './conversations.ts';
import { locatorOf } from './late-index.ts';
import { messageId } from './message-id.ts';
import type { Locator } from './outbox.ts';
import { lamportAfter, settledPlace } from './places.ts';
import {
  type B64,
  type ConversationRecord,
  encodeRecord,
  fieldOf,
  keys,
  type Place,
  type RowRecord,
  readRecord,
  writeRecord,
} from './records.ts';
import { messageView } from './views.ts';

/** A place to put something, with what the log says about it. Provisional ones have neither chain nor time. */
export interface Slot {
  readonly place: Place;
  readonly outer: B64;
  readonly chain: B64 | null;
  /** Stamp time, ms. */
  readonly storedAt: number | null;
}

/** Who said it, once the ratchet vouched for it. */
export interface Author {
  readonly root: Bytes;
  readonly device: number;
}

/** 48-bit number of a device, the same everywhere: orders provisional entries of one Lamport counter. */
export function deviceTag(root: Uint8Array, device: number): number {
  const hash = labelledHash('device-order', root, u32be(device));
  return new DataView(hash.buffer).getUint32(0) * 0x1_0000 + new DataView(hash.buffer).getUint16(4);
}

/** A message of somebody into history; a second copy of the same inner id only ever moves it from provisional to settled. */
export async function keepMessage(batch: Batch, slot: Slot, author: Author, content: Content, text: string): Promise<void> {
  const id = messageId(author.root, author.device, content.id);
  const before = await readRecord<Locator>(batch.change, keys.message(id));
  const out = sameAccount(batch, author);
  const copy = before === null ? null : await secondCopy(batch, slot, before, text);
  if (before !== null && !replaces(slot, before)) return keepControl(batch, slot);
  const row: RowRecord = {
    kind: 'message',
    id,
    outer: slot.outer,
    out,
    author: fieldOf(author.root),
    device: author.device,
    text,
    sentAt: safeNumber(content.sentAt),
    storedAt: slot.storedAt,
    lamport: safeNumber(content.lamport),
    state: slot.place.zone === 0 ? 'stored' : 'delivered',
    reason: null,
    chain: slot.chain,
  };
  if (before?.place != null && copy !== null) forgetProvisional(batch, before.place, copy);
  putRow(batch, slot.place, row, before !== null);
  batch.update({ lamport: lamportAfter(batch.conversation.lamport, row.lamport) });
  if (before === null) countNew(batch, row, out);
  tell(batch, before === null ? 'message' : 'state', slot.place, row);
}

/** The copy that is here of a message that came in another envelope; when their words differ, that is said (C2). */
async function secondCopy(batch: Batch, slot: Slot, before: Locator, text: string): Promise<RowRecord | null> {
  const row = before.place === null ? null : await readRecord<RowRecord>(batch.change, keys.row(batch.conversation.id, before.place));
  if (row !== null && row.outer !== slot.outer && row.text !== text)
    batch.warn('versions', "The author sent a message in two versions by different paths; the one in the relay's order is shown.");
  return row;
}

/** A settled envelope takes the place of a provisional one, whose bytes are known from now on but not carried anywhere. */
function forgetProvisional(batch: Batch, place: Place, row: RowRecord): void {
  const { change, conversation } = batch;
  change.delete(keys.row(conversation.id, place));
  if (place.zone === 1) change.delete(keys.carry(conversation.id, place.a, place.b));
  const known: Locator = { conversation: conversation.id, place: null, message: null, n: null, outer: row.outer };
  if (row.outer !== null) writeRecord(change, keys.outer(conversation.id, row.outer), known);
}

/** A row for an entry that could not be opened, with the reason; it never blocks the log (H3, H9). */
export function keepUnopened(batch: Batch, slot: Slot, claimed: Author | null, reason: string): void {
  const row: RowRecord = {
    kind: 'unopened',
    id: hex(labelledHash('unopened', new TextEncoder().encode(slot.outer)).subarray(0, 16)),
    outer: slot.outer,
    out: false,
    author: null,
    device: claimed?.device ?? 0,
    text: null,
    sentAt: slot.storedAt ?? batch.parts.clock.now(),
    storedAt: slot.storedAt,
    lamport: batch.conversation.lamport,
    state: 'stored',
    reason,
    chain: slot.chain,
  };
  putRow(batch, slot.place, row, false);
  batch.update(withException(batch.conversation, slot.place));
  countNew(batch, row, false);
  tell(batch, 'message', slot.place, row);
}

/** Unopened seqs kept, rising; with more of them than that a receipt stands still before the first it cannot name. */
const MOST_EXCEPTIONS = 1_000;

/** Our receipt speaks of the home log: what could not be opened elsewhere has its row, and is no number of this log. */
function withException(conversation: ConversationRecord, { zone, a, b }: Place): Partial<ConversationRecord> {
  const home = homeOf(conversation);
  if (zone !== 0 || home?.number !== a) return {};
  const exceptions = [...homeExceptions(conversation), b].sort((one, other) => one - other).slice(0, MOST_EXCEPTIONS);
  return { exceptions, exceptionsLog: home.log };
}

/** An entry that says nothing to a person keeps only its chain value, so that views of the log can be compared (H1). */
export function keepControl(batch: Batch, slot: Slot): void {
  if (slot.place.zone !== 0) return;
  const row: RowRecord = {
    kind: 'control',
    id: '',
    outer: slot.outer,
    out: false,
    author: null,
    device: 0,
    text: null,
    sentAt: 0,
    storedAt: slot.storedAt,
    lamport: 0,
    state: 'stored',
    reason: null,
    chain: slot.chain,
  };
  putRow(batch, slot.place, row, false);
}

/** Moves a row to its settled place; returns it as it stands there, or null when it was gone. */
export async function settleRow(batch: Batch, from: Place, slot: Slot): Promise<RowRecord | null> {
  const row = await readRecord<RowRecord>(batch.change, keys.row(batch.conversation.id, from));
  if (row === null) return null;
  // What was taken directly stays delivered: that was the peer's own word, and the stamp takes nothing back.
  const state = row.state === 'delivered' ? 'delivered' : 'stored';
  const settled: RowRecord = { ...row, state, storedAt: slot.storedAt, chain: slot.chain, outer: slot.outer };
  batch.change.delete(keys.row(batch.conversation.id, from));
  putRow(batch, slot.place, settled, true);
  keepRead(batch, slot.place, settled);
  tell(batch, 'state', slot.place, settled);
  if (!settled.out) batch.settled += 1;
  return settled;
}

/** What was read while it was provisional stays read where it settles, as long as nothing before it is unread. */
function keepRead(batch: Batch, { a, b }: Place, row: RowRecord): void {
  const { readLamport, unread } = batch.conversation;
  if (!row.out && row.state === 'delivered' && row.lamport <= readLamport && unread === 0) batch.update({ readTo: [a, b] });
}

/** @param known its ids are in the index already, with another place */
function putRow(batch: Batch, place: Place, row: RowRecord, known: boolean): void {
  const { change, conversation } = batch;
  const seldom = place.zone === 0;
  change.put(keys.row(conversation.id, place), encodeRecord(row), seldom);
  const bytes = encodeRecord(locatorOf(conversation.id, place, row));
  const later = batch.defers && seldom && !known && !row.out;
  if (later) batch.indexLater(place);
  const put = (key: Bytes) => (later ? change.putLater(key, bytes) : change.put(key, bytes, seldom));
  if (row.outer !== null) put(keys.outer(conversation.id, row.outer));
  if (row.kind !== 'control') put(keys.message(row.id));
}

function replaces(slot: Slot, before: Locator): boolean {
  return slot.place.zone === 0 && before.place?.zone !== 0;
}

function sameAccount(batch: Batch, author: Author): boolean {
  return fieldOf(author.root) === fieldOf(batch.parts.self().me.root);
}

function countNew(batch: Batch, row: RowRecord, out: boolean): void {
  batch.received += 1;
  batch.update({ lastAt: batch.parts.clock.now(), unread: batch.conversation.unread + (out || row.kind === 'control' ? 0 : 1) });
}

function tell(batch: Batch, event: 'message' | 'state', place: Place, row: RowRecord): void {
  batch.news.push(() => batch.parts.announce({ event, message: messageView(batch.conversation, place, row) }));
}

/** The settled place of a log entry. */
export function slotAt(
  epoch: number,
  entry: { readonly seq: number; readonly time: number; readonly chain: Bytes; readonly id: Bytes },
): Slot {
  return { place: settledPlace(epoch, entry.seq), outer: fieldOf(entry.id), chain: fieldOf(entry.chain), storedAt: entry.time };
}
