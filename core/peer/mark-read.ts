// Marking as read: how far a person has seen a conversation; the other side hears it with the next receipt.
import { hex } from '../base/bytes.ts';
import { Change } from '../store/change.ts';
import { orderOf } from '../store/keys.ts';
import { findContact } from './contacts.ts';
import { loadConversation, saveConversation } from './conversations.ts';
import type { Locator } from './outbox.ts';
import type { Announce, Reading } from './parts.ts';
import { comparePlaces, placeOf, rowsBefore, settledPlace } from './places.ts';
import { type B64, bytesOf, type ConversationRecord, keys, type Place, readRecord } from './records.ts';
import { unreadPlaces } from './unread.ts';

/**
 * Marks everything up to and including a message as read, or everything there is; never takes anything back.
 * Answers the conversation when that changed something.
 * @param upTo message id, or null
 * @param announce hears of another number of unread messages. @throws NOT_FOUND, AMBIGUOUS
 */
export async function markRead(parts: Reading, who: string, upTo: string | null, announce: Announce): Promise<B64 | null> {
  const contact = await findContact(parts.store, who);
  const id = contact.conversation;
  if (id === null) return null;
  return parts.serial(async () => {
    const record = await loadConversation(parts.store, id);
    const last = upTo === null ? null : ((await readRecord<Locator>(parts.store, keys.message(upTo)))?.place ?? null);
    const next = await readUpTo(parts, record, last);
    if (JSON.stringify(next) === JSON.stringify(record)) return null;
    const change = new Change(parts.store);
    saveConversation(change, next);
    await change.commit();
    if (next.unread !== record.unread) announce({ event: 'unread', conversation: hex(bytesOf(id)), unread: next.unread });
    return id;
  });
}

async function readUpTo(parts: Reading, record: ConversationRecord, last: Place | null): Promise<ConversationRecord> {
  const all = last === null || last.zone === 2;
  const settled = last?.zone === 0 ? last : await newestSettled(parts, record);
  const [epoch, seq] = record.readTo;
  const further = settled !== null && comparePlaces(settled, settledPlace(epoch, seq)) > 0;
  const lamport = all ? record.deliveredLamport : last.zone === 1 ? last.a : 0;
  const moved: ConversationRecord = {
    ...record,
    readTo: further ? [settled.a, settled.b] : record.readTo,
    readLamport: Math.max(record.readLamport, lamport),
  };
  return { ...moved, unread: all ? 0 : await countUnread(parts, moved) };
}

async function newestSettled(parts: Reading, record: ConversationRecord): Promise<Place | null> {
  for await (const { key } of parts.store.range({ ...rowsBefore(record.id, { zone: 1, a: 0, b: 0 }), limit: 1 }))
    return placeOf(orderOf(key));
  return null;
}

/** Incoming rows behind the read position, no more than were unread before. */
async function countUnread(parts: Reading, record: ConversationRecord): Promise<number> {
  let unread = 0;
  for await (const _ of unreadPlaces(parts, record)) {
    unread += 1;
    if (unread >= record.unread) break;
  }
  return unread;
}
