// What the list of conversations shows, and how an event changes it. Pure: a state goes in, a state comes out, and what only the engine
// can say is asked for by name. No step looks at every conversation.
import type { Contact, Conversation, Message } from '../../../core/api.ts';
import { LayeredMap } from './layered-map.ts';

/** A line of the list. */
export interface ConversationRow extends Omit<Conversation, 'id'> {
  /** Null while we asked and nobody has answered: there is no conversation yet, only what we wrote. */
  readonly id: string | null;
}

/** The list of conversations. Rows keep their identity until they change. */
export interface ConversationsState {
  /** False until the engine has answered the first time. */
  readonly loaded: boolean;
  readonly byAccount: LayeredMap<string, ConversationRow>;
  /** Accounts, the one with the newest message first. */
  readonly order: readonly string[];
  /** Unread messages of everybody who is not blocked. */
  readonly unread: number;
}

/** Nothing asked yet. */
export const NO_CONVERSATIONS: ConversationsState = { loaded: false, byAccount: new LayeredMap(), order: [], unread: 0 };

/** What only the engine can say after an event: which message of this account is the last now. */
export interface Outcome {
  readonly state: ConversationsState;
  readonly askLast: boolean;
}

/** The list as the engine tells it; contacts whom we asked and who have not answered stand at the end, unless something was written to them. */
export function stateOf(
  conversations: readonly Conversation[],
  contacts: readonly Contact[],
  known: ConversationsState,
): ConversationsState {
  const there = new Set(conversations.map((row) => row.with.account));
  const asked = contacts.filter((contact) => contact.state === 'requested' && !there.has(contact.account));
  const rows: ConversationRow[] = [...conversations, ...asked.map((contact) => askedRow(contact))];
  const state: ConversationsState = {
    loaded: true,
    byAccount: new LayeredMap(rows.map((row) => [row.with.account, row])),
    order: rows.map((row) => row.with.account),
    unread: rows.reduce((sum, row) => sum + counted(row), 0),
  };
  return asked.reduce((whole, { account }) => {
    const row = known.byAccount.get(account);
    return row?.id === null && row.last !== null ? withWritten(whole, account, row.last) : whole;
  }, state);
}

function askedRow(contact: Contact): ConversationRow {
  return { id: null, with: contact, unread: 0, last: null, epoch: 0, relay: null, warnings: [] };
}

/** The list with one row changed; `first` when it moves to the top. */
export function withRow(state: ConversationsState, row: ConversationRow, first = false): ConversationsState {
  const { account } = row.with;
  const before = state.byAccount.get(account);
  const isNew = before === undefined;
  const order =
    isNew || (first && state.order[0] !== account) ? [account, ...state.order.filter((other) => other !== account)] : state.order;
  const unread = state.unread - (before === undefined ? 0 : counted(before)) + counted(row);
  return { ...state, byAccount: state.byAccount.with(account, row), order, unread };
}

/** After we wrote to somebody who has not answered: among the others by its time. */
export function withWritten(state: ConversationsState, account: string, message: Message): ConversationsState {
  const row = state.byAccount.get(account);
  if (row === undefined || row.id !== null) return state;
  const others = state.order.filter((other) => other !== account);
  const at = others.findIndex((other) => (state.byAccount.get(other)?.last?.sentAt ?? 0) <= message.sentAt);
  const order = others.toSpliced(at === -1 ? others.length : at, 0, account);
  return { ...withRow(state, { ...row, last: message }), order };
}

/** After the event `message`. */
export function withMessage(state: ConversationsState, account: string, message: Message): Outcome {
  const row = state.byAccount.get(account);
  if (row === undefined) return { state, askLast: false };
  if (row.last?.id === message.id) return withMessageState(state, account, message);
  const order = row.last === null ? 1 : compareMessages(message, row.last);
  const isUnread = message.direction === 'in' && message.state !== 'read';
  const next = { ...row, unread: row.unread + (isUnread ? 1 : 0), last: order === 'unknown' || order > 0 ? message : row.last };
  return { state: withRow(state, next, true), askLast: order === 'unknown' };
}

/** After the event `state`. */
export function withMessageState(state: ConversationsState, account: string, message: Message): Outcome {
  const row = state.byAccount.get(account);
  if (row === undefined || row.last === null) return { state, askLast: row !== undefined };
  if (row.last.id === message.id) return { state: withRow(state, { ...row, last: message }), askLast: !isAtSamePlace(message, row.last) };
  const order = compareMessages(message, row.last);
  return { state, askLast: order === 'unknown' || order > 0 };
}

function isAtSamePlace(a: Message, b: Message): boolean {
  return a.seq === b.seq && a.epoch === b.epoch && a.provisional === b.provisional;
}

/** Which stands later in the one order, as far as a message tells; what waits for its stamp has no place that the other could be compared with. */
export function compareMessages(a: Message, b: Message): number | 'unknown' {
  if (a.provisional || b.provisional) return 'unknown';
  if (a.seq === null && b.seq === null) return 1;
  if (a.seq === null || b.seq === null) return a.seq === null ? 1 : -1;
  return (a.epoch ?? 0) - (b.epoch ?? 0) || a.seq - b.seq;
}

function counted(row: ConversationRow): number {
  return row.with.blocked ? 0 : row.unread;
}
