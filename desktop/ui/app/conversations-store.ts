// The list of conversations, kept true by events. What an event does not say (what stands last when places change, what is unread after
// reading a part) is asked for that one row; what arrives while an answer is under way is asked for again after it.
import type { Contact, Message, Warning } from '../../../core/api.ts';
import type { WindowApi } from '../../../core/window-api.ts';
import {
  type ConversationRow,
  type ConversationsState,
  NO_CONVERSATIONS,
  stateOf,
  withMessage,
  withMessageState,
  withRow,
} from './conversations-state.ts';
import { type NextFrame, Pace } from './pace.ts';
import { Cell, type Readable } from './readable.ts';
import { Repeat } from './repeat.ts';

type Api = Pick<WindowApi, 'conversations' | 'contacts' | 'history' | 'historyAfter' | 'firstUnread'>;

/** Conversation id of what was written before there is a conversation. */
const NONE_YET = '0'.repeat(32);
/** Unread messages counted one by one for one row; beyond them everything is asked. */
const MOST_COUNTED = 1_000;

/** See above. */
export class ConversationsStore {
  readonly #api: Api;
  readonly #shown = new Cell<ConversationsState>(NO_CONVERSATIONS);
  readonly #pace: Pace;
  readonly #everything: Repeat;
  readonly #rows = new Map<string, Repeat>();
  readonly #accountOf = new Map<string, string>();
  #state = NO_CONVERSATIONS;
  /** Changed by news while everything is being asked. */
  #touched: Set<string> | null = null;

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
    this.#accountOf.clear();
    this.#state = NO_CONVERSATIONS;
    this.#shown.set(NO_CONVERSATIONS);
  }

  /** The account a message belongs to; null while the list does not know its conversation. */
  accountOf(message: Message): string | null {
    return this.#accountOf.get(message.conversation) ?? null;
  }

  /** A message came, or was written here. */
  onMessage(message: Message): void {
    this.#onNews(message, withMessage);
  }

  /** A message has another state or place. */
  onState(message: Message): void {
    this.#onNews(message, withMessageState);
  }

  /** A contact changed. */
  onContact(contact: Contact): void {
    this.#touched?.add(contact.account);
    const row = this.#state.byAccount.get(contact.account);
    const needsRow = contact.state === 'accepted' && (row === undefined || row.id === null);
    if (row !== undefined) this.#set(withRow(this.#state, { ...row, with: contact }));
    if (needsRow || (row === undefined && contact.state === 'requested')) void this.ask();
  }

  /** All warnings, as they stand now. */
  onWarnings(warnings: readonly Warning[]): void {
    for (const row of this.#state.byAccount.values()) {
      const own = warnings.filter((warning) => warning.conversation === row.id);
      if (own.length > 0 || row.warnings.length > 0) this.#set(withRow(this.#state, { ...row, warnings: own }));
    }
  }

  /** Something was read here: shown at once, and asked for when only a part was read. */
  onRead(account: string, all: boolean): void {
    const row = this.#state.byAccount.get(account);
    if (row === undefined) return;
    this.#touched?.add(account);
    if (all) this.#set(withRow(this.#state, { ...row, unread: 0 }));
    if (!all || this.#rows.get(account)?.busy === true) void this.askRow(account);
  }

  /** Asks again what stands last and how much is unread. */
  askRow(account: string): Promise<void> {
    let row = this.#rows.get(account);
    if (row === undefined) {
      row = new Repeat(() => this.#askRow(account));
      this.#rows.set(account, row);
    }
    return row.run();
  }

  #onNews(message: Message, change: typeof withMessage): void {
    if (message.conversation === NONE_YET) return;
    const account = this.accountOf(message);
    if (account === null) return void this.ask();
    this.#touched?.add(account);
    const { state, askLast } = change(this.#state, account, message);
    this.#set(state);
    if (askLast || this.#rows.get(account)?.busy === true) void this.askRow(account);
  }

  #set(state: ConversationsState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#pace.news();
  }

  async #askEverything(): Promise<void> {
    const touched = new Set<string>();
    this.#touched = touched;
    const [conversations, contacts] = await Promise.all([this.#api.conversations({}), this.#api.contacts({})]);
    this.#touched = null;
    for (const row of conversations) this.#accountOf.set(row.id, row.with.account);
    this.#set(stateOf(conversations, contacts, this.#state));
    for (const account of touched) void this.askRow(account);
  }

  async #askRow(account: string): Promise<void> {
    const row = this.#state.byAccount.get(account);
    if (row === undefined || row.id === null) return;
    const [last, unread] = await Promise.all([this.#askLast(account), this.#askUnread(account)]);
    if (unread === null) return void this.ask();
    const now: ConversationRow | undefined = this.#state.byAccount.get(account);
    if (now !== undefined) this.#set(withRow(this.#state, { ...now, last, unread }));
  }

  async #askLast(who: string): Promise<Message | null> {
    return (await this.#api.history({ who, limit: 1, before: null })).messages[0] ?? null;
  }

  /** Null: too many to count. */
  async #askUnread(who: string): Promise<number | null> {
    const { cursor } = await this.#api.firstUnread({ who });
    if (cursor === null) return 0;
    const { messages, after } = await this.#api.historyAfter({ who, limit: MOST_COUNTED, after: cursor });
    return after === null ? messages.filter(({ direction, state }) => direction === 'in' && state !== 'read').length : null;
  }
}
