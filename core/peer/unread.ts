// Which messages of a conversation were not read yet. Never touches the network, and changes nothing.

import { orderOf } from '../store/keys.ts';
import { findContact } from './contacts.ts';
import { loadConversation } from './conversations.ts';
import type { Reading } from './parts.ts';
import { placeCursor, placeOf, rowsFrom, settledPlace } from './places.ts';
import { type ConversationRecord, decodeRecord, type Place, type RowRecord } from './records.ts';
import { readDirectly } from './views.ts';

/** Places of the incoming messages behind the read position, oldest first. */
export async function* unreadPlaces(parts: Reading, record: ConversationRecord): AsyncGenerator<Place> {
  const [epoch, seq] = record.readTo;
  for await (const { key, value } of parts.store.range(rowsFrom(record.id, settledPlace(epoch, seq + 1)))) {
    const row = decodeRecord<RowRecord>(value);
    if (!row.out && row.kind !== 'control' && !readDirectly(record, row)) yield placeOf(orderOf(key));
  }
}

/** The cursor right before the oldest unread message: a page before it or after it. Null: everything is read. @throws NOT_FOUND, AMBIGUOUS */
export async function firstUnread(parts: Reading, who: string): Promise<string | null> {
  const { conversation } = await findContact(parts.store, who);
  if (conversation === null) return null;
  const record = await loadConversation(parts.store, conversation);
  if (record.unread === 0) return null;
  for await (const place of unreadPlaces(parts, record)) return placeCursor(place);
  return null;
}
