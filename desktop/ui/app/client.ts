// The engine as the page sees it: its calls, and stores that are kept true by its events. After every connection and every opening of the
// home everything is asked anew; when the home is locked everything is forgotten. Holds no DOM, so that it is tested without one.
import type { Contact, Identity, PeerApi, RelayStatus, Warning } from '../../../core/api.ts';
import { SottoError } from '../../../core/base/errors.ts';
import type { Home, Preferences, WindowApi, WindowEvent } from '../../../core/window-api.ts';
import type { ConversationsState } from './conversations-state.ts';
import { ConversationsStore } from './conversations-store.ts';
import { DEFAULT_PREFERENCES } from './default-preferences.ts';
import type { EngineLine, LineState } from './engine-line.ts';
import { Moments } from './moments.ts';
import type { NextFrame } from './pace.ts';
import { Cell, type Readable } from './readable.ts';
import { Repeat } from './repeat.ts';
import { TypedTexts } from './typed-texts.ts';
import { whenReady } from './when-ready.ts';

/** Somebody who asks to be our contact, and since when (ms). */
export type Request = Awaited<ReturnType<PeerApi['requests']>>[number];

/** See above. One for each window. */
export class Client {
  /** The engine's calls. What they change is in the stores when they have answered, whoever calls. CLOSED while the engine is away. */
  readonly api: WindowApi;
  /** The line to the engine, not to any relay. */
  readonly line: Readable<LineState>;
  /** Tries in a row that found no engine. */
  readonly tries: Readable<number>;
  /** True while the engine is there and does not answer. */
  readonly hung: Readable<boolean>;
  /** Who types and who is here. */
  readonly moments = new Moments();
  readonly #home = new Cell<Home | null>(null);
  /** The line is there, and what became of the home over it is known: a person's word is taken, or refused with its reason. */
  readonly #isReady = new Cell(false);
  readonly #preferences = new Cell<Preferences>(DEFAULT_PREFERENCES);
  readonly #me = new Cell<Identity | null>(null);
  readonly #relays = new Cell<readonly RelayStatus[]>([]);
  readonly #heardRelays = new Cell<readonly RelayStatus[]>([]);
  readonly #requests = new Cell<readonly Request[]>([]);
  readonly #contacts = new Cell<ReadonlyMap<string, Contact>>(new Map());
  readonly #warnings = new Cell<readonly Warning[]>([]);
  readonly #listeners = new Set<(event: WindowEvent) => void>();
  /** Whose window this is; kept while it is locked. */
  #account: string | null = null;
  readonly #conversations: ConversationsStore;
  readonly #typed: TypedTexts;
  readonly #askMe = new Repeat(() => this.#takeMe());
  readonly #askPeople = new Repeat(() => this.#takePeople());
  readonly #askWarnings = new Repeat(() => this.#takeWarnings());

