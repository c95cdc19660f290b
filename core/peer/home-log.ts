// One conversation's home log over one connection: open (or create) it, subscribe from our cursor, take, acknowledge, submit.
import type { Entries, Refusal, RelayConnection, SignedHead, Sink, SlotPush } from '../net/relay-connection.ts';
import { isPassing } from '../wire/codes.ts';
import { MAX_RUN } from '../wire/limits.ts';
import { Carrier } from './carry.ts';
import { cursorOf } from './chain-check.ts';
import { loadConversation } from './conversations.ts';
import { noteFull } from './no-room.ts';
import { openLog } from './open-log.ts';
import { MIN_AWAY } from './opener.ts';
import type { Parts } from './parts.ts';
import { takeRun } from './receive.ts';
import { type B64, bytesOf, type ConversationRecord, type CursorRecord, type EpochRecord, fieldOf } from './records.ts';
import { type EarlyStamps, Submitter } from './submit.ts';
import { TakeAhead } from './take-ahead.ts';
import type { Comparison } from './witness.ts';

/** Entries that share a commit: late ones share the wait for the disk too, while the relay fills the other half of the window. */
const MAX_TAKEN = 2 * MAX_RUN;

/** What a home log tells the peer that runs it. */
export interface HomeLogEvents {
  /** A run was committed and acknowledged. */
  taken(conversation: B64, received: number, seen: Comparison): void;
  /** The subscription stands: what this device has and read may be told. */
  began(conversation: B64): void;
  slot(conversation: B64, slot: SlotPush): void;
  /** The relay does not hold the history this device holds (C5, H1). */
  diverged(
    conversation: B64,
    epoch: EpochRecord,
    connection: RelayConnection,
    handle: number,
    cursor: CursorRecord,
    name: 'AHEAD' | 'FORK',
    head: SignedHead | null,
  ): void;
  /** Entries were gone before this device read them. */
  expired(conversation: B64, epoch: EpochRecord, from: number, to: number, floorChain: B64): Promise<void>;
  /** The relay contradicted itself; the log is left alone on this connection. */
  contradiction(conversation: B64, reason: string): void;
}

/** Pauses before a log that its maker has not made yet, or that the relay cannot open now, is asked for again, ms: the first, doubling, and the longest. */
const FIRST_ATTEMPT_MS = 125;
const MOST_ATTEMPT_MS = 60_000;

/** True when the head the relay signed and what this device took of the log cannot both be true. */
function contradicts(head: SignedHead, cursor: CursorRecord): boolean {
  return head.seq < cursor.seq || (head.seq === cursor.seq && fieldOf(head.chain) !== cursor.chain);
}

/** How long our own entries wait to be read back, ms: they are shown as stored already, and several of them then share a commit. */
const OWN_REST_MS = 100;

/** One subscription with its outgoing half. */
export class HomeLog {
  readonly conversation: B64;
  readonly epoch: EpochRecord;
  readonly #parts: Parts;
  readonly #secret: B64;
  readonly #connection: RelayConnection;
  readonly #events: HomeLogEvents;
  readonly #early: EarlyStamps;
  #handle = 0;
  #submitter: Submitter | null = null;
  #carrier: Carrier | null = null;
  /** True until the last entry of epoch 0 has settled here. */
  #held: boolean;
  #runs: Entries[] = [];
  /** Gathered already to be taken next. */
  #next: readonly Entries[] | null = null;
  readonly #ahead = new TakeAhead((least) => this.#upcoming(least));
  #taking = false;
  #resting = false;
  #stopped = false;
  #attempts = 0;
  /** Ends a pause of our own choice; does nothing while there is none. */
  #hurry: () => void = () => undefined;
  #cursor = 0;
  #target = 0;
  /** Slots the relay still owes from the time of subscription. */
  #slotsOwed = 0;

  constructor(
    parts: Parts,
    record: ConversationRecord,
    epoch: EpochRecord,
    connection: RelayConnection,
    events: HomeLogEvents,
    early: EarlyStamps,
  ) {
    this.#parts = parts;
    this.conversation = record.id;
    this.#secret = record.secret;
    this.#held = record.opening !== null;
    this.epoch = epoch;
    this.#connection = connection;
    this.#events = events;
    this.#early = early;
  }

