// The conductor of everything that needs a relay: which lines are kept, and what happens on each while it is up.

import { isSottoError, SottoError } from '../base/errors.ts';
import type { Refusal, RelayConnection } from '../net/relay-connection.ts';
import { parseRelayLine } from '../net/relay-line.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import { contactByRoot, openConversations } from './contacts.ts';
import { homeOf, loadConversation } from './conversations.ts';
import { isDirectOnly } from './direct-only.ts';
import { HomeLog, type HomeLogEvents } from './home-log.ts';
import { HomeRelay } from './home-relay.ts';
import { type Connect, Hub, type RelayLine } from './hub.ts';
import { neededRelays } from './needed-relays.ts';
import { noteElsewhere } from './notices.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord, RelayRecord } from './people-records.ts';
import { postLetter } from './post.ts';
import { lookAtAges } from './queued-age.ts';
import { type B64, bytesOf, type ConversationRecord, keys, type OutboxRecord, readRecord } from './records.ts';
import { allRelays } from './relays.ts';
import type { EarlyStamps } from './submit.ts';
import { type WakeHome, WakeKeeper } from './wake.ts';

/** Pause before a letter that could not be posted is tried again, ms. */
const LETTER_RETRY_MS = 5_000;
/** Outbox numbers of letters looked at in one pass. */
const LETTERS = 64;
/** Logs that are opened at a time on one line: hides most of the round trips, and is little for the relay to have in its queue. */
export const LOGS_AT_A_TIME = 16;

/** How long a line that was asked for is kept although nothing lasting needs it, ms: longer than any call waits for a relay and its answer. */
export const LINE_REST_MS = 60_000;

/** What relays tell beside what logs tell. */
export interface OnlineEvents extends HomeLogEvents {
  /** One of our relays is connected and holds all it must. */
  homeReady(relay: RelayRecord, connection: RelayConnection): void;
}

/** Everything under way over relays. */
export class Online {
  readonly hub: Hub;
  /** Where we are called while we are away. */
  readonly wake: WakeKeeper;
  readonly #parts: Parts;
  readonly #early: EarlyStamps;
  readonly #events: OnlineEvents;
  readonly #progress: () => void;
  readonly #logs = new Map<B64, HomeLog>();
  readonly #homes = new Map<string, HomeRelay>();
  readonly #posting = new Set<string>();
  /** Somebody else connected with our key, and it was said. */
  #isElsewhere = false;
  /** Lines whose logs are being started. */
  #starting = 0;
  #closed = false;

  /** @param progress called whenever something came a step further: whoever waits looks again */
  constructor(parts: Parts, connect: Connect, early: EarlyStamps, events: OnlineEvents, progress: () => void) {
    this.#parts = parts;
    this.#early = early;
    this.#events = events;
    this.#progress = progress;
    this.hub = new Hub(connect, parts.clock, {
      up: (line, connection) => void this.#up(line, connection).catch(() => connection.close()),
      down: (line, dismissal) => this.#down(line, dismissal),
      status: (relay) => parts.announce({ event: 'relay', relay }),
      ownAddress: async (peerId) => (await readRecord<RelayRecord>(parts.store, keys.relay(peerId)))?.address ?? null,
    });
    this.wake = new WakeKeeper(parts, {
      homes: () => this.#readyHomes(),
      handle: (conversation) => this.#logs.get(conversation)?.handle || null,
      connection: (peerId) => this.hub.line(peerId)?.connection ?? null,
    });
  }