  constructor(line: EngineLine, nextFrame: NextFrame) {
    this.line = line.state;
    this.tries = line.tries;
    this.hung = line.hung;
    this.api = this.#withNews(line.api);
    this.#conversations = new ConversationsStore(line.api, nextFrame);
    this.#typed = new TypedTexts(line.api);
    line.api.onEvent((event) => this.#onEvent(event));
    line.state.subscribe(() => void this.#onLine());
    void this.#onLine();
  }

  /** How the home stands; null until the engine has said it. */
  get home(): Readable<Home | null> {
    return this.#home;
  }

  /** What this person likes; the defaults until the engine has said it. */
  get preferences(): Readable<Preferences> {
    return this.#preferences;
  }

  /** Ourselves; null while nothing is open. */
  get me(): Readable<Identity | null> {
    return this.#me;
  }

  /** Our relays and how the lines to them stand. */
  get relays(): Readable<readonly RelayStatus[]> {
    return this.#relays;
  }

  /** Every relay whose line was heard of: ours, and those of our contacts. */
  get heardRelays(): Readable<readonly RelayStatus[]> {
    return this.#heardRelays;
  }

  /** The list of conversations. */
  get conversations(): Readable<ConversationsState> {
    return this.#conversations.shown;
  }

  /** Who asks to be our contact. */
  get requests(): Readable<readonly Request[]> {
    return this.#requests;
  }

  /** Everybody we know, by account: also who has not answered yet, whom we blocked, who was refused. */
  get contacts(): Readable<ReadonlyMap<string, Contact>> {
    return this.#contacts;
  }

  /** Everything noticed that a person should know. */
  get warnings(): Readable<readonly Warning[]> {
    return this.#warnings;
  }

  /** Unfinished texts by account. */
  get drafts(): Readable<ReadonlyMap<string, string>> {
    return this.#typed.texts;
  }

  /** Keeps an unfinished text: call it for every change, saving paces itself. Empty: forgets it. */
  saveTyped(account: string, text: string): void {
    this.#typed.set(account, text);
  }

  /** A text was not sent, and its field is gone: it becomes a draft again. */
  keepUnsent(account: string, text: string): void {
    this.#typed.keepUnsent(account, text);
  }

  /** Everything up to this message was read (id; null: everything); every window hears of it by the event `unread`. */
  async markRead(account: string, upTo: string | null): Promise<void> {
    await this.api.markRead({ who: account, upTo });
  }

  /** Hands over every event of the engine from now on, after the stores have taken it; the answer stops it. */
  onEvent(listener: (event: WindowEvent) => void): () => void {
    const own = (event: WindowEvent) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  async #onLine(): Promise<void> {
    if (this.line.get() !== 'connected') {
      this.moments.forget();
      return this.#isReady.set(false);
    }
    const [home, preferences] = await Promise.all([this.api.home({}), this.api.preferences({})]).catch(() => [null, null] as const);
    if (home === null) return;
    this.#preferences.set(preferences);
    this.#onHome(home, true);
  }

  #onHome(home: Home, anew = false): void {
    const wasOpen = this.#home.get()?.state === 'open';
    this.#home.set(home);
    if (home.state !== 'open') this.#forget();
    else if (!wasOpen || anew) void this.#askAll();
    this.#isReady.set(home.state !== 'opening' && this.line.get() === 'connected');
  }

  async #askAll(): Promise<void> {
    await Promise.all([this.#conversations.ask(), this.#askTyped().catch(() => {}), this.#askMe.run(), this.#askPeople.run()]);
    await this.#askWarnings.run();
  }

  /** What is not saved yet goes to the account it was typed in and to no other, whatever engine this window got. */
  async #askTyped(): Promise<void> {
    if (this.#typed.hasUnsaved) {
      const { account } = await this.api.identity({});
      if (this.#account !== null && this.#account !== account) this.#typed.drop();
    }
    await this.#typed.ask();
  }

  #forget(): void {
    this.#conversations.clear();
    this.#typed.hide();
    this.moments.forget();
    this.#me.set(null);
    this.#relays.set([]);
    this.#heardRelays.set([]);
    this.#requests.set([]);
    this.#contacts.set(new Map());
    this.#warnings.set([]);
  }

  async #takeMe(): Promise<void> {
    const me = await this.api.identity({});
    this.#account = me.account;
    this.#me.set(me);
    this.#relays.set(me.relays);
    this.#heardRelays.set(me.relays.reduce(withRelay, this.#heardRelays.get()));
  }

