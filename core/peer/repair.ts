// A relay that does not hold the history this device holds (restored from a backup, C5, or showing another one, H1): find the last
// common entry, take back what stood above it, and give our own entries again with the same bytes. Always said, never silent.
import type { RelayConnection, SignedHead } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import { chainStart } from '../wire/chain.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { homeExceptions, homeOf, loadConversation } from './conversations.ts';
import { deviceTag } from './keep.ts';
import { noteContradiction } from './notices.ts';
import { dequeue, enqueue, forgetSent, type Locator, sentBefore, waitingFor } from './outbox.ts';
import type { Parts } from './parts.ts';
import { placeOf, provisionalPlace, queuedPlace, rowsFrom, settledPlace } from './places.ts';
import {
  type B64,
  bytesOf,
  type CursorRecord,
  decodeRecord,
  type EpochRecord,
  fieldOf,
  type HeldRecord,
  keys,
  type Place,
  type ReceiptRecord,
  type RowRecord,
  readRecord,
  writeRecord,
} from './records.ts';
import { historyProof } from './witness.ts';

/** Repairs of one conversation before a person has to look: a relay that changes its history at every connection is not repaired for ever. */
const MOST_REPAIRS = 64;

const GIVEN_UP = `Its history changed more than ${MOST_REPAIRS} times; it is not followed any more.`;
const SAYS_NOTHING = 'It holds another history than this device, and does not say how far it goes.';

/** What a relay answered to a subscription that it cannot continue. */
export interface Divergence {
  readonly conversation: B64;
  readonly epoch: EpochRecord;
  readonly connection: RelayConnection;
  readonly handle: number;
  readonly cursor: CursorRecord;
  readonly name: 'AHEAD' | 'FORK';
  /** The head the relay signed with its refusal. */
  readonly head: SignedHead | null;
}

/** Takes the conversation back to the last common entry. True when its log can be run again. @throws OFFLINE, store faults */
export async function repair(parts: Parts, divergence: Divergence): Promise<boolean> {
  const { repairs } = await loadConversation(parts.store, divergence.conversation);
  const common = repairs >= MOST_REPAIRS ? null : await lastCommon(parts, divergence);
  if (common === null) {
    await noteContradiction(parts, divergence.conversation, repairs >= MOST_REPAIRS ? GIVEN_UP : SAYS_NOTHING);
    return false;
  }
  return parts.serial(async () => {
    const batch = await beginBatch(parts, new Change(parts.store), divergence.conversation);
    const resent = await takeBack(batch, divergence.epoch, common.seq);
    writeRecord(batch.change, keys.cursor(divergence.epoch.log), common);
    say(batch, divergence, common, resent);
    await commitBatch(batch);
    return true;
  });
}

/** The highest entry whose chain value this device and the relay agree on, by bisection; null when the relay does not say. */
async function lastCommon(parts: Parts, at: Divergence): Promise<CursorRecord | null> {
  let low: CursorRecord = { seq: 0, chain: fieldOf(chainStart(bytesOf(at.epoch.log))), time: 0 };
  const newest = await at.connection.head(at.handle, 0);
  if (!newest.ok) return null;
  let high = Math.min(at.cursor.seq, newest.value.seq) + 1;
  while (high - low.seq > 1) {
    const middle = Math.floor((low.seq + high) / 2);
    const mine = await chainAt(parts, at, middle);
    const theirs = await at.connection.head(at.handle, middle);
    if (mine !== null && theirs.ok && fieldOf(theirs.value.chain) === mine) low = { seq: middle, chain: mine, time: theirs.value.time };
    else high = middle;
  }
  return low;
}

async function chainAt(parts: Parts, at: Divergence, seq: number): Promise<B64 | null> {
  if (seq === at.cursor.seq) return at.cursor.chain;
  const row = await readRecord<RowRecord>(parts.store, keys.row(at.conversation, settledPlace(at.epoch.number, seq)));
  if (row !== null) return row.chain;
  return (await readRecord<HeldRecord>(parts.store, keys.held(at.conversation, at.epoch.number, seq)))?.chain ?? null;
}

/** Everything of the epoch above `seq` leaves the settled order: ours back into the outbox, others' to wait for their author. */
async function takeBack(batch: Batch, epoch: EpochRecord, seq: number): Promise<number> {
  const { parts } = batch;
  const first = settledPlace(epoch.number, seq + 1);
  const after = settledPlace(epoch.number + 1, 0);
  const resent = await resendAbove(batch, first, after);
  if (resent.size > 0) await waitBehind(batch, Math.min(...resent.values()));
  for await (const { key, value } of parts.store.range(rowsFrom(batch.conversation.id, first))) {
    const place = placeOf(orderOf(key));
    if (place.zone !== 0 || place.a !== epoch.number) break;
    unsettleRow(batch, place, decodeRecord<RowRecord>(value), resent);
  }
  await forgetHeld(batch, epoch, seq);
  const { conversation } = batch;
  const { receipt } = conversation;
  batch.update({
    repairs: conversation.repairs + 1,
    readTo: conversation.readTo[0] === epoch.number ? [epoch.number, Math.min(conversation.readTo[1], seq)] : conversation.readTo,
    ...(homeOf(conversation)?.log === epoch.log
      ? { exceptions: homeExceptions(conversation).filter((exception) => exception <= seq), exceptionsLog: epoch.log }
      : {}),
    receipt: receipt.epoch === epoch.number ? cutReceipt(receipt, seq) : receipt,
    generations: conversation.generations.map((one) =>
      one.place !== null && one.place[0] === epoch.number && one.place[1] > seq ? { ...one, place: null } : one,
    ),
  });
  return resent.size;
}

