// The engine: builds the parts of a peer once, wires what happens in one to what must follow in another, and stops them in order.
import type { Contact, Message, PeerEvent } from '../api.ts';
import { SottoError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { MAX_LINK_DIRECT } from '../wire/limits.ts';
import { acceptRequest } from './accepting.ts';
import { reject } from './answer.ts';
import { allConversations } from './conversations.ts';
import { type DirectPath, type DirectTransport, noDirect } from './direct.ts';
import { DirectNow } from './direct-now.ts';
import { doubtfulStore } from './doubtful-store.ts';
import { sayFirst } from './first-words.ts';
import { FullRelays } from './full-relays.ts';
import { HeldIndex } from './held-index.ts';
import type { Connect } from './hub.ts';
import { indexAgain, LateIndex } from './late-index.ts';
import { Live } from './live.ts';
import { logEvents } from './log-events.ts';
import { markContact } from './mark-contact.ts';
import { NewSessions } from './new-session.ts';
import type { Online } from './online.ts';
import { Opener } from './opener.ts';
import { OutboxIndex, reserveNumbers } from './outbox.ts';
import type { Announce, Parts, Reading, Self } from './parts.ts';
import { Progress } from './progress.ts';
import { Reach } from './reach.ts';
import { ReceiptWriter } from './receipt-writer.ts';
import type { B64 } from './records.ts';
import { RelayTimes } from './relay-times.ts';
import { loadSelf } from './self.ts';
import { Sender } from './send.ts';
import { SlotReader } from './slot-reader.ts';
import { Speaker } from './speaker.ts';
import type { EarlyStamps } from './submit.ts';
import { LIFETIMES_MS, UPKEEP_MS, upkeep, upkeepOfLifetimes } from './upkeep.ts';
import { contactView } from './views.ts';
import { Withholding } from './withholding.ts';

/** What an engine needs from whoever starts it. */
export interface EngineOptions extends Omit<Reading, 'direct'> {
  /** Shared with whoever reads beside the engine. */
  readonly direct?: DirectNow;
  readonly announce: Announce;
  readonly log?: Log;
}

/** A running engine, with or without the network. */
export class Engine {
  readonly parts: Parts;
  readonly early: EarlyStamps = new Map();
  readonly progress: Progress;
  readonly sender: Sender;
  #self: Self;
  #next: number;
  #reach: Reach | null = null;
  #receipts: ReceiptWriter | null = null;
  #slots: SlotReader | null = null;
  #withholding: Withholding | null = null;
  readonly #newSessions: NewSessions;
  readonly #speaker: Speaker;
  #cancelUpkeep: () => void = () => undefined;
  #lifetimesAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  /** A commit failed, and the disk was not read again since. */
  #doubts = false;

  private constructor(options: EngineOptions, self: Self, next: number) {
    this.#self = self;
    this.#next = next;
    this.progress = new Progress(options.clock);
    this.parts = {
      store: doubtfulStore(options.store, () => this.#doubt()),
      clock: options.clock,
      serial: options.serial,
      direct: options.direct ?? new DirectNow(),
      log: options.log ?? silentLog,
      announce: (event) => this.#announce(event, options.announce),
      outbox: new OutboxIndex(),
      held: new HeldIndex(),
      relayTimes: new RelayTimes(options.clock),
      opener: new Opener(options.clock, () => this.#self.me),
      fullRelays: new FullRelays(),
      live: new Live(() => this.parts),
      lateIndex: new LateIndex(options.store, options.serial, options.clock),
      self: () => this.#self,
      cloned: () => {
        this.#self = { ...this.#self, cloned: true };
      },
      queued: () => this.kickAll(),
      ahead: (conversation, log, seq) => this.#withholding?.ahead(conversation, log, seq),
      sessionWanted: (wanted) => this.#newSessions.want(wanted),
      conversationOpened: (conversation) => void this.#opened(conversation),
      addresses: () => (this.direct?.addresses ?? []).slice(0, MAX_LINK_DIRECT),
      nextNumber: () => this.#next++,
    };
    this.#newSessions = new NewSessions(
      this.parts,
      async (contact, manifest, device) => (await this.#reach?.takeBundle(contact, manifest, device)) ?? null,
      () => this.kickAll(),
    );
    this.sender = new Sender(
      this.parts,
      (change, conversation, news) => sayFirst(this.parts, change, conversation, news),
      () => this.kickAll(),
    );
    this.#speaker = new Speaker(this.parts, this.sender, this.early);
  }

  /** Reads who we are and what waits. @throws NO_HOME, STORE_DAMAGED, STORE_FAILED */
  static async start(options: EngineOptions): Promise<Engine> {
    await indexAgain(options.store);
    const self = await loadSelf(options.store);
    const engine = new Engine(options, self, await reserveNumbers(options.store));
    await engine.parts.outbox.load(options.store);
    return engine;
  }

  /** Lines to relays; null while offline. */
  get online(): Online | null {
    return this.#reach?.online ?? null;
  }

  /** The direct path; null while offline. */
  get direct(): DirectPath | null {
    return this.#reach?.direct ?? null;
  }

  /** True while something is under way that only a direct connection can bring further. */
  async directBusy(): Promise<boolean> {
    return (await this.#reach?.isDirectBusy()) ?? false;
  }

  /** Our newest word about everything connected is with the relays, and theirs is taken. */
  get receiptsFlushed(): boolean {
    return (this.#receipts?.flushed ?? true) && (this.#slots?.idle ?? true);
  }

  /** Replaces who we are after the manifest changed. */
  become(self: Self): void {
    this.#self = self;
  }

  /** Begins everything that needs the network. @throws CLOSED, ALREADY, OFFLINE when the local network cannot be looked at */
  async goOnline(connect: Connect, transport: DirectTransport = noDirect(this.#self)): Promise<DirectPath> {
    if (this.#closed || this.#reach !== null) throw new SottoError(this.#closed ? 'CLOSED' : 'ALREADY');
    const step = () => this.progress.step();
    const compared = step;
    const due = (conversation: B64) => this.touchReceipt(conversation);
    const logs = logEvents(this.parts, {
      touchReceipt: due,
      compared,
      slot: (conversation, slot) => this.#slots?.push(conversation, slot),
      further: (conversation) => this.#slots?.taken(conversation),
      repaired: (conversation) => this.#repaired(conversation),
    });
    const events = { logs, due, compared, progress: step };
    const reach = new Reach(this.parts, { connect, direct: transport }, this.early, events);
    this.#reach = reach;
    this.#receipts = new ReceiptWriter(this.parts, reach.online, step);
    this.#slots = new SlotReader(this.parts, compared);
    this.#withholding = new Withholding(this.parts, (conversation) => reach.online.log(conversation) !== null);
    try {
      await reach.start();
    } catch (error) {
      await reach.close();
      this.#reach = null;
      throw error;
    }
    this.#keepUp();
    return reach.direct;
  }

  /** Stops everything, in order; the store stays its owner's. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelUpkeep();
    this.#withholding?.stop();
    await this.#reach?.close();
    await this.parts.serial(async () => undefined);
    await this.parts.opener.stop();
    await this.parts.lateIndex.settle().catch(() => undefined);
  }

  /** Something may wait in any outbox. */
  kickAll(): void {
    this.#reach?.kick();
  }

  /** Says a text to a contact. @param inner 16 bytes as hex, or null for fresh ones. @param typed forgets what was typed. @throws as Speaker.send */
  send(who: string, text: string, inner: string | null, typed = false): Promise<Message> {
    return this.#speaker.send(who, text, inner, typed);
  }

  /** Sends a failed or expired message again. @throws as Speaker.resend */
  resend(id: string): Promise<Message> {
    return this.#speaker.resend(id);
  }

  /** Accepts a request: the conversation lives on our first relay. */
  async accept(who: string, petname: string | null): Promise<Contact> {
    const fetch = this.#reach?.takeBundle.bind(this.#reach) ?? null;
    const contact = await acceptRequest(this.parts, fetch, this.progress, who, petname);
    this.kickAll();
    return contact;
  }

  /** Says no, in silence. @throws NOT_FOUND, AMBIGUOUS, ALREADY */
  async reject(who: string): Promise<void> {
    await reject(this.parts, who);
  }

  /** Blocks or unblocks: a blocked contact is neither read nor written to. */
  async setBlocked(who: string, blocked: boolean): Promise<Contact> {
    return this.#mark(who, { blocked });
  }

  async setVerified(who: string, verified: boolean): Promise<Contact> {
    return this.#mark(who, { verified });
  }

  async #mark(who: string, fields: { readonly blocked?: boolean; readonly verified?: boolean }): Promise<Contact> {
    const next = await markContact(this.parts, who, fields);
    if (next.conversation !== null) await this.online?.restartLog(next.conversation);
    return contactView(next, this.parts.direct);
  }

  /** A read position moved: the other side hears it with the next slot. */
  touchReceipt(conversation: B64): void {
    this.#receipts?.touch(conversation);
    void this.#reach?.touch(conversation).catch(() => undefined);
  }

  #announce(event: PeerEvent, announce: Announce): void {
    try {
      announce(event);
    } catch {
      // What is told is on the disk already; whoever listens badly must not undo what follows.
      this.parts.log.warn('a listener failed');
    }
    this.parts.live.heard(event);
    if (event.event === 'contact' || (event.event === 'warning' && event.warning.kind === 'identity'))
      void this.direct?.refresh().catch(() => undefined);
    this.progress.step();
  }

  /** What the relay stamped before is not stored there any more. */
  async #repaired(conversation: B64): Promise<void> {
    this.early.clear();
    await this.online?.restartLog(conversation);
  }

  async #opened(conversation: B64): Promise<void> {
    await this.#reach?.opened(conversation);
    this.kickAll();
    this.progress.step();
  }

  /** A commit failed, and may have taken effect all the same: what memory holds of the disk is read again, and gone on with. */
  #doubt(): void {
    if (this.#doubts) return;
    this.#doubts = true;
    void this.#readAgain().catch(() => this.parts.log.warn('the disk could not be read again'));
  }

  async #readAgain(): Promise<void> {
    await this.parts.serial(async () => {
      this.#self = await loadSelf(this.parts.store);
      await this.parts.outbox.reload(this.parts.store);
      this.#newSessions.reload();
      this.#doubts = false;
    });
    await this.#reach?.online.start();
    for (const { id } of await allConversations(this.parts.store)) this.touchReceipt(id);
    this.kickAll();
    this.progress.step();
  }

  async #upkeep(): Promise<void> {
    await upkeep(this.parts, (conversation) => this.touchReceipt(conversation));
    await this.online?.giveUpIdle();
    const now = this.parts.clock.monotonic();
    if (now - this.#lifetimesAt < LIFETIMES_MS) return;
    this.#lifetimesAt = now;
    await upkeepOfLifetimes(this.parts);
  }

  #keepUp(): void {
    const again = () => {
      this.#cancelUpkeep = this.parts.clock.after(UPKEEP_MS, again);
      if (this.#doubts) void this.#readAgain().catch(() => this.parts.log.warn('the disk could not be read again'));
      void this.#newSessions.retry();
      void this.#upkeep().catch(() => this.parts.log.warn('upkeep failed'));
    };
    again();
  }
}
