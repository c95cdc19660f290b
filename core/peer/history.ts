// Reading what was said: pages of one order, lists of conversations, marking as read. Never touches the network.
import type { Contact, Conversation, Message, Warning } from '../api.ts';
import { hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { orderOf } from '../store/keys.ts';
import { allContacts, contactByRoot, findContact } from './contacts.ts';
import { allConversations, homeOf, loadConversation } from './conversations.ts';
import { draftMessage, draftsFor, type NumberedDraft } from './drafts.ts';
import type { Locator } from './outbox.ts';
import type { Reading } from './parts.ts';
import { comparePlaces, parsePlaceCursor, placeCursor, placeOf, queuedPlace, rowsBefore, rowsFrom } from './places.ts';
import { bytesOf, type ConversationRecord, decodeRecord, keys, type Place, type RowRecord, readRecord } from './records.ts';
import type { EarlyStamps } from './submit.ts';
import { contactView, messageView, warningView } from './views.ts';
import { warnings } from './warnings.ts';

/** A page of history, oldest first, and the cursor of the page before it (null at the beginning). */
export interface Page {
  readonly messages: Message[];
  readonly before: string | null;
}

/** The page of at most `limit` messages that ends before the cursor, or at the newest. @throws NOT_FOUND, AMBIGUOUS, BAD_INPUT */
export async function history(parts: Reading, early: EarlyStamps, who: string, limit: number, before: string | null): Promise<Page> {
  const contact = await findContact(parts.store, who);
  if (contact.conversation === null) {
    const drafts = before === null ? await draftsFor(parts.store, contact.root) : [];
    return { messages: drafts.slice(-limit).map((draft) => draftMessage(draft)), before: null };
  }
  const conversation = await loadConversation(parts.store, contact.conversation);
  return page(parts, early, conversation, limit, before === null ? null : parsePlaceCursor(before));
}

async function page(
  parts: Reading,
  early: EarlyStamps,
  conversation: ConversationRecord,
  limit: number,
  before: Place | null,
): Promise<Page> {
  const messages: Message[] = [];
  let oldest: Place | null = null;
  for await (const { key, value } of parts.store.range(rowsBefore(conversation.id, before))) {
    const row = decodeRecord<RowRecord>(value);
    if (row.kind === 'control') continue;
    if (messages.length === limit) return { messages: messages.reverse(), before: oldest === null ? null : placeCursor(oldest) };
    oldest = placeOf(orderOf(key));
    messages.push(messageView(conversation, oldest, row, early.get(row.id) ?? null));
  }
  return { messages: messages.reverse(), before: null };
}

/** A page of history read forward, oldest first, and the cursor of the page after it (null at the newest). */
export interface NextPage {
  readonly messages: Message[];
  readonly after: string | null;
}

/** What a conversation begins at. */
const BEGINNING: Place = { zone: 0, a: 0, b: 0 };

/**
 * The page of at most `limit` messages that begins after the cursor, or at the oldest. A cursor stands between two messages, so that
 * `history` and this share them: the one ends where the other begins. @throws NOT_FOUND, AMBIGUOUS, BAD_INPUT
 */
export async function historyAfter(
  parts: Reading,
  early: EarlyStamps,
  who: string,
  limit: number,
  after: string | null,
): Promise<NextPage> {
  const from = after === null ? BEGINNING : parsePlaceCursor(after);
  const contact = await findContact(parts.store, who);
  if (contact.conversation === null) return nextDrafts(await draftsFor(parts.store, contact.root), limit, from);
  const conversation = await loadConversation(parts.store, contact.conversation);
  const messages: Message[] = [];
  for await (const { key, value } of parts.store.range(rowsFrom(conversation.id, from))) {
    const row = decodeRecord<RowRecord>(value);
    if (row.kind === 'control') continue;
    const place = placeOf(orderOf(key));
    if (messages.length === limit) return { messages, after: placeCursor(place) };
    messages.push(messageView(conversation, place, row, early.get(row.id) ?? null));
  }
  return { messages, after: null };
}

function nextDrafts(drafts: readonly NumberedDraft[], limit: number, from: Place): NextPage {
  const rest = drafts.filter(({ n }) => comparePlaces(queuedPlace(n), from) >= 0);
  const next = rest[limit];
  return { messages: rest.slice(0, limit).map(draftMessage), after: next === undefined ? null : placeCursor(queuedPlace(next.n)) };
}

/** One message by its id, or null. */
export async function messageById(parts: Reading, early: EarlyStamps, id: string): Promise<Message | null> {
  const locator = await readRecord<Locator>(parts.store, keys.message(id));
  if (locator?.conversation == null || locator.place === null) return null;
  const row = await readRecord<RowRecord>(parts.store, keys.row(locator.conversation, locator.place));
  if (row === null) return null;
  return messageView(await loadConversation(parts.store, locator.conversation), locator.place, row, early.get(id) ?? null);
}

/** Conversations looked up at a time: who opens one meanwhile does not wait behind thousands. */
const TOGETHER = 32;

/** The conversations, the one with the newest message first: `limit` of them from number `from` on. */
export async function conversationList(parts: Reading, early: EarlyStamps, from: number, limit: number): Promise<Conversation[]> {
  const all = await allConversations(parts.store);
  const known = (await warnings(parts.store)).map(warningView);
  const wanted = all.sort((a, b) => b.lastAt - a.lastAt).slice(from, from + limit);
  const views: Conversation[] = [];
  for (let at = 0; at < wanted.length; at += TOGETHER)
    views.push(...(await Promise.all(wanted.slice(at, at + TOGETHER).map((record) => conversationView(parts, early, record, known)))));
  return views;
}

/** The conversation with a contact. @throws NOT_FOUND while there is none, AMBIGUOUS */
export async function conversationWith(parts: Reading, early: EarlyStamps, who: string): Promise<Conversation> {
  const { conversation } = await findContact(parts.store, who);
  if (conversation === null) throw new SottoError('NOT_FOUND', 'There is no conversation with this contact yet.');
  const known = (await warnings(parts.store)).map(warningView);
  return conversationView(parts, early, await loadConversation(parts.store, conversation), known);
}

async function conversationView(
  parts: Reading,
  early: EarlyStamps,
  record: ConversationRecord,
  known: readonly Warning[],
): Promise<Conversation> {
  const contact = await contactByRoot(parts.store, record.contact);
  if (contact === null) throw new SottoError('INTERNAL', 'A contact is missing.');
  const home = homeOf(record);
  const last = (await page(parts, early, record, 1, null)).messages[0] ?? null;
  const id = hex(bytesOf(record.id));
  return {
    id,
    with: contactView(contact, parts.direct),
    unread: record.unread,
    last,
    epoch: home?.number ?? 0,
    relay: home?.relay ?? null,
    warnings: known.filter((warning) => warning.conversation === id),
  };
}

/** Who asks to be our contact, and since when. */
export async function requestList({ store, direct }: Reading): Promise<{ contact: Contact; at: number }[]> {
  const asking = (await allContacts(store)).filter((record) => record.state === 'asking' && !record.blocked);
  return asking.map((record) => ({ contact: contactView(record, direct), at: record.at }));
}
