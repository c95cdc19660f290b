// What the relay knows of one reader of one log on one connection: two numbers and what is still unacknowledged.
// It must never hold an entry: a reader that stops costs this much and no more.
import type { Bytes } from '../core/base/bytes.ts';
import type { StoredSlot } from './store/store.ts';

/** Changed slots that wait for a slow reader; one more and all slots are read again later instead. */
const WAITING_SLOTS = 16;

interface Sent {
  readonly last: number;
  readonly bytes: number;
}

/** One subscription. */
export class Subscription {
  readonly handle: number;
  readonly log: Bytes;
  /** Reader id. */
  readonly reader: Bytes;
  /** Highest number sent. */
  sent: number;
  /** Bytes sent and not acknowledged. */
  unacknowledged = 0;
  /** Changed slots by reader id in hex. */
  readonly slots = new Map<string, StoredSlot>();
  /** Where a pass over all slots goes on: the reader id (hex) sent last, '' at its beginning; null when no pass is due. */
  slotPass: string | null = '';
  readonly stops: (() => void)[] = [];
  over = false;
  #runs: Sent[] = [];
  #acknowledged: number;

  /** @param after entries above this number are sent @param cursor the reader's durable cursor */
  constructor(handle: number, log: Bytes, reader: Bytes, after: number, cursor: number) {
    this.handle = handle;
    this.log = log;
    this.reader = reader;
    this.sent = after;
    this.#acknowledged = cursor;
  }

  /** Counts a run that was sent. */
  push(last: number, bytes: number): void {
    this.sent = last;
    this.unacknowledged += bytes;
    this.#runs.push({ last, bytes });
  }

  /** False when it says nothing new, or names more than was sent. Frees the window of every run it covers. */
  acknowledge(seq: number): boolean {
    if (seq > this.sent || seq <= this.#acknowledged) return false;
    this.#acknowledged = seq;
    let covered = 0;
    for (const run of this.#runs) {
      if (run.last > seq) break;
      this.unacknowledged -= run.bytes;
      covered += 1;
    }
    if (covered > 0) this.#runs = this.#runs.slice(covered);
    return true;
  }

  /** Remembers a changed slot; too many of them become one pass over all. */
  slotChanged(name: string, slot: StoredSlot): void {
    if (this.slotPass === '') return;
    this.slots.delete(name);
    this.slots.set(name, slot);
    if (this.slots.size <= WAITING_SLOTS) return;
    this.slots.clear();
    this.slotPass = '';
  }

  end(): void {
    this.over = true;
    for (const stop of this.stops.splice(0)) stop();
  }
}
