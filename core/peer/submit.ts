// Station "submit": takes from the outbox in order and gives to the home log, several runs in flight; the same bytes at every attempt.
import type { Refusal, RelayConnection, Stamp } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { isPassing } from '../wire/codes.ts';
import { MAX_RUN } from '../wire/limits.ts';
import { loadConversation } from './conversations.ts';
import { noteFull } from './no-room.ts';
import { dequeue, type Locator, nextRun, type Waiting } from './outbox.ts';
import type { Parts } from './parts.ts';
import { queuedPlace } from './places.ts';
import { type B64, bytesOf, type EpochRecord, keys, type Place, type RowRecord, readRecord, writeRecord } from './records.ts';
import { type EarlyStamp, messageView } from './views.ts';

/** Runs on their way at a time: hides the round trip without flooding the relay. */
const RUNS_IN_FLIGHT = 4;
/** Early stamps kept at a time: several times what can be in flight. */
const MOST_EARLY = 4 * RUNS_IN_FLIGHT * MAX_RUN;
/** Pause after a passing refusal without advice, ms. */
const RETRY_MS = 1_000;

/** Stamps given but not yet read back from the log, by message id: shown as *stored*, never written. */
export type EarlyStamps = Map<string, EarlyStamp>;

/** Empties the outbox of one conversation into its home log over one connection. */
export class Submitter {
  readonly #parts: Parts;
  readonly #conversation: B64;
  readonly #epoch: EpochRecord;
  readonly #connection: RelayConnection;
  readonly #handle: number;
  readonly #early: EarlyStamps;
  /** Highest outbox number given to the relay on this connection. */
  #upTo = 0;
  #inFlight = 0;
  /** Numbers stamped for us on this connection. */
  readonly #own = new Set<number>();
  #paused = false;
  #stopped = false;
  #filling = false;

  constructor(parts: Parts, conversation: B64, epoch: EpochRecord, connection: RelayConnection, handle: number, early: EarlyStamps) {
    this.#parts = parts;
    this.#conversation = conversation;
    this.#epoch = epoch;
    this.#connection = connection;
    this.#handle = handle;
    this.#early = early;
  }

  /** Something may wait. */
  kick(): void {
    if (!this.#filling) void this.#fill();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #fill(): Promise<void> {
    this.#filling = true;
    try {
      while (!this.#stopped && !this.#paused && this.#inFlight < RUNS_IN_FLIGHT) {
        const run = await nextRun(this.#parts.store, this.#parts.outbox, this.#conversation, this.#upTo);
        if (run.length === 0 || this.#stopped || this.#paused) break;
        this.#upTo = run.at(-1)?.n ?? this.#upTo;
        this.#inFlight += 1;
        void this.#give(run);
      }
    } catch {
      this.#pause(RETRY_MS);
    } finally {
      this.#filling = false;
    }
  }

  async #give(run: readonly Waiting[]): Promise<void> {
    try {
      const answer = await this.#connection.append(
        this.#handle,
        run.map(({ record }) => bytesOf(record.envelope)),
      );
      this.#noteOwn(answer.stamps);
      if (answer.stamps.length > 0) this.#parts.fullRelays.hasRoom(this.#conversation);
      await this.#stamped(run, answer.stamps);
      const refused = run[answer.stamps.length];
      if (answer.refusal !== null && refused !== undefined) await this.#refused(refused, answer.refusal);
    } catch {
      // The connection is gone or broke its word, or our disk failed: the next one begins again from the outbox, with the same bytes.
      this.#stopped = true;
      void this.#connection.close();
    } finally {
      this.#inFlight -= 1;
      this.kick();
    }
  }

  #noteOwn(stamps: readonly Stamp[]): void {
    if (this.#own.size > MOST_EARLY) this.#own.clear();
    for (const { seq } of stamps) this.#own.add(seq);
  }

  /** True while the relay owes stamps: an entry it pushes now may be one of ours. */
  get awaitsStamps(): boolean {
    return this.#inFlight > 0;
  }

  /** True for an entry that this connection stamped for us: reading it back brings nothing new. */
  isOwn(seq: number): boolean {
    return this.#own.has(seq);
  }

  /** Shows *stored* at once; the settled row follows when the entry is read back from the log. */
  async #stamped(run: readonly Waiting[], stamps: readonly Stamp[]): Promise<void> {
    const conversation = await loadConversation(this.#parts.store, this.#conversation);
    for (const [at, stamp] of stamps.entries()) {
      const waiting = run[at];
      if (waiting?.record.message == null) continue;
      const place = await placeOfWaiting(this.#parts.store, waiting);
      const row = await readRecord<RowRecord>(this.#parts.store, keys.row(this.#conversation, place));
      if (row === null) continue;
      const early: EarlyStamp = { epoch: this.#epoch.number, seq: stamp.seq, time: stamp.time };
      remember(this.#early, waiting.record.message, early);
      this.#parts.announce({ event: 'state', message: messageView(conversation, place, row, early) });
    }
  }

  async #refused(waiting: Waiting, refusal: Refusal): Promise<void> {
    // Never forward: a later run's CONFLICT must not pass over what was refused before it.
    this.#upTo = Math.min(this.#upTo, waiting.n - 1);
    if (refusal.name === 'CONFLICT') return;
    if (isPassing(refusal.name)) {
      this.#pause(refusal.retryAfter || RETRY_MS);
      await noteFull(this.#parts, this.#conversation, this.#conversation, this.#epoch.relay, refusal);
      return;
    }
    await failWaiting(this.#parts, waiting, refusalReason(refusal));
  }

  #pause(ms: number): void {
    this.#paused = true;
    this.#parts.clock.after(ms, () => {
      this.#paused = false;
      this.kick();
    });
  }
}

/** Where the row of a waiting envelope stands: queued, or provisional once the peer took it directly. */
async function placeOfWaiting(from: Store | Change, { n, record }: Waiting): Promise<Place> {
  return (await readRecord<Locator>(from, keys.outer(record.conversation, record.outer)))?.place ?? queuedPlace(n);
}

/** The oldest leave first: they were read back long ago, and a settled row no longer needs one. */
function remember(stamps: EarlyStamps, message: string, stamp: EarlyStamp): void {
  stamps.set(message, stamp);
  for (const oldest of stamps.keys()) {
    if (stamps.size <= MOST_EARLY) return;
    stamps.delete(oldest);
  }
}

/** What a person reads when a relay refused for good. */
export function refusalReason(refusal: Refusal): string {
  return `The relay refused it (${refusal.name}${refusal.detail === '' ? '' : `: ${refusal.detail}`}).`;
}

/** Marks a message as failed, with its reason; its text stays, and can be sent again. */
export function failWaiting(parts: Parts, waiting: Waiting, reason: string): Promise<void> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    dequeue(change, waiting.n);
    const conversation = waiting.record.conversation;
    const place = await placeOfWaiting(change, waiting);
    const row = conversation === null ? null : await readRecord<RowRecord>(change, keys.row(conversation, place));
    // What the peer took directly is not undone by a log that never took it.
    const failed: RowRecord | null = row === null || row.state === 'delivered' ? null : { ...row, state: 'failed', reason };
    if (conversation !== null && failed !== null) writeRecord(change, keys.row(conversation, place), failed);
    await change.commit();
    parts.outbox.remove(waiting.n);
    if (conversation !== null && failed !== null) {
      const record = await loadConversation(parts.store, conversation);
      parts.announce({ event: 'state', message: messageView(record, place, failed) });
    }
  });
}
