// One conversation of the double: its messages in order, made when they are asked for where there are a hundred thousand of them.
import type { Contact, Message } from '../../../core/api.ts';
import { ALICE, conversationId, digits, HOUR, messageOf, type Person } from './people.ts';

/** Messages before those that are written down. */
export interface Made {
  readonly length: number;
  at(place: number): Message;
}

const WORDS =
  'the quiet lamp keeps a small light while rain walks over the roof and nobody says a word until morning comes around again'.split(' ');

/** A long history of short and long texts. */
export function longHistory(contact: Contact, length: number): Made {
  return {
    length,
    at(place) {
      const out = (place * 7) % 5 < 2;
      const count = 2 + ((place * 13) % 23);
      const text = Array.from({ length: count }, (_, i) => WORDS[(place * 3 + i * 5) % WORDS.length]).join(' ');
      const sentAt = Date.now() - (length - place) * 11 * 60_000;
      return {
        id: digits(`${contact.account}/long/${place}`, 16),
        conversation: conversationId(contact),
        direction: out ? 'out' : 'in',
        from: out ? ALICE : contact.account,
        text: `${text} (${place})`,
        sentAt,
        storedAt: sentAt + 500,
        epoch: 1,
        seq: place,
        state: 'read',
        reason: null,
        provisional: false,
      };
    },
  };
}

/** See above. */
export class Talk {
  readonly person: Person;
  contact: Contact;
  unread: number;
  lastAt: number;
  readonly #made: Made | null;
  #said: Message[];

  constructor(person: Person, made: Made | null = null) {
    this.person = person;
    this.contact = person.contact;
    this.unread = person.unread;
    this.#made = made;
    const from = made?.length ?? 0;
    this.#said = person.lines.map((line, at) => messageOf(person, line, from + at));
    this.lastAt = Date.now() - (person.lines.at(-1)?.ago ?? 30 * 24 * HOUR);
  }

  get id(): string {
    return conversationId(this.contact);
  }

  get length(): number {
    return (this.#made?.length ?? 0) + this.#said.length;
  }

  get last(): Message | null {
    return this.length === 0 ? null : this.at(this.length - 1);
  }

  at(place: number): Message {
    const from = this.#made?.length ?? 0;
    const message = place < from ? this.#made?.at(place) : this.#said[place - from];
    if (message === undefined) throw new Error('no message there');
    return message;
  }

  slice(from: number, to: number): Message[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => this.at(from + i));
  }

  add(message: Message): void {
    this.#said.push(message);
    this.lastAt = Date.now();
    if (message.direction === 'in') this.unread += 1;
  }

  change(id: string, change: Partial<Message>): Message | null {
    const at = this.#said.findIndex((message) => message.id === id);
    const before = this.#said[at];
    if (before === undefined) return null;
    const next = { ...before, ...change };
    this.#said = this.#said.with(at, next);
    return next;
  }

  has(id: string): boolean {
    return this.#said.some((message) => message.id === id);
  }

  /** Place of the oldest unread message; null: everything is read. */
  get firstUnread(): number | null {
    if (this.unread === 0) return null;
    let left = this.unread;
    for (let place = this.length - 1; place >= 0; place -= 1) {
      if (this.at(place).direction === 'in') left -= 1;
      if (left === 0) return place;
    }
    return 0;
  }

  readUpTo(id: string | null): void {
    if (id === null) this.unread = 0;
    else {
      const place = this.#said.findIndex((message) => message.id === id);
      const rest = this.#said.slice(place + 1).filter(({ direction }) => direction === 'in').length;
      this.unread = Math.min(this.unread, rest);
    }
  }
}
