// An engine for the page's stores, small enough to be seen through: conversations in one order, events and answers on one wire that delivers
// them one by one in the order in which they were put there.
import type { Contact, Conversation, Message } from '../../core/api.ts';
import { SottoError } from '../../core/base/errors.ts';
import type { WindowApi, WindowEvent } from '../../core/window-api.ts';

/** Where a message stands: behind everything settled, what waits for its stamp; behind that, what waits to be sent. */
interface Row {
  message: Message;
  zone: 0 | 1 | 2;
  place: number;
}

interface Talk {
  readonly id: string;
  contact: Contact;
  readonly rows: Row[];
  unread: number;
  lastAt: number;
}

const hex = (number: number, bytes: number) => number.toString(16).padStart(bytes * 2, '0');

/** The account of a person by number. */
export function accountOf(person: number): string {
  return hex(person + 0xa0, 32);
}

/** See above. */
export class PageEngine {
  readonly #talks: Talk[] = [];
  readonly #contacts = new Map<string, Contact>();
  readonly #written = new Map<string, Message[]>();
  readonly #asked: (() => void)[] = [];
  readonly #wire: (() => void)[] = [];
  readonly #hear: (event: WindowEvent) => void;
  #clock = 1;

  /** @param hear takes the events when the wire delivers them */
  constructor(hear: (event: WindowEvent) => void) {
    this.#hear = hear;
  }

  /** The calls of the list: each is answered by `work` and arrives by `deliver`. */
  readonly api: Pick<WindowApi, 'conversations' | 'conversation' | 'contacts' | 'history'> = {
    conversations: ({ from = 0, limit = 1_000_000 }) => this.#ask(() => this.list().slice(from, from + limit)),
    conversation: ({ who }) => this.#ask(() => this.#one(who)),
    contacts: () => this.#ask(() => [...this.#contacts.values()]),
    history: ({ who }) => this.#ask(() => ({ messages: this.#written.get(who)?.slice(-1) ?? [], before: null })),
  };

  /** What a fresh look at everything says. */
  list(): Conversation[] {
    return this.#talks.toSorted((a, b) => b.lastAt - a.lastAt).map(view);
  }

