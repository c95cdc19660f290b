// What the relay knows of one reader of one log on one connection: two numbers and what is still unacknowledged.
// It must never hold an entry: a reader that stops costs this much and no more.
import { type Bytes, hex } from '../core/base/bytes.ts';
import type { StoredSlot } from './store/store.ts';

/** Changed slots that wait for a slow reader; with one more, all slots are read again later instead. */
const WAITING_SLOTS = 16;
/** Acknowledged runs that are dropped from the list together. */
const FORGET_RUNS = 256;

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
  /** True when its window is full: the next ack lets it go on. */
  waitsForAck = false;
  /** Highest number whose ack the store was given, while it is being written; 0 when nothing is under way. */
  ackUnderWay = 0;
  /** True when all slots are to be sent, from the first. */
  slotsDue = true;
  /** Where that pass goes on: the reader id (hex) sent last, '' at its beginning; null when none is under way. */
  slotPass: string | null = null;
  over = false;
  readonly #slots = new Map<string, StoredSlot>();
  readonly #stops: (() => void)[] = [];
  #runs: Sent[] = [];
  #firstRun = 0;
  #acknowledged: number;

  /** @param after entries above this number are sent @param cursor the reader's durable cursor */
  constructor(handle: number, log: Bytes, reader: Bytes, after: number, cursor: number) {
    this.handle = handle;
    this.log = log;
    this.reader = reader;
    this.sent = after;
    // Not above `after`: whoever reads again what it had acknowledged once must be able to free the window with it.
    this.#acknowledged = Math.min(cursor, after);
  }

  /** Highest number acknowledged here, or before as far as it is not read again. */
  get acknowledged(): number {
    return this.#acknowledged;
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
    for (let run = this.#runs[this.#firstRun]; run !== undefined && run.last <= seq; run = this.#runs[this.#firstRun]) {
      this.unacknowledged -= run.bytes;
      this.#firstRun += 1;
    }
    if (this.#firstRun >= FORGET_RUNS || this.#firstRun === this.#runs.length) {
      this.#runs = this.#runs.slice(this.#firstRun);
      this.#firstRun = 0;
    }
    return true;
  }

  /** Remembers the latest of a changed slot; too many of them become one pass over all. */
  slotChanged(slot: StoredSlot): void {
    this.#slots.set(hex(slot.reader), slot);
    if (this.#slots.size <= WAITING_SLOTS) return;
    this.#slots.clear();
    this.slotsDue = true;
  }

  /** All slots are read from the store now, the changed ones among them. */
  beginSlotPass(): void {
    this.slotsDue = false;
    this.slotPass = '';
    this.#slots.clear();
  }

  /** One changed slot, taken out; null when none waits. */
  takeSlot(): StoredSlot | null {
    for (const [name, slot] of this.#slots) {
      this.#slots.delete(name);
      return slot;
    }
    return null;
  }

  /** Calls `stop` when the subscription ends. */
  onEnd(stop: () => void): void {
    this.#stops.push(stop);
  }

  end(): void {
    this.over = true;
    this.#slots.clear();
    for (const stop of this.#stops.splice(0)) stop();
  }
}