function cutReceipt(receipt: ReceiptRecord, seq: number): ReceiptRecord {
  return {
    ...receipt,
    delivered: Math.min(receipt.delivered, seq),
    read: Math.min(receipt.read, seq),
    exceptions: receipt.exceptions.filter((exception) => exception <= seq),
  };
}

/** What still waited for its key has no row yet; later it would take the place of whatever the relay has there by then. */
async function forgetHeld({ parts, change, conversation }: Batch, epoch: EpochRecord, seq: number): Promise<void> {
  const above = rangeOf('held', [conversation.id], { gte: [epoch.number, seq + 1], lt: [epoch.number + 1, 0] });
  for await (const { key } of parts.store.range(above)) {
    const [a = 0, b = 0] = orderOf(key);
    change.delete(keys.held(conversation.id, a, b));
  }
}

/** Our own envelopes above the cut go back into the outbox with the same bytes; answers their new numbers by outer id. */
async function resendAbove(batch: Batch, first: Place, after: Place): Promise<Map<B64, number>> {
  const numbers = new Map<B64, number>();
  for (const { place, record } of await sentBefore(batch.parts.store, batch.conversation.id, first, after)) {
    const n = batch.parts.nextNumber();
    const { stampTime: _gone, ...waiting } = record;
    forgetSent(batch.change, batch.conversation.id, place);
    enqueue(batch.change, n, waiting, record.message === null ? null : queuedPlace(n));
    numbers.set(record.outer, n);
    batch.news.push(() => batch.parts.outbox.add(batch.conversation.id, n));
  }
  return numbers;
}

/** What was written since and waits already goes behind what is given again: nobody's words change their order. */
async function waitBehind({ parts, change, conversation, news }: Batch, first: number): Promise<void> {
  const { id } = conversation;
  for (const { n, record } of await waitingFor(parts.store, parts.outbox, id, first)) {
    const behind = parts.nextNumber();
    const known = await readRecord<Locator>(change, keys.outer(id, record.outer));
    const row = await readRecord<RowRecord>(change, keys.row(id, queuedPlace(n)));
    if (row !== null) {
      change.delete(keys.row(id, queuedPlace(n)));
      writeRecord(change, keys.row(id, queuedPlace(behind)), row);
    }
    dequeue(change, n);
    enqueue(change, behind, record, row === null ? (known?.place ?? null) : queuedPlace(behind));
    news.push(() => {
      parts.outbox.remove(n);
      parts.outbox.add(id, behind);
    });
  }
}

function unsettleRow(batch: Batch, place: Place, row: RowRecord, resent: ReadonlyMap<B64, number>): void {
  const { change, conversation } = batch;
  change.delete(keys.row(conversation.id, place));
  const n = row.outer === null ? undefined : resent.get(row.outer);
  const author = row.author === null ? null : bytesOf(row.author);
  if (row.kind !== 'message' || author === null) {
    if (row.outer === null || n !== undefined) return;
    // What was opened once cannot be opened again: it is only known, until its author gives it again.
    const known: Locator = { conversation: conversation.id, place: null, message: null, n: null, outer: row.outer };
    if (row.kind === 'control') writeRecord(change, keys.outer(conversation.id, row.outer), known);
    else change.delete(keys.outer(conversation.id, row.outer));
    return;
  }
  const next = n === undefined ? provisionalPlace(row.lamport, deviceTag(author, row.device)) : queuedPlace(n);
  writeRecord(change, keys.row(conversation.id, next), {
    ...row,
    state: n === undefined ? 'delivered' : 'queued',
    storedAt: null,
    chain: null,
  });
  if (n !== undefined || row.outer === null) return;
  const locator = { conversation: conversation.id, place: next, message: row.id, n: null, outer: row.outer };
  writeRecord(change, keys.outer(conversation.id, row.outer), locator);
  writeRecord(change, keys.message(row.id), locator);
}

function say(batch: Batch, at: Divergence, common: CursorRecord, resent: number): void {
  const lost = at.cursor.seq - common.seq;
  const what =
    at.name === 'AHEAD'
      ? 'The relay lost the newest part of this conversation'
      : 'The relay shows another history of this conversation than before';
  const proof = historyProof(at.epoch.log, at.epoch.peerId, at.cursor, at.head, common.seq);
  batch.warn(
    at.name === 'AHEAD' ? 'restored' : 'fork',
    `${what}: ${lost} entries are being put in order again, ${resent} of them sent again.`,
    proof,
  );
}