  /** Everybody. */
  people(): Contact[] {
    return [...this.#contacts.values()];
  }

  /** Answers the oldest question; the answer goes on the wire. */
  work(): void {
    this.#asked.shift()?.();
  }

  /** Lets the oldest event or answer arrive. */
  deliver(): void {
    this.#wire.shift()?.();
  }

  /** Everything asked is answered and everything said has arrived, until nothing more is asked. */
  async settle(): Promise<void> {
    while (this.#asked.length + this.#wire.length > 0) {
      while (this.#asked.length > 0) this.work();
      while (this.#wire.length > 0) this.deliver();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
  }

  /** Asks somebody, who has not answered. */
  request(person: number): void {
    if (!this.#contacts.has(accountOf(person))) this.#change(person, { state: 'requested' });
  }

  /** We write to somebody who has not answered; only whoever sent it hears of it. */
  write(person: number): Message {
    const account = accountOf(person);
    const at = this.#tick();
    const fields = {
      text: `${at}`,
      sentAt: at,
      storedAt: null,
      epoch: null,
      seq: null,
      state: 'queued',
      reason: null,
      provisional: false,
    } as const;
    const message: Message = { id: hex(at, 16), conversation: '0'.repeat(32), direction: 'out', from: hex(1, 32), ...fields };
    this.#written.set(account, [...(this.#written.get(account) ?? []), message]);
    return message;
  }

  /** A conversation with somebody begins. */
  accept(person: number): void {
    if (this.#talk(person) !== undefined) return;
    const contact = this.#contact(person, { state: 'accepted' });
    this.#talks.push({ id: hex(person + 0xc0, 16), contact, rows: [], unread: 0, lastAt: this.#tick() });
    this.#tell({ event: 'contact', contact });
  }

  /** Another petname. */
  rename(person: number, petname: string): void {
    if (this.#contacts.has(accountOf(person))) this.#change(person, { petname });
  }

  /** They write: through the log, or directly and still to be stamped. */
  receive(person: number, isProvisional: boolean): void {
    this.#add(person, 'in', isProvisional ? 1 : 0);
  }

  /** We write. */
  send(person: number): void {
    this.#add(person, 'out', 2);
  }

  /** The oldest that waits gets its stamp. */
  stamp(person: number): void {
    const talk = this.#talk(person);
    const row = talk?.rows.find(({ zone, message }) => zone !== 0 && message.state !== 'failed');
    if (talk === undefined || row === undefined) return;
    row.zone = 0;
    row.place = this.#tick();
    const state = row.message.direction === 'out' ? 'stored' : row.message.state;
    row.message = { ...row.message, state, seq: row.place, epoch: 1, storedAt: 1, provisional: false };
    this.#tell({ event: 'state', message: row.message });
  }

  /** The oldest of ours that waits cannot be sent. */
  fail(person: number): void {
    const row = this.#talk(person)?.rows.find(({ zone, message }) => zone === 2 && message.state === 'queued');
    if (row === undefined) return;
    row.message = { ...row.message, state: 'failed', reason: 'full' };
    this.#tell({ event: 'state', message: row.message });
  }

  /** Somebody reads, all but `left`. */
  readUpTo(person: number, left: number): void {
    const talk = this.#talk(person);
    if (talk === undefined || talk.unread <= left) return;
    talk.unread = left;
    this.#tell({ event: 'unread', conversation: talk.id, unread: left });
  }

  #add(person: number, direction: 'in' | 'out', zone: Row['zone']): void {
    const talk = this.#talk(person);
    if (talk === undefined) return;
    const place = this.#tick();
    const seq = zone === 0 ? place : null;
    const base = { id: hex(place, 16), conversation: talk.id, direction, text: `${place}`, sentAt: place, storedAt: null, reason: null };
    const from = direction === 'in' ? talk.contact.account : hex(1, 32);
    const state = direction === 'in' ? 'delivered' : 'queued';
    const message: Message = { ...base, from, epoch: zone === 0 ? 1 : null, seq, state, provisional: zone === 1 };
    talk.rows.push({ message, zone, place });
    talk.lastAt = place;
    if (direction === 'in') talk.unread += 1;
    this.#tell({ event: 'message', message });
  }

  #one(who: string): Conversation {
    const talk = this.#talks.find(({ contact }) => contact.account === who);
    if (talk === undefined) throw new SottoError('NOT_FOUND');
    return view(talk);
  }

  #talk(person: number): Talk | undefined {
    return this.#talks.find(({ contact }) => contact.account === accountOf(person));
  }

  #change(person: number, change: Partial<Contact>): void {
    this.#tell({ event: 'contact', contact: this.#contact(person, change) });
  }

  #contact(person: number, change: Partial<Contact>): Contact {
    const account = accountOf(person);
    const fresh = { account, petname: null, claimedName: null, state: 'accepted', verified: false, blocked: false, direct: false } as const;
    const contact: Contact = { ...fresh, ...this.#contacts.get(account), ...change };
    this.#contacts.set(account, contact);
    const talk = this.#talk(person);
    if (talk !== undefined) talk.contact = contact;
    return contact;
  }

  #tell(event: WindowEvent): void {
    this.#wire.push(() => this.#hear(event));
  }

  #ask<T>(answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#asked.push(() => {
        try {
          const now = structuredClone(answer());
          this.#wire.push(() => resolve(now));
        } catch (error) {
          this.#wire.push(() => reject(error));
        }
      });
    });
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}

function view({ id, contact, rows, unread }: Talk): Conversation {
  const last = rows.toSorted((a, b) => a.zone - b.zone || a.place - b.place).at(-1)?.message ?? null;
  return { id, with: contact, unread, last, epoch: 1, relay: null, warnings: [] };
}
