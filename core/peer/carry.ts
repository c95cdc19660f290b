// Carrying: entries that are known without a stamp are appended to the home log with their own bytes. Ids follow from the bytes, so any
// number of carriers is harmless; what must never happen is that the history of epoch 0 is appended out of its order.
import type { RelayConnection } from '../net/relay-connection.ts';
import { isPassing } from '../wire/codes.ts';
import { ENTRY_LIFETIME_MS, MAX_FRAME_BYTES, MAX_RUN } from '../wire/limits.ts';
import { type Carried, type CarryPlace, carriedAfter } from './carry-records.ts';
import { loadConversation } from './conversations.ts';
import type { Parts } from './parts.ts';
import { type B64, bytesOf, type OpeningRecord } from './records.ts';

/** How long an entry that came directly may be missing from the home log before its receiver appends it (C1.2), ms. */
export const CARRY_AFTER_MS = 30_000;
/** Random part added to that wait, so that not everybody carries at once, ms. */
export const CARRY_JITTER_MS = 2_000;
/** Pause after a passing refusal without advice, ms. */
const RETRY_MS = 1_000;
/** Bytes of one run. */
const RUN_BYTES = MAX_FRAME_BYTES / 2;
/** Before the first place there is. */
const START: CarryPlace = [0, 0];

/** Carries for one conversation over one open log. */
export class Carrier {
  readonly #parts: Parts;
  readonly #conversation: B64;
  readonly #connection: RelayConnection;
  readonly #handle: number;
  #running = false;
  #again = false;
  #stopped = false;
  #cancelTimer: () => void = () => undefined;

  constructor(parts: Parts, conversation: B64, connection: RelayConnection, handle: number) {
    this.#parts = parts;
    this.#conversation = conversation;
    this.#connection = connection;
    this.#handle = handle;
  }

  /** Something came directly, or the opening came a step further. */
  kick(): void {
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        const { opening } = await loadConversation(this.#parts.store, this.#conversation);
        if (opening === null) await this.#carryLate();
        else await this.#carryHistory(opening);
      }
    } catch {
      // The connection went, or the disk failed: the next connection begins anew from what is kept.
      this.#stopped = true;
    } finally {
      this.#running = false;
    }
  }

  /** Everything of epoch 0, strictly in its order: only the opener, and only once nothing of it can still come. */
  async #carryHistory({ opener, n, last }: OpeningRecord): Promise<void> {
    if (!opener || last === null) return;
    const [waiting] = this.#parts.outbox.next(this.#conversation, 0, 1);
    if (waiting !== undefined && waiting <= n) return;
    let after = START;
    for (;;) {
      const all = await carriedAfter(this.#parts.store, this.#conversation, after, MAX_RUN);
      const run = oneRun(
        all.filter(({ place: [lamport, tag] }) => lamport < last.lamport || (lamport === last.lamport && tag <= last.tag)),
      );
      const end = run.at(-1);
      if (end === undefined || this.#stopped || !(await this.#append(run))) return;
      after = end.place;
    }
  }

  /** What came directly and was not stamped in time. */
  async #carryLate(): Promise<void> {
    this.#cancelTimer();
    const now = this.#parts.clock.now();
    const kept = (await carriedAfter(this.#parts.store, this.#conversation, START, MAX_RUN)).filter(({ record }) => !record.out);
    const due = kept.filter(({ record }) => isDue(record.at, now));
    if (due.length > 0) {
      if (await this.#append(oneRun(due))) this.#later(CARRY_AFTER_MS);
      return;
    }
    const [first] = kept;
    if (first !== undefined && now - first.record.at <= ENTRY_LIFETIME_MS) this.#later(first.record.at + CARRY_AFTER_MS - now);
  }

  #later(ms: number): void {
    this.#cancelTimer = this.#parts.clock.after(ms + Math.random() * CARRY_JITTER_MS, () => this.kick());
  }

  /** Appends one run; false when it has to wait or was refused. @throws OFFLINE, TIMEOUT */
  async #append(run: readonly Carried[]): Promise<boolean> {
    const { refusal } = await this.#connection.append(
      this.#handle,
      run.map(({ record }) => bytesOf(record.envelope)),
    );
    if (refusal === null) return true;
    this.#later(isPassing(refusal.name) || refusal.name === 'CONFLICT' ? refusal.retryAfter || RETRY_MS : CARRY_AFTER_MS);
    return false;
  }
}

/** Old enough, and young enough that no relay can have forgotten its id (H6). A clock set back makes nothing wait. */
function isDue(at: number, now: number): boolean {
  return (now - at >= CARRY_AFTER_MS || at > now) && now - at <= ENTRY_LIFETIME_MS;
}

function oneRun(carried: readonly Carried[]): Carried[] {
  let bytes = 0;
  const end = carried.findIndex(({ record }, at) => {
    bytes += record.envelope.length;
    return at > 0 && bytes > RUN_BYTES;
  });
  return carried.slice(0, end < 0 ? undefined : end);
}
