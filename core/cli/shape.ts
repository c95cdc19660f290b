// What the commands print of the contract's objects: JSON shapes and short human words. Never keys, and never raw foreign text.
import type { CallOutput, Contact, Conversation, Message, PeerEvent, RelayStatus, Warning } from '../api.ts';
import { moment } from './layout.ts';
import { safeLine, safeName } from './safe-text.ts';

/** Hex digits of an account that a table shows: enough to type as WHO. */
const SHORT = 12;

/** The JSON of a message: exactly these fields, in this order, for every command. */
export function messageJson(message: Message) {
  const { id, conversation, direction, from, text, sentAt, epoch, seq, state, reason } = message;
  return { id, conversation, direction, from, text, sentAt, epoch, seq, state, reason };
}

/** The JSON of a conversation. */
export function conversationJson(conversation: Conversation) {
  return { ...conversation, last: conversation.last === null ? null : messageJson(conversation.last) };
}

/** What `sotto listen` shows: news from others and of our own messages, not what a window does with them. */
export type ShownEvent = Exclude<PeerEvent, { readonly event: (typeof UNSHOWN)[number] }>;

const UNSHOWN = ['unread', 'typed', 'privacy', 'blob'] as const;
const unshown: ReadonlySet<string> = new Set(UNSHOWN);

/** True for an event that is shown. */
export function isShown(event: PeerEvent): event is ShownEvent {
  return !unshown.has(event.event);
}

/** The JSON of an event. */
export function eventJson(event: ShownEvent) {
  return 'message' in event ? { event: event.event, message: messageJson(event.message) } : event;
}

/** The beginning of an account id. */
export function shortId(account: string): string {
  return account.slice(0, SHORT);
}

/** The name we gave, or `~name` for one that is only claimed. */
export function nameOf(contact: Contact): string {
  if (contact.petname !== null) return safeName(contact.petname);
  if (contact.claimedName !== null) return `~${safeName(contact.claimedName)}`;
  return shortId(contact.account);
}

/** How things stand with a contact, in words. */
export function standing(contact: Contact): string {
  const states = { requested: 'waits for their answer', asking: 'asks you', accepted: 'accepted', rejected: 'turned down' };
  return [
    states[contact.state],
    ...(contact.verified ? ['verified'] : []),
    ...(contact.blocked ? ['blocked'] : []),
    ...(contact.direct ? ['connected directly'] : []),
  ].join(', ');
}

/** True for an event that is only good for a moment. */
export function isMomentary(event: ShownEvent): boolean {
  return event.event === 'typing' || event.event === 'presence';
}

/** Whether somebody is here. @param moment writes a time */
export function presenceWords({ state, lastSeen }: CallOutput<'presence'>, moment: (time: number) => string): string {
  if (state === 'hidden') return 'not shown: you hide (sotto privacy)';
  return state === 'away' && lastSeen !== null ? `away, last seen about ${moment(lastSeen)}` : state;
}

/** How things stand with a relay. */
export function relayWords(relay: RelayStatus): string {
  return relay.reason === null ? relay.state : `${relay.state}: ${safeLine(relay.reason)}`;
}

/** A warning on one line. */
export function warningLine(warning: Warning): string {
  return `${moment(warning.at)}  ${warning.kind}: ${safeLine(warning.text)}`;
}

/** What stands where a message's text would, on one or more lines still to be made safe. */
export function bodyOf(message: Message): string {
  return message.text ?? `[could not be opened: ${message.reason ?? 'no reason known'}]`;
}

/** The state of our own message in words, with the reason where there is one. */
export function stateWords(message: Message): string {
  const reason = message.reason === null || message.text === null ? '' : `: ${safeLine(message.reason)}`;
  return message.state === 'expired' ? `expired, not delivered${reason}` : `${message.state}${reason}`;
}