  async #takePeople(): Promise<void> {
    const [requests, contacts] = await Promise.all([this.api.requests({}), this.api.contacts({})]);
    this.#requests.set(requests);
    this.#contacts.set(new Map(contacts.map((contact) => [contact.account, contact])));
  }

  async #takeWarnings(): Promise<void> {
    const warnings = await this.api.warnings({});
    this.#warnings.set(warnings);
    this.#conversations.onWarnings(warnings);
  }

  #onEvent(event: WindowEvent): void {
    if (event.event === 'home') this.#onHome(event.home);
    else if (event.event === 'preferences') this.#preferences.set(event.preferences);
    else if (this.#home.get()?.state === 'open') this.#onPeerEvent(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  #onPeerEvent(event: WindowEvent): void {
    if (event.event === 'message') this.#conversations.onMessage(event.message);
    else if (event.event === 'state') this.#conversations.onState(event.message);
    else if (event.event === 'contact') this.#onContact(event.contact);
    else if (event.event === 'request') void this.#askPeople.run();
    else if (event.event === 'relay') this.#onRelay(event.relay);
    else if (event.event === 'unread') this.#conversations.onUnread(event.conversation, event.unread);
    else if (event.event === 'typed') this.#typed.onTyped(event.account, event.text);
    else if (event.event === 'typing') this.moments.onTyping(event.contact, event.until);
    else if (event.event === 'presence') this.moments.onPresence(event.contact, event.presence);
    else if (event.event === 'warning') void this.#askWarnings.run();
  }

  #onContact(contact: Contact): void {
    this.#contacts.set(new Map(this.#contacts.get()).set(contact.account, contact));
    this.#conversations.onContact(contact);
    const isAsking = this.#requests.get().some((request) => request.contact.account === contact.account);
    if (isAsking || this.#askPeople.busy) void this.#askPeople.run();
  }

  #onRelay(relay: RelayStatus): void {
    this.#heardRelays.set(withRelay(this.#heardRelays.get(), relay));
    const relays = this.#relays.get();
    const isOurs = relays.some(({ address }) => address === relay.address);
    if (isOurs) this.#relays.set(withRelay(relays, relay));
    // One of a contact, one that we left, or one that another window added.
    if (!isOurs || this.#askMe.busy) void this.#askMe.run();
  }

  /** Asked for while the engine was away, it is done when it is back and its home is open: by the same account, or not at all. */
  #held<I, O>(call: (input: I) => Promise<O>): (input: I) => Promise<O> {
    return async (input) => {
      if (!this.#isReady.get()) {
        await whenReady(this.#isReady);
        if (this.#account !== (await this.api.identity({})).account) throw new SottoError('CLOSED');
      }
      return call(input);
    };
  }

  /** The same calls; what they change without an event is taken over before the caller hears of it. */
  #withNews(api: WindowApi): WindowApi {
    const people = () => void this.#askPeople.run();
    const me = () => void this.#askMe.run();
    const then =
      <I, O>(call: (input: I) => Promise<O>, news: (output: O, input: I) => unknown) =>
      async (input: I) => {
        const output = await call(input);
        news(output, input);
        return output;
      };
    const home = (now: Home) => this.#onHome(now);
    const contact = (now: Contact) => this.#onContact(now);
    return {
      ...api,
      createHome: then(api.createHome, home),
      unlock: then(api.unlock, home),
      // What is on its way is saved first: refused, it would have to stay in this page.
      lock: then((input) => this.#typed.settled().then(() => api.lock(input)), home),
      changePassphrase: then(api.changePassphrase, home),
      useKeyring: then(api.useKeyring, home),
      setPreferences: then(api.setPreferences, (now) => this.#preferences.set(now)),
      send: then(this.#held(api.send), (message, { who, text, typed }) => {
        this.#conversations.onWritten(who, message);
        if (typed === true) this.#typed.onSent(who, text);
      }),
      addContact: then(api.addContact, (now) => {
        contact(now);
        people();
      }),
      accept: then(api.accept, (now) => {
        contact(now);
        people();
      }),
      watchPresence: then(api.watchPresence, (now, { who }) => this.moments.onPresence(who, now)),
      rename: then(api.rename, contact),
      block: then(api.block, contact),
      unblock: then(api.unblock, contact),
      setVerified: then(api.setVerified, contact),
      reject: then(api.reject, people),
      setName: then(api.setName, me),
      addRelay: then(api.addRelay, me),
      removeRelay: then(api.removeRelay, me),
      startLocalRelay: then(api.startLocalRelay, me),
      stopLocalRelay: then(api.stopLocalRelay, me),
    };
  }
}

function withRelay(relays: readonly RelayStatus[], relay: RelayStatus): readonly RelayStatus[] {
  const at = relays.findIndex(({ address }) => address === relay.address);
  return at === -1 ? [...relays, relay] : relays.with(at, relay);
}
