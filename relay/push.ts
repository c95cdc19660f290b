// Live and late by one road: a change only wakes a reader, which then reads on in the store from what it was sent.
// It must never hold more than one run of entries per connection, nor send before the store has it on disk.
import { hex, unhex } from '../core/base/bytes.ts';
import type { Log } from '../core/base/log.ts';
import { FRAME } from '../core/wire/frame.ts';
import { SlotSchema } from '../core/wire/gen/relay_pb.ts';
import { type Ack, encodeEntries } from '../core/wire/hot.ts';
import { MAX_RUN, WINDOW_BYTES } from '../core/wire/limits.ts';
import { encode } from '../core/wire/proto.ts';
import type { Answers } from './answers.ts';
import type { Handles } from './handles.ts';
import type { Heads } from './heads.ts';
import type { Metrics } from './operator/metrics.ts';
import type { RelayStore, StoredEntry, StoredSlot } from './store/store.ts';
import type { Subscription } from './subscription.ts';

/** Bytes of one run: late messages share the cost of a push, and a connection holds no more than this of them. */
const RUN_BYTES = 262_144;
/** Slots read at a time, one of them sent before: 256 KiB at most, however many a log has and however many readers begin at once. */
const SLOT_PAGE = 65;
/** Bytes of an entries frame before its entries, and before each envelope (core/wire/hot.ts). */
const ENTRIES_BYTES = 124;
const ENTRY_BYTES = 12;

/** What pushing needs. */
export interface PushNeeds {
  readonly store: Pick<RelayStore, 'read' | 'watch' | 'slots' | 'watchSlots' | 'ack'>;
  readonly heads: Heads;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly handles: Pick<Handles, 'get'>;
  readonly answers: Answers;
  /** Gives the connection up; the peer comes back and subscribes anew. */
  readonly giveUp: (reason: string) => void;
}

/** Sends the subscriptions of one connection what they have not been sent, in turns. */
export class Pusher {
  readonly #needs: PushNeeds;
  readonly #ready = new Set<Subscription>();
  #running = false;
  #over = false;

  constructor(needs: PushNeeds) {
    this.#needs = needs;
  }

  /** Begins a subscription: slots first, then entries, then whatever changes. */
  start(subscription: Subscription): void {
    if (subscription.over || this.#over) return;
    subscription.onEnd(this.#needs.store.watch(subscription.log, () => this.#rouse(subscription)));
    subscription.onEnd(
      this.#needs.store.watchSlots(subscription.log, (slot) => {
        subscription.slotChanged(slot);
        this.#rouse(subscription);
      }),
    );
    this.#rouse(subscription);
  }

  /** Takes an ack: it frees the window at once, and reaches the disk soon. More than was sent is ignored (C3). */
  acknowledge(ack: Ack): void {
    const subscription = this.#needs.handles.get(ack.handle)?.subscription;
    if (!subscription?.acknowledge(ack.seq)) return;
    if (subscription.ackUnderWay === 0) void this.#keepAck(subscription);
    if (subscription.waitsForAck) this.#rouse(subscription);
  }