  /** True once everything that stood in the log at subscription was taken. */
  get caughtUp(): boolean {
    return this.#submitter !== null && this.#cursor >= this.#target && this.#runs.length === 0 && !this.#taking && this.#slotsOwed <= 0;
  }

  get handle(): number {
    return this.#handle;
  }

  /** Opens and subscribes. @throws OFFLINE, TIMEOUT when the connection goes; a refusal is told through the events */
  async start(): Promise<void> {
    const opened = await openLog(this.#connection, this.epoch, this.#secret);
    if (!opened.ok) return this.#refused(opened.refusal, 'open the conversation');
    this.#handle = opened.value.handle;
    const cursor = await cursorOf(this.#parts.store, this.epoch.log);
    const { reader, peerId } = this.epoch;
    const show = await this.#parts.live.shows();
    const answer = await this.#connection.subscribe(this.#handle, bytesOf(reader), cursor.seq, bytesOf(cursor.chain), this.#sink(), show);
    if (!answer.ok) {
      const { name } = answer.refusal;
      if (name === 'AHEAD' || name === 'FORK')
        return this.#events.diverged(this.conversation, this.epoch, this.#connection, this.#handle, cursor, name, answer.refusal.head);
      return this.#refused(answer.refusal, 'subscribe');
    }
    if (contradicts(answer.value.head, cursor))
      return this.#events.contradiction(this.conversation, 'Its head of the log is not the one this device took.');
    this.#cursor = cursor.seq;
    this.#target = answer.value.head.seq;
    if (this.#target - this.#cursor >= MIN_AWAY) this.#parts.opener.warm();
    this.#slotsOwed += answer.value.slots;
    if (answer.value.floor > cursor.seq) {
      await this.#events.expired(this.conversation, this.epoch, cursor.seq, answer.value.floor, fieldOf(answer.value.floorChain));
      this.#cursor = answer.value.floor;
    }
    if (this.#stopped) return;
    this.#parts.live.began(this.conversation, { connection: this.#connection, handle: this.#handle, peerId, isShown: show });
    this.#submitter = new Submitter(this.#parts, this.conversation, this.epoch, this.#connection, this.#handle, this.#early);
    this.#carrier = new Carrier(this.#parts, this.conversation, this.#connection, this.#handle);
    this.kick();
    this.carry();
    // What was read while there was no line is told now, also when nothing new is there to be taken.
    this.#events.began(this.conversation);
    if (this.#runs.length > 0) void this.#pump();
  }

  /** Asks the relay how far the log goes now: what stands there counts as waiting until it was taken. @throws OFFLINE, TIMEOUT */
  async refresh(): Promise<void> {
    void this.#pump();
    const head = this.#submitter === null ? null : await this.#connection.head(this.#handle, 0);
    if (head?.ok === true) this.#target = Math.max(this.#target, head.value.seq);
  }

  /** Asks now for a log that was not there, instead of after the pause: a person asked. What the relay advised is kept. */
  hurry(): void {
    this.#attempts = 0;
    this.#hurry();
  }

  /** Something waits in the outbox. Nothing of ours is appended before the history of epoch 0 stands there. */
  kick(): void {
    if (!this.#held) this.#submitter?.kick();
  }

  /** Something came directly that may have to be appended here, or the opening of this log came a step further. */
  carry(): void {
    this.#carrier?.kick();
  }

  stop(): void {
    this.#stopped = true;
    this.#submitter?.stop();
    this.#carrier?.stop();
    this.#parts.live.ended(this.conversation, this.#connection, this.#handle);
  }

  /** Stops while the line goes on: the relay shows us here no longer. */
  leave(): void {
    this.stop();
    if (this.#handle !== 0) void this.#connection.closeHandle(this.#handle).catch(() => undefined); // the line goes on, or went
  }

  /** A relay that cannot now, and a log that its maker has yet to make, are asked again and nobody is accused; the rest a person must hear. */
  async #refused(refusal: Refusal, what: string): Promise<void> {
    if (!isPassing(refusal.name) && !(refusal.name === 'NOT_FOUND' && (await this.#mayYetCome())))
      return this.#events.contradiction(this.conversation, `The relay refused to ${what} (${refusal.name}).`);
    await noteFull(this.#parts, this.conversation, this.conversation, this.epoch.relay, refusal);
    const pause = Math.max(refusal.retryAfter, Math.min(MOST_ATTEMPT_MS, FIRST_ATTEMPT_MS * 2 ** Math.min(this.#attempts, 30)));
    this.#attempts += 1;
    const again = () => {
      this.#hurry = () => undefined;
      if (!this.#stopped) this.start().catch(() => this.#connection.close());
    };
    const cancel = this.#parts.clock.after(pause, again);
    if (refusal.retryAfter > 0) return;
    this.#hurry = () => {
      cancel();
      again();
    };
  }

  /** The other side's word about its new log may be faster than its line to the relay, by as long as that one is down. */
  async #mayYetCome(): Promise<boolean> {
    return !this.epoch.mine && (await cursorOf(this.#parts.store, this.epoch.log)).seq === 0;
  }

  #sink(): Sink {
    const { live } = this.#parts;
    return {
      entries: (run) => this.#take(run),
      slot: (slot) => this.#takeSlot(slot),
      signal: (value) => live.signal(this.conversation, value),
      present: (present) => live.present(this.conversation, present),
    };
  }

  #takeSlot(slot: SlotPush): void {
    this.#slotsOwed -= 1;
    this.#events.slot(this.conversation, slot);
  }

  async #release(): Promise<void> {
    if ((await loadConversation(this.#parts.store, this.conversation)).opening !== null) return;
    this.#held = false;
    this.kick();
    this.carry();
  }

  #take(run: Entries): void {
    this.#runs.push(run);
    // The stamp of our own comes in the same read as its push, and is known only when those who waited for it had their turn.
    if (this.#submitter?.awaitsStamps === true) setImmediate(() => this.#begin(run));
    else this.#begin(run);
  }

  #begin(run: Entries): void {
    const submitter = this.#submitter;
    if (submitter === null) return;
    if (run.entries.every((entry) => submitter.isOwn(entry.seq))) this.#rest();
    else void this.#pump();
  }

  /** What we said ourselves is stored already and shown so; reading it back can wait for more and must not compete with those who read it now. */
  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#parts.clock.after(OWN_REST_MS, () => {
      this.#resting = false;
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#taking) return;
    this.#taking = true;
    try {
      while ((this.#runs.length > 0 || this.#next !== null) && !this.#stopped) await this.#takeSome();
    } catch {
      // A store fault: nothing was kept, nothing is acknowledged; the connection is dropped and the run comes again.
      this.#stopped = true;
      void this.#connection.close();
    } finally {
      this.#taking = false;
    }
    this.#parts.lateIndex.touch();
    if (this.caughtUp) this.#events.taken(this.conversation, 0, 'unknown');
  }

  async #takeSome(): Promise<void> {
    const runs = this.#next ?? this.#gather();
    this.#next = null;
    const outcome = await takeRun(this.#parts, this.conversation, this.epoch, runs, this.#ahead);
    if (outcome.kind === 'contradiction') {
      this.leave();
      return this.#events.contradiction(this.conversation, outcome.reason);
    }
    this.#cursor = outcome.cursor.seq;
    this.#connection.ack(this.#handle, outcome.cursor.seq);
    if (this.#held) await this.#release();
    this.#events.taken(this.conversation, outcome.received, outcome.seen);
  }

  /** The runs that will be taken next, once `least` entries wait. */
  #upcoming(least: number): readonly Entries[] | null {
    const waiting = this.#runs.reduce((sum, run) => sum + run.entries.length, 0);
    if (this.#next === null && waiting >= least) this.#next = this.#gather();
    return this.#next;
  }

  #gather(): readonly Entries[] {
    const runs: Entries[] = [];
    for (let entries = 0; this.#runs[0] !== undefined && (runs.length === 0 || entries + this.#runs[0].entries.length <= MAX_TAKEN); ) {
      const run = this.#runs.shift() as Entries;
      entries += run.entries.length;
      runs.push(run);
    }
    return runs;
  }
}
