// One of our own relays while it is connected: the chores, and the inbox read as it fills.
import { SottoError } from '../base/errors.ts';
import type { Entries, RelayConnection } from '../net/relay-connection.ts';
import { noteIncarnation, openInbox, putLink, putLinks, putManifest, putPreKeys, register, subscribeInbox } from './chores.ts';
import { takeInboxRun } from './inbox-in.ts';
import { noteContradiction } from './notices.ts';
import type { Parts } from './parts.ts';
import type { InviteRecord, RelayRecord } from './people-records.ts';
import { keys, readRecord } from './records.ts';

/** How often a connected relay is asked how many of our prekeys are left, ms: an hour. */
const PREKEY_LOOK_MS = 3_600_000;

/** A home relay over one connection. */
export class HomeRelay {
  readonly relay: RelayRecord;
  readonly #parts: Parts;
  readonly #connection: RelayConnection;
  readonly #progress: () => void;
  readonly #ready: Promise<void>;
  #handle = 0;
  #runs: Entries[] = [];
  #taking = false;
  #seq = -1;
  #head = 0;
  #stopped = false;
  #cancelLook: () => void = () => undefined;

  /** @param progress called whenever something came a step further */
  constructor(parts: Parts, relay: RelayRecord, connection: RelayConnection, progress: () => void) {
    this.#parts = parts;
    this.relay = relay;
    this.#connection = connection;
    this.#progress = progress;
    this.#ready = this.#start();
    this.#ready.catch(() => undefined);
  }

  /** Resolves once the relay holds all it must; rejects with the reason it does not. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Handle of our inbox there, once it is ready. */
  get inbox(): number {
    return this.#handle;
  }

  /** True once everything that stood in the inbox at subscription was taken. */
  get caughtUp(): boolean {
    return this.#seq >= this.#head && this.#runs.length === 0 && !this.#taking;
  }

  /** Asks the relay how far the log goes now: what stands there counts as waiting until it was taken. @throws OFFLINE, TIMEOUT */
  async refresh(): Promise<void> {
    const head = this.#seq < 0 ? null : await this.#connection.head(this.#handle, 0);
    if (head?.ok === true) this.#head = Math.max(this.#head, head.value.seq);
  }

  /** Puts a link (or takes it back) at once. @throws REFUSED, OFFLINE */
  async putLink(invite: InviteRecord): Promise<void> {
    await this.#ready;
    await putLink(this.#parts, this.#connection, this.#handle, invite);
  }

  /** Puts the manifest again after it changed. @throws REFUSED, OFFLINE */
  async refreshManifest(): Promise<void> {
    await this.#ready;
    const relay = await readRecord<RelayRecord>(this.#parts.store, keys.relay(this.relay.peerId));
    if (relay !== null) await putManifest(this.#parts, this.#connection, relay);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelLook();
  }

  async #start(): Promise<void> {
    await register(this.#connection, this.relay);
    this.#handle = await openInbox(this.#connection, this.relay);
    await putLinks(this.#parts, this.#connection, this.#handle);
    await putManifest(this.#parts, this.#connection, await noteIncarnation(this.#parts, this.#connection, this.relay));
    await putPreKeys(this.#parts, this.#connection, this.relay);
    this.#lookAgain();
    const sink = { entries: (run: Entries) => this.#take(run), slot: () => undefined };
    const { cursor, head } = await subscribeInbox(this.#parts, this.#connection, this.relay, this.#handle, sink);
    this.#seq = cursor.seq;
    this.#head = head;
    this.#progress();
    void this.#pump();
  }

  /** Prekeys are used up and rotate also while a connection holds for weeks. */
  #lookAgain(): void {
    this.#cancelLook = this.#parts.clock.after(PREKEY_LOOK_MS, () => {
      if (this.#stopped) return;
      void putPreKeys(this.#parts, this.#connection, this.relay).catch(() => this.#parts.log.warn('prekeys could not be put'));
      this.#lookAgain();
    });
  }

  #take(run: Entries): void {
    this.#runs.push(run);
    if (this.#seq >= 0) void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#taking) return;
    this.#taking = true;
    try {
      while (this.#runs.length > 0 && !this.#stopped) await this.#takeAll(this.#runs.splice(0));
    } catch {
      // A store fault or a broken word: nothing was kept; the connection is dropped and the letters come again.
      this.#stopped = true;
      void this.#connection.close();
    } finally {
      this.#taking = false;
    }
    this.#progress();
  }

  async #takeAll(runs: readonly Entries[]): Promise<void> {
    const outcome = await takeInboxRun(this.#parts, this.relay, runs);
    if (outcome.kind === 'contradiction') {
      await noteContradiction(this.#parts, null, outcome.reason);
      throw new SottoError('MALFORMED', outcome.reason);
    }
    this.#seq = outcome.seq;
    this.#connection.ack(this.#handle, outcome.seq);
  }
}