  /** Our relays that hold all they must, and how our inbox is open there. */
  async #readyHomes(): Promise<WakeHome[]> {
    const ready = [...this.#homes.values()].map(async (home) => {
      const connection = await home.ready.then(() => this.hub.line(home.relay.peerId)?.connection ?? null).catch(() => null);
      return connection === null ? [] : [{ relay: home.relay, connection, inbox: home.inbox }];
    });
    return (await Promise.all(ready)).flat();
  }

  /** Begins the lines to every relay that is needed. */
  async start(): Promise<void> {
    for (const relay of await allRelays(this.#parts.store)) this.hub.need(relay.address);
    for (const conversation of await openConversations(this.#parts.store)) await this.openConversation(conversation.id);
    await this.postLetters();
  }

  /** A conversation exists (or has a new home): its home log is run from now on. */
  async openConversation(id: B64): Promise<void> {
    if (this.#closed) return;
    const conversation = await loadConversation(this.#parts.store, id);
    const home = homeOf(conversation);
    const contact = await contactByRoot(this.#parts.store, conversation.contact);
    if (home === null || contact?.blocked !== false) return;
    const line = this.hub.need(home.relay);
    if (line.connection !== null && this.#logs.get(id)?.epoch.log !== home.log) await this.#runLog(conversation, line.connection);
  }

  /** Something waits in the outbox of a conversation. */
  kick(conversation: B64): void {
    this.#logs.get(conversation)?.kick();
  }

  /** The running log of a conversation, or null. */
  log(conversation: B64): HomeLog | null {
    return this.#logs.get(conversation) ?? null;
  }

  /** The connection a conversation's log runs over, or null. */
  connectionOf(log: HomeLog): RelayConnection | null {
    return this.hub.line(log.epoch.peerId)?.connection ?? null;
  }

  /** Our own relays that are connected. */
  homes(): HomeRelay[] {
    return [...this.#homes.values()];
  }

  /** One fresh bundle of a contact's device from a relay of theirs, or null while none is connected or it refuses. */
  async takeBundle(contact: ContactRecord, manifest: CheckedManifest, device: number): Promise<PreKeyBundle | null> {
    if (contact.contactCapability === null || manifest.directory.length === 0) return null;
    const proof = { address: manifest.directory, contact: bytesOf(contact.contactCapability) };
    for (const address of manifest.relays) {
      const { connection } = this.#lineTo(address);
      const answer = connection === null ? null : await connection.takePreKeys(proof, device);
      if (answer?.ok === true) return answer.value.find((bundle) => bundle.device === device) ?? null;
    }
    return null;
  }

  /** Runs a connected log anew, after its history was repaired. */
  async restartLog(id: B64): Promise<void> {
    this.#logs.get(id)?.leave();
    this.#logs.delete(id);
    await this.openConversation(id);
  }

  /** Tries again now whatever waits for its next attempt: a person asked. */
  hurry(): void {
    this.hub.hurry();
    for (const log of this.#logs.values()) log.hurry();
  }

  /** Posts letters to inboxes, each over the first of its relays that answers. */
  async postLetters(): Promise<void> {
    for (const target of this.#parts.outbox.targets()) if (target.startsWith('inbox ')) void this.#postTo(target);
  }

  /** Gives up lines that nothing needs any more: a relay need not see longer than that that we are here. */
  async giveUpIdle(): Promise<void> {
    if (this.hub.idle(LINE_REST_MS).length === 0) return;
    const needed = await neededRelays(this.#parts);
    const idle = this.hub.idle(LINE_REST_MS).filter((peerId) => !needed.has(peerId));
    await Promise.all(idle.map((peerId) => this.hub.drop(peerId)));
  }

  /** Asks every connected relay what waits now; whatever cannot be asked is asked when it connects. */
  async refresh(): Promise<void> {
    const asked = [...this.#homes.values(), ...this.#logs.values()].map((one) => one.refresh());
    await Promise.allSettled(asked);
  }

  /** True when nothing more is to be taken, given or waited for. */
  async idle(): Promise<boolean> {
    for (const target of this.#parts.outbox.targets()) if (!(await isDirectOnly(this.#parts, target))) return false;
    for (const relay of await allRelays(this.#parts.store)) if (this.#homes.get(relay.peerId)?.caughtUp !== true) return false;
    // What is known in memory first: the conversations of thousands of contacts are not to be read at every step of every log.
    if (this.#starting > 0) return false;
    for (const log of this.#logs.values()) if (!log.caughtUp) return false;
    for (const conversation of await openConversations(this.#parts.store)) {
      if (homeOf(conversation) !== null && this.#logs.get(conversation.id)?.caughtUp !== true) return false;
    }
    return true;
  }

  /** Closes every line. */
  async close(): Promise<void> {
    this.#closed = true;
    this.wake.stop();
    for (const log of this.#logs.values()) log.stop();
    for (const home of this.#homes.values()) home.stop();
    await this.hub.close();
  }

  async #up(line: RelayLine, connection: RelayConnection): Promise<void> {
    const relay = await readRecord<RelayRecord>(this.#parts.store, keys.relay(line.peerId));
    if (line.connection !== connection) return;
    this.#parts.relayTimes.told(line.peerId, connection.terms.time);
    await lookAtAges(this.#parts, line.peerId);
    if (relay !== null) await this.#runHome(line, relay, connection);
    await this.#runLogs(line, connection);
    if (relay !== null) this.#events.homeReady(relay, connection);
    this.wake.touch();
    await this.postLetters();
    this.#progress();
  }

  #down(line: RelayLine, dismissal: Refusal | null): void {
    if (dismissal?.name === 'ELSEWHERE' && !this.#isElsewhere) void noteElsewhere(this.#parts);
    this.#isElsewhere ||= dismissal?.name === 'ELSEWHERE';
    this.#homes.get(line.peerId)?.stop();
    this.#homes.delete(line.peerId);
    for (const [id, log] of this.#logs) {
      if (log.epoch.peerId !== line.peerId) continue;
      log.stop();
      this.#logs.delete(id);
    }
    this.#progress();
  }

  /** @throws what the chores throw; a refusal is kept with the line */
  async #runHome(line: RelayLine, relay: RelayRecord, connection: RelayConnection): Promise<void> {
    const home = new HomeRelay(this.#parts, relay, connection, this.#progress);
    this.#homes.set(relay.peerId, home);
    try {
      await home.ready;
    } catch (error) {
      if (isSottoError(error, 'REFUSED')) await this.hub.refuse(line, error.message);
      throw error;
    }
  }

  /** Runs every log that lives there; the order in which they are opened means nothing. @throws what the first of them that failed threw */
  async #runLogs(line: RelayLine, connection: RelayConnection): Promise<void> {
    const here = (await openConversations(this.#parts.store)).filter((one) => homeOf(one)?.peerId === line.peerId);
    const inTurn = here.values();
    const work = async (): Promise<void> => {
      for (const conversation of inTurn) {
        if (line.connection !== connection) return;
        await this.#runLog(conversation, connection);
      }
    };
    this.#starting += 1;
    try {
      await Promise.all(Array.from({ length: LOGS_AT_A_TIME }, work));
    } finally {
      this.#starting -= 1;
    }
  }

  async #runLog(conversation: ConversationRecord, connection: RelayConnection): Promise<void> {
    const home = homeOf(conversation);
    if (home === null || this.#closed) return;
    const log = new HomeLog(this.#parts, conversation, home, connection, this.#events, this.#early);
    this.#logs.get(conversation.id)?.leave();
    this.#logs.set(conversation.id, log);
    await log.start();
    this.wake.touch();
  }

  async #postTo(target: string): Promise<void> {
    if (this.#posting.has(target)) return;
    this.#posting.add(target);
    try {
      for (const n of this.#parts.outbox.next(target, 0, LETTERS)) {
        if ((await this.#postOne(n)) !== 'later') continue;
        this.#parts.clock.after(LETTER_RETRY_MS, () => void this.postLetters());
        break;
      }
    } catch {
      // The connection went; its return posts again.
    } finally {
      this.#posting.delete(target);
      this.#progress();
    }
  }

  async #postOne(n: number): Promise<'posted' | 'later' | 'refused' | 'waiting'> {
    const record = await readRecord<OutboxRecord>(this.#parts.store, keys.outbox(n));
    if (record?.inbox == null || record.inbox.relays.length === 0) return 'waiting';
    for (const address of record.inbox.relays) {
      const line = this.#lineTo(address);
      if (line.connection !== null) return postLetter(this.#parts, n, line.connection, line.address);
    }
    return 'waiting';
  }

  #lineTo(address: string): RelayLine {
    if (this.#closed) throw new SottoError('CLOSED');
    return this.hub.need(parseRelayLine(address).address);
  }
}
