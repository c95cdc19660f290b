// What the system may show of what comes in: as much as a person asked for, and one line. Hostile text is made harmless here already.
import type { Contact, PeerEvent } from '../api.ts';
import type { Clock } from '../base/clock.ts';
import type { Notice, Preferences } from '../window-api.ts';

/** What notices need. */
export interface NoticesNeed {
  readonly clock: Clock;
  level(): Preferences['notifications'];
  /** While the windows are locked nothing is said but that something came. */
  isLocked(): boolean;
  contacts(): Promise<readonly Contact[]>;
  tell(notice: Notice): void;
}

/** Quiet after a notice about one contact, ms: 500 messages that waited are two notices, not 500. */
const REST_MS = 3_000;
/** Longest name and longest text shown, characters. */
const MOST_NAME = 64;
const MOST_TEXT = 140;
/** UTF-16 units looked at for each character shown: a letter with its marks, an emoji of several parts. */
const UNITS_LOOKED_AT = 16;
/** Marks that may stand on one letter; more only hide the lines around it. */
const MARKS = /(\p{M}{3})\p{M}+/gu;
/** Controls and turners of direction; the joiners of emoji and scripts stay. */
const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Makes notices of events. */
export class Notices {
  readonly #need: NoticesNeed;
  readonly #waiting = new Map<string, { latest: string | null; count: number }>();
  #people: Promise<ReadonlyMap<string, Contact>> | null = null;

  constructor(need: NoticesNeed) {
    this.#need = need;
  }

  /** Every event of the peer. */
  take(event: PeerEvent): void {
    if (event.event === 'contact' || event.event === 'request') this.#people = null;
    if (this.#need.level() === 'none') return;
    if (event.event === 'request') void this.#tell('request', event.contact.account, null, 1);
    if (event.event !== 'message') return;
    const { direction, from, state, text } = event.message;
    if (direction === 'in' && from !== null && state !== 'read') this.#message(from, text);
  }

  /** Forgets who is who, and what waits: the home is closed. */
  forget(): void {
    this.#people = null;
    this.#waiting.clear();
  }

  #message(account: string, text: string | null): void {
    const waiting = this.#waiting.get(account);
    if (waiting !== undefined) {
      waiting.latest = text;
      waiting.count += 1;
      return;
    }
    this.#rest(account);
    void this.#tell('message', account, text, 1);
  }

  #rest(account: string): void {
    const waiting = { latest: null, count: 0 };
    this.#waiting.set(account, waiting);
    this.#need.clock.after(REST_MS, () => {
      if (this.#waiting.get(account) !== waiting) return;
      this.#waiting.delete(account);
      if (waiting.count === 0) return;
      this.#rest(account);
      void this.#tell('message', account, waiting.latest, waiting.count);
    });
  }

  async #tell(kind: Notice['kind'], account: string, text: string | null, count: number): Promise<void> {
    const person = await this.#person(account);
    // Asked only now: it may have been locked meanwhile.
    const level = this.#need.isLocked() ? 'event' : this.#need.level();
    if (this.#need.level() === 'none') return;
    const name = level === 'event' ? null : (person?.petname ?? person?.claimedName ?? null);
    const shown = level === 'text' ? text : null;
    this.#need.tell({
      kind,
      account,
      name: name === null ? null : oneLine(name, MOST_NAME),
      text: shown === null ? null : oneLine(shown, MOST_TEXT),
      count,
    });
  }

  async #person(account: string): Promise<Contact | null> {
    this.#people ??= this.#need.contacts().then((all) => new Map(all.map((contact) => [contact.account, contact])));
    const asked = this.#people;
    try {
      return (await asked).get(account) ?? null;
    } catch {
      if (this.#people === asked) this.#people = null;
      return null; // a notice without a name is better than none
    }
  }
}

/** One line of at most `most` characters, without controls, turners of direction and towers of marks. */
export function oneLine(text: string, most: number): string {
  // Cut first: a pattern over a text of 64 KiB of marks costs for nothing.
  const begin = text.slice(0, most * UNITS_LOOKED_AT);
  const line = [...begin.replace(HIDDEN, ' ').replace(MARKS, '$1').replace(/\s+/gu, ' ').trim()];
  return line.length > most || begin.length < text.length ? `${line.slice(0, most).join('')}…` : line.join('');
}
