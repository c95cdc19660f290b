// A window of one conversation: a few pages of it in the one order, never the whole. Joins what the engine's pages say and what its events
// say; shows no message twice, and no hole that it does not know to be one.
import type { Message } from '../../../core/api.ts';
import { type NextFrame, Pace } from '../app/pace.ts';
import type { Readable } from '../app/readable.ts';
import { CursorMarks } from './cursor-marks.ts';
import { inOrder, zoneOf } from './order.ts';
import { place } from './place-message.ts';
import { conversationOf, EMPTY, isBeforeAny, type PageCalls, type WindowView } from './window-view.ts';

/** Messages asked for at a time: three screens of short ones. */
export const PAGE = 80;
/** Messages held; what is farther away from the reader than the half of it is let go. */
export const MOST = 400;
/** Messages held while nobody looks, and so nobody lets go. */
const MOST_UNSEEN = 4 * MOST;

/** See the head of this file. One for each opened conversation; drop it to forget it. */
export class MessageWindow implements Readable<WindowView> {
  readonly #calls: PageCalls;
  readonly #who: string;
  readonly #pace: Pace;
  readonly #listeners = new Set<() => void>();
  #conversation: string | null;
  #view = EMPTY;
  /** What will be shown at the next telling. */
  #next = EMPTY;
  readonly #marks = new CursorMarks();
  /** What events said since the page under way was asked for: newer than what it says. Null: none is under way. */
  #heard: Map<string, Message> | null = null;
  /** The pages under way belong to this turn; those of an earlier one are dropped. */
  #turn = 0;
  /** The cursor right before the first unread message, where one is known. */
  #unreadCursor: string | null = null;
  /** The order of those that wait has to be asked for. */
  #isDoubtful = false;
  /** True while somebody looks at the end: the unread line is for those who do not. */
  isWatched = true;

  /** @param conversation its id where it is known, else null: learnt from the first page */
  constructor(calls: PageCalls, who: string, conversation: string | null, nextFrame: NextFrame) {
    this.#calls = calls;
    this.#who = who;
    this.#conversation = conversation;
    this.#pace = new Pace(() => this.#show(), nextFrame);
  }