  /** Goes on after there was no room on the connection. */
  wake(): void {
    if (!this.#running && this.#ready.size > 0) void this.#run();
  }

  end(): void {
    this.#over = true;
    this.#ready.clear();
  }

  #rouse(subscription: Subscription): void {
    if (subscription.over || this.#over) return;
    this.#ready.add(subscription);
    this.wake();
  }

  // One ack of a subscription at a time: a flood of them becomes the newest.
  async #keepAck(subscription: Subscription): Promise<void> {
    try {
      while (subscription.ackUnderWay < subscription.acknowledged) {
        subscription.ackUnderWay = subscription.acknowledged;
        await this.#needs.store.ack(subscription.log, subscription.reader, subscription.ackUnderWay);
      }
    } catch {
      this.#needs.log.warn('ack-failed');
    } finally {
      subscription.ackUnderWay = 0;
    }
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#needs.answers.hasRoom && !this.#over) {
        const subscription = this.#next();
        if (subscription === null) break;
        if (await this.#step(subscription)) this.#ready.add(subscription);
      }
    } catch {
      this.#needs.log.warn('push-failed');
      this.#needs.giveUp('The relay could not read what it keeps.');
    } finally {
      this.#running = false;
    }
  }

  #next(): Subscription | null {
    for (const subscription of this.#ready) {
      this.#ready.delete(subscription);
      return subscription;
    }
    return null;
  }

  // True when there may be more to send.
  async #step(subscription: Subscription): Promise<boolean> {
    if (subscription.over) return false;
    const moreSlots = await this.#pushSlots(subscription);
    if (!this.#needs.answers.hasRoom) return !subscription.over;
    const moreEntries = await this.#pushEntries(subscription);
    return !subscription.over && (moreSlots || moreEntries);
  }

  async #pushEntries(subscription: Subscription): Promise<boolean> {
    const left = WINDOW_BYTES - subscription.unacknowledged;
    subscription.waitsForAck = left <= ENTRIES_BYTES + ENTRY_BYTES;
    if (subscription.waitsForAck || subscription.over) return false;
    const found = await this.#needs.store.read(subscription.log, subscription.sent, MAX_RUN, Math.min(RUN_BYTES, left));
    if (subscription.over || this.#over || found[0] === undefined) return false;
    if (found[0].seq !== subscription.sent + 1) {
      this.#needs.giveUp('Entries expired before they were read; subscribe again.');
      return false;
    }
    const run = fitting(found, left, subscription.unacknowledged === 0);
    subscription.waitsForAck = run.length === 0;
    if (run.length > 0) this.#send(subscription, run);
    return run.length > 0;
  }

  #send(subscription: Subscription, run: readonly StoredEntry[]): void {
    const [first, last] = [run[0] as StoredEntry, run[run.length - 1] as StoredEntry];
    const head = this.#needs.heads.wire(subscription.log, last);
    const payload = encodeEntries({ handle: subscription.handle, first: first.seq, head, entries: run });
    this.#needs.metrics.count('pushed_entries', run.length);
    this.#needs.metrics.count('pushed_bytes', payload.length);
    this.#needs.answers.add(FRAME.ENTRIES, 0, payload);
    subscription.push(last.seq, payload.length);
  }

  async #pushSlots(subscription: Subscription): Promise<boolean> {
    if (subscription.slotsDue) subscription.beginSlotPass();
    if (subscription.slotPass !== null) return this.#pushAllSlots(subscription, subscription.slotPass);
    for (let slot = this.#waitingSlot(subscription); slot !== null; slot = this.#waitingSlot(subscription))
      this.#sendSlot(subscription, slot);
    return false;
  }

  #waitingSlot(subscription: Subscription): StoredSlot | null {
    return this.#needs.answers.hasRoom ? subscription.takeSlot() : null;
  }

  // A pass keeps only its place between two steps, so that a reader that stops in the middle costs no memory.
  async #pushAllSlots(subscription: Subscription, from: string): Promise<boolean> {
    const page = await this.#needs.store.slots(subscription.log, from === '' ? undefined : unhex(from), SLOT_PAGE);
    for (const slot of page) {
      const name = hex(slot.reader);
      if (name === from) continue;
      if (subscription.over || !this.#needs.answers.hasRoom) return true;
      this.#sendSlot(subscription, slot);
      subscription.slotPass = name;
    }
    if (page.length < SLOT_PAGE) subscription.slotPass = null;
    return true;
  }

  #sendSlot(subscription: Subscription, slot: StoredSlot): void {
    const { reader, counter, value } = slot;
    this.#needs.answers.add(FRAME.SLOT, 0, encode(SlotSchema, { handle: subscription.handle, reader, counter: BigInt(counter), value }));
  }
}

// What the window still takes. One entry is always sent to a reader that has acknowledged everything.
function fitting(found: readonly StoredEntry[], left: number, idle: boolean): readonly StoredEntry[] {
  let bytes = ENTRIES_BYTES;
  let count = 0;
  for (const { envelope } of found) {
    bytes += ENTRY_BYTES + envelope.length;
    if (bytes > left && !(idle && count === 0)) break;
    count += 1;
  }
  return count === found.length ? found : found.slice(0, count);
}
