// The list of conversations, kept true by events. What an event does not say (which message stands last when places change) is asked for that
// one row; what arrives while an answer is under way is asked for again after it.

import type { Contact, Conversation, Message, Warning } from '../../../core/api.ts';
import { isSottoError } from '../../../core/base/errors.ts';
import type { WindowApi } from '../../../core/window-api.ts';
import {
  type ConversationsState,
  NO_CONVERSATIONS,
  stateOf,
  withMessage,
  withMessageState,
  withRow,
  withWritten,
} from './conversations-state.ts';
import { type NextFrame, Pace } from './pace.ts';
import { Cell, type Readable } from './readable.ts';
import { Repeat } from './repeat.ts';

type Api = Pick<WindowApi, 'conversations' | 'conversation' | 'contacts' | 'history'>;

/** Conversation id of what was written before there is a conversation. */
const NONE_YET = '0'.repeat(32);
/** Conversations in the first part that is asked for, more than a screen holds, and in the others. */
const FIRST_PART = 40;
const PART = 500;

/** What changed while everything was being asked. */
interface Touched {
  /** By messages, the last one at the end: these stand at the top afterwards. */
  readonly said: Set<string>;
  /** In any way: these are asked for again. */
  readonly rows: Set<string>;
}

/** See above. */
export class ConversationsStore {
  readonly #api: Api;
  readonly #shown = new Cell<ConversationsState>(NO_CONVERSATIONS);
  readonly #pace: Pace;
  readonly #everything: Repeat;
  readonly #rows = new Map<string, Repeat>();
  readonly #accountOf = new Map<string, string>();
  #state = NO_CONVERSATIONS;
  #touched: Touched | null = null;
  /** Counts up when everything is forgotten: answers to older questions are not taken. */
  #life = 0;

  constructor(api: Api, nextFrame: NextFrame) {
    this.#api = api;
    this.#pace = new Pace(() => this.#shown.set(this.#state), nextFrame);
    this.#everything = new Repeat(() => this.#askEverything());
  }

  /** What to show. */
  get shown(): Readable<ConversationsState> {
    return this.#shown;
  }

  /** Asks for the whole list again; resolves when it stands. */
  ask(): Promise<void> {
    return this.#everything.run();
  }

  /** Forgets everything, at once. */
  clear(): void {
    this.#life += 1;
    this.#accountOf.clear();
    this.#rows.clear();
    this.#state = NO_CONVERSATIONS;
    this.#shown.set(NO_CONVERSATIONS);
  }

  /** A message came, or was written here. */
  onMessage(message: Message): void {
    const account = this.#onNews(message, withMessage);
    this.#touched?.said.delete(account ?? '');
    if (account !== null) this.#touched?.said.add(account);
  }

  /** We wrote to somebody; while there is no conversation no event tells of it. */
  onWritten(account: string, message: Message): void {
    if (message.conversation === NONE_YET) this.#set(withWritten(this.#state, account, message));
  }

  /** A message has another state or place. */
  onState(message: Message): void {
    this.#onNews(message, withMessageState);
  }

  /** Somebody read in a conversation, here or elsewhere. */
  onUnread(conversation: string, unread: number): void {
    const account = this.#accountOf.get(conversation);
    const row = this.#state.byAccount.get(account ?? '');
    if (account === undefined || row === undefined) return;
    this.#set(withRow(this.#state, { ...row, unread }));
    this.#again(account);
  }

  /** A contact changed. */
  onContact(contact: Contact): void {
    const { account, state } = contact;
    const row = this.#state.byAccount.get(account);
    if (row !== undefined) this.#set(withRow(this.#state, { ...row, with: contact }));
    this.#again(account);
    if (row?.id != null) return;
    // A conversation that begins stands at the top; while everything is asked, whether it begins or was only not told yet is seen by asking again.
    if (state === 'accepted' && this.#touched === null) void this.askRow(account);
    else if (state === 'accepted' || (row === undefined && state === 'requested')) void this.ask();
  }

  /** All warnings, as they stand now. */
  onWarnings(warnings: readonly Warning[]): void {
    const byId = Map.groupBy(warnings, ({ conversation }) => conversation);
    for (const [, row] of this.#state.byAccount) {
      const own = byId.get(row.id) ?? [];
      if (row.id !== null && (own.length > 0 || row.warnings.length > 0)) this.#set(withRow(this.#state, { ...row, warnings: own }));
    }
  }

  /** Asks again for one row. */
  askRow(account: string): Promise<void> {
    let row = this.#rows.get(account);
    if (row === undefined) {
      row = new Repeat(() => this.#askRow(account));
      this.#rows.set(account, row);
    }
    return row.run();
  }

  /** The account whose conversation it is; null: not known yet, and asked for. */
  #onNews(message: Message, change: typeof withMessage): string | null {
    if (message.conversation === NONE_YET) return null;
    const account = this.#accountOf.get(message.conversation) ?? (message.direction === 'in' ? message.from : null);
    if (account === null) {
      void this.ask();
      return null;
    }
    const { state, askLast } = change(this.#state, account, message);
    this.#set(state);
    this.#again(account);
    if (askLast || !this.#accountOf.has(message.conversation)) void this.askRow(account);
    return account;
  }

  /** An answer that is under way may be older than what was just told. */
  #again(account: string): void {
    this.#touched?.rows.add(account);
    if (this.#rows.get(account)?.busy === true) void this.askRow(account);
  }

  #set(state: ConversationsState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#pace.news();
  }

  async #askEverything(): Promise<void> {
    const life = this.#life;
    const touched: Touched = { said: new Set(), rows: new Set() };
    this.#touched = touched;
    const contacts = await this.#api.contacts({});
    const all = new Map<string, Conversation>();
    for (let size = FIRST_PART, from = 0; ; from += size, size = PART) {
      const part = await this.#api.conversations({ from, limit: size });
      if (life !== this.#life) return;
      for (const row of part) {
        all.set(row.id, row);
        this.#accountOf.set(row.id, row.with.account);
      }
      if (part.length < size) break;
      if (!this.#state.loaded) this.#set(stateOf([...all.values()], [], this.#state));
    }
    this.#touched = null;
    const known = this.#state;
    let state = stateOf([...all.values()], contacts, known);
    for (const account of touched.said) {
      const row = state.byAccount.get(account) ?? known.byAccount.get(account);
      if (row !== undefined) state = withRow(state, row, true);
    }
    this.#set(state);
    for (const account of touched.rows) void this.askRow(account);
    for (const [, row] of state.byAccount) if (row.id === null && row.last === null) await this.#askWritten(row.with.account);
  }

  /** What was written before there is a conversation stands in none. */
  async #askWritten(account: string): Promise<void> {
    const life = this.#life;
    const { messages } = await this.#api.history({ who: account, limit: 1, before: null });
    for (const message of messages) if (life === this.#life) this.onWritten(account, message);
  }

  async #askRow(account: string): Promise<void> {
    const life = this.#life;
    try {
      const row = await this.#api.conversation({ who: account });
      if (life !== this.#life) return;
      this.#accountOf.set(row.id, account);
      this.#set(withRow(this.#state, row, this.#state.byAccount.get(account)?.id == null));
    } catch (error) {
      if (!isSottoError(error, 'NOT_FOUND')) throw error;
    }
  }
}