  get(): WindowView {
    return this.#view;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Shows the first unread message, or the end where everything is read. Never rejects: see `fault`. */
  async open(): Promise<void> {
    await this.#begin(async () => {
      const { cursor } = await this.#calls.firstUnread({ who: this.#who });
      if (cursor === null) return this.#endPage();
      return this.#around(cursor);
    });
  }

  /** Shows the first unread message again, wherever the reader went meanwhile; nothing is asked where it is held. True when it is shown. */
  async toUnread(): Promise<boolean> {
    const { unreadFrom, messages } = this.#next;
    if (unreadFrom === null) return false;
    if (messages.some(({ id }) => id === unreadFrom)) return true;
    const cursor = this.#unreadCursor;
    if (cursor === null) await this.open();
    else await this.#begin(async () => ({ ...(await this.#around(cursor, 2 * PAGE)), unreadFrom }));
    return this.#next.unreadFrom !== null;
  }

  async #around(cursor: string, limit = PAGE): Promise<Partial<WindowView>> {
    const [older, newer] = await Promise.all([
      this.#calls.history({ who: this.#who, limit: PAGE, before: cursor }),
      this.#calls.historyAfter({ who: this.#who, limit, after: cursor }),
    ]);
    const first = newer.messages[0];
    this.#marks.set(older.messages[0], older.before);
    this.#marks.set(first, cursor);
    await this.#markEnd(newer.after);
    const messages = [...older.messages, ...newer.messages];
    this.#unreadCursor = cursor;
    return { messages, atStart: older.before === null, atEnd: newer.after === null, unreadFrom: first?.id ?? null };
  }

  /** Shows the newest messages; nothing is asked where they are held. */
  async toEnd(): Promise<void> {
    if (!this.#next.opened || !this.#next.atEnd)
      await this.#begin(async () => ({ ...(await this.#endPage()), unreadFrom: this.#next.unreadFrom }));
  }

  async #endPage(limit = PAGE): Promise<Partial<WindowView>> {
    const { messages, before } = await this.#calls.history({ who: this.#who, limit, before: null });
    this.#marks.set(messages[0], before);
    return { messages, atStart: before === null, atEnd: true };
  }

  /** Adds a page of older messages; nothing while another page is under way. */
  async older(): Promise<void> {
    const { messages, atStart, atEnd, opened } = this.#next;
    if (!opened || atStart || this.#heard !== null) return;
    const at = this.#firstMarked();
    const anchor = messages[at];
    // Without a cursor only the end is a place to count from.
    if (anchor === undefined && !atEnd) return this.open();
    const asked = new Set(messages.slice(0, anchor === undefined ? messages.length : at).map(({ id }) => id));
    const before = anchor === undefined ? null : this.#marks.get(anchor);
    await this.#page(async () => {
      const page = await this.#calls.history({ who: this.#who, limit: asked.size + PAGE, before });
      this.#marks.set(page.messages[0], page.before);
      const answered = new Set(page.messages.map(({ id }) => id));
      const kept = this.#next.messages.filter(({ id }) => !asked.has(id) && !answered.has(id));
      return { messages: [...page.messages, ...kept], atStart: page.before === null };
    });
  }

  /** Adds a page of newer messages; nothing while another page is under way. */
  async newer(): Promise<void> {
    if (this.#next.atEnd) return;
    await this.#forward(this.#next.messages.findLastIndex((message) => this.#marks.get(message) !== null));
  }

  /** Asks again for the order of those that wait, if an event left it open. */
  async settle(): Promise<void> {
    if (!this.#isDoubtful || this.#heard !== null) return;
    this.#isDoubtful = false;
    const settled = this.#next.messages.findLastIndex((message) => zoneOf(message) === 0 && this.#marks.get(message) !== null);
    await this.#forward(settled === -1 ? this.#firstMarked() : settled);
  }

  /** Asks again for everything held: events may have been missed. */
  async refresh(): Promise<void> {
    this.#heard = null;
    this.#turn += 1;
    if (this.#next.opened) await this.#forward(this.#firstMarked());
    else await this.open();
  }

  #firstMarked(): number {
    return this.#next.messages.findIndex((message) => this.#marks.get(message) !== null);
  }

  /** Reads on from what stands at `at`, which has a cursor, so that what moved behind it is seen; -1: from the beginning, or all anew. */
  async #forward(at: number): Promise<void> {
    const { messages, atStart, opened } = this.#next;
    if (!opened || this.#heard !== null) return;
    const anchor = messages[at];
    if (anchor === undefined && !atStart) return this.#readEnd();
    const after = anchor === undefined ? null : this.#marks.get(anchor);
    const before = new Set(messages.slice(0, Math.max(at, 0)).map(({ id }) => id));
    await this.#page(async () => {
      const page = await this.#calls.historyAfter({ who: this.#who, limit: messages.length - before.size + PAGE, after });
      await this.#markEnd(page.after);
      const answered = new Set(page.messages.map(({ id }) => id));
      // What came by an event meanwhile and is not in the page is placed anew.
      const kept = this.#next.messages.filter(({ id }) => before.has(id) && !answered.has(id));
      return { messages: [...kept, ...page.messages], atEnd: page.after === null };
    });
  }

  /** Learns the cursor right before the last message of a page, so that the next page begins there. */
  async #markEnd(after: string | null): Promise<void> {
    if (after === null) return;
    const { messages, before } = await this.#calls.history({ who: this.#who, limit: 1, before: after });
    this.#marks.set(messages[0], before);
  }

  /** Reads all that is held from the end, where there is no other place to read from. */
  async #readEnd(): Promise<void> {
    const { messages, atEnd } = this.#next;
    if (!atEnd) return this.open();
    await this.#page(() => this.#endPage(messages.length + PAGE));
  }

  /** True when `settle` has something to ask. */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** Takes a message of an event or of an answer to us; one of another conversation is left alone. @param isNew it was not there before */
  take(message: Message, isNew = false): void {
    const isHeld = this.#next.messages.some(({ id }) => id === message.id);
    if (!isHeld && !this.#belongs(message)) return;
    this.#heard?.set(message.id, message);
    if (!this.#next.opened) return;
    this.#change(this.#with(message));
    if (message.direction === 'out' && !isHeld) this.#pace.hurry();
    const isUnread = isNew && message.direction === 'in' && message.state !== 'read';
    if (isUnread && !this.isWatched && this.#next.unreadFrom === null) {
      this.#unreadCursor = null;
      this.#change({ unreadFrom: message.id });
    }
    if (this.#next.messages.length > MOST_UNSEEN) this.keep(0, MOST);
  }

  #with(message: Message): Partial<WindowView> {
    this.#marks.heard(message);
    const { messages, atStart, atEnd } = this.#next;
    const placed = place(messages, message, { atStart, atEnd });
    this.#isDoubtful ||= placed.isDoubtful;
    return { messages: placed.messages };
  }

  #belongs(message: Message): boolean {
    return this.#conversation === null ? isBeforeAny(message) : message.conversation === this.#conversation;
  }

  /** Lets go of what is far from the rows `from` to `to` (exclusive), if too much is held; one side at a time. True when it did. */
  keep(from: number, to: number): boolean {
    const { messages } = this.#next;
    const over = messages.length - MOST;
    if (over < PAGE || this.#heard !== null) return false;
    const [before, behind] = [from, messages.length - to];
    if (before > behind) this.#change({ messages: messages.slice(Math.min(over, before)), atStart: false });
    else this.#change({ messages: messages.slice(0, messages.length - Math.min(over, behind)), atEnd: false });
    return true;
  }

  /** Puts the unread line above a held message: what the reader leaves behind unread. */
  leaveUnread(id: string): void {
    const at = this.#next.messages.findIndex((message) => message.id === id);
    const marked = this.#next.messages.slice(0, at + 1).findLast((message) => this.#marks.get(message) !== null);
    this.#unreadCursor = marked === undefined ? null : this.#marks.get(marked);
    this.#change({ unreadFrom: id });
  }

  /** Takes the unread line away. */
  clearUnread(): void {
    if (this.#next.unreadFrom !== null) this.#change({ unreadFrom: null });
  }

  /** Learns the id of a conversation that did not exist when the window was opened; what was written before stays where it is seen. */
  async know(conversation: string | null): Promise<void> {
    if (conversation === null || conversation === this.#conversation) return;
    this.#conversation = conversation;
    if (!this.#next.opened) return;
    this.#turn += 1;
    this.#heard = null;
    await this.#page(() => this.#endPage());
  }

  /** Other pages in place of all that is shown. */
  async #begin(read: () => Promise<Partial<WindowView>>): Promise<void> {
    this.#turn += 1;
    this.#heard = null;
    await this.#page(async () => ({ unreadFrom: null, ...(await read()), opened: true, turn: this.#turn }));
  }

  async #page(read: () => Promise<Partial<WindowView>>): Promise<void> {
    const turn = this.#turn;
    const heard = new Map<string, Message>();
    this.#heard = heard;
    try {
      const found = await read();
      if (turn === this.#turn) this.#join(found, heard);
    } catch (fault) {
      if (turn === this.#turn) this.#change({ fault });
    } finally {
      if (turn === this.#turn) this.#heard = null;
    }
  }

  /** What events said while the page was read counts more than the page. */
  #join(found: Partial<WindowView>, heard: ReadonlyMap<string, Message>): void {
    const pages = found.messages ?? this.#next.messages;
    this.#conversation ??= conversationOf(pages);
    this.#change({ ...found, messages: inOrder(pages), fault: null });
    for (const message of heard.values()) this.#change(this.#with(message));
  }

  #change(fields: Partial<WindowView>): void {
    this.#next = { ...this.#next, ...fields };
    this.#pace.news();
  }

  #show(): void {
    this.#view = this.#next;
    for (const listener of [...this.#listeners]) listener();
  }
}
