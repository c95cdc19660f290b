// One event as one line for a person.
import type { Conversation, Message, PeerApi } from '../api.ts';
import { clockTime, moment } from './layout.ts';
import { safeLine } from './safe-text.ts';
import { bodyOf, nameOf, presenceWords, relayWords, type ShownEvent, shortId, standing, stateWords, warningLine } from './shape.ts';

/** Characters of a message that a line about its state repeats. */
const GLIMPSE = 40;

/** Who stands behind a conversation id; asks the engine only for one it has not seen, or after a contact changed. */
export class People {
  readonly #api: PeerApi;
  #conversations = new Map<string, Conversation>();

  constructor(api: PeerApi) {
    this.#api = api;
  }

  /** The name to show beside an event; empty where none belongs. */
  async of(event: ShownEvent): Promise<string> {
    if (event.event === 'contact') this.#conversations.clear();
    const id = 'message' in event ? event.message.conversation : 'conversation' in event ? event.conversation : null;
    if (id === null) return '';
    if (!this.#conversations.has(id)) await this.#load().catch(() => undefined); // a line without a name is better than none
    const found = this.#conversations.get(id);
    return found === undefined ? id.slice(0, 8) : nameOf(found.with);
  }

  async #load(): Promise<void> {
    const conversations = await this.#api.conversations({});
    this.#conversations = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  }
}

/** The line, safe to show, without its end. @param name of the other side, for a message */
export function eventLine(event: ShownEvent, name: string): string {
  if (event.event === 'message') return messageLine(event.message, name);
  if (event.event === 'state') return stateLine(event.message, name);
  if (event.event === 'relay') return `relay ${safeLine(event.relay.address)}: ${relayWords(event.relay)}`;
  if (event.event === 'warning') return `! ${warningLine(event.warning)}`;
  if (event.event === 'typing') return `${name} ${event.until === 0 ? 'stopped typing' : 'is typing'}`;
  if (event.event === 'presence') return `${name}: ${presenceWords(event.presence, moment)}`;
  const who = `${nameOf(event.contact)} (${shortId(event.contact.account)})`;
  if (event.event === 'request') return `${who} asks to talk to you: sotto accept ${shortId(event.contact.account)}`;
  return `${who}: ${standing(event.contact)}`;
}

function messageLine(message: Message, name: string): string {
  const who = message.direction === 'out' ? `you to ${name}` : name;
  return `${clockTime(message.sentAt)}${message.provisional ? '~' : ' '} ${who}: ${safeLine(bodyOf(message))}`;
}

function stateLine(message: Message, name: string): string {
  const glimpse = safeLine([...bodyOf(message)].slice(0, GLIMPSE).join(''));
  return `${clockTime(message.sentAt)}  you to ${name}, ${stateWords(message)}: ${glimpse}`;
}
