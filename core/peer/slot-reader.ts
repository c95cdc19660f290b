// Takes the slots of others as they are pushed: only the newest of each writer is worth opening.
import { hex } from '../base/bytes.ts';
import type { SlotPush } from '../net/relay-connection.ts';
import type { Parts } from './parts.ts';
import { takeSlot } from './receipts.ts';
import type { B64 } from './records.ts';
import type { Comparison } from './witness.ts';

/** Bytes of slots that wait: those of ten thousand conversations. A relay that invents writers without end fills no memory. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Slots that wait until this device has read as far as their writer: a slot has at most 4 KiB. */
const MOST_EARLY = 1_000;
/** Pause after the disk refused, ms. */
const AFTER_FAULT_MS = 1_000;

/** Slots waiting to be opened. */
export class SlotReader {
  readonly #parts: Parts;
  readonly #seen: (conversation: B64, seen: Comparison) => void;
  readonly #waiting = new Map<string, { readonly conversation: B64; readonly slot: SlotPush }>();
  /** Slots of whoever saw more of a log than this device, or has a wrap key that stands there. */
  readonly #early = new Map<string, { readonly conversation: B64; readonly slot: SlotPush }>();
  #bytes = 0;
  #running = false;

  constructor(parts: Parts, seen: (conversation: B64, seen: Comparison) => void) {
    this.#parts = parts;
    this.#seen = seen;
  }

  /** True when no slot waits to be opened. */
  get idle(): boolean {
    return !this.#running && this.#waiting.size === 0;
  }

  /** Takes a slot; a newer one of the same writer takes its place while it waits. */
  push(conversation: B64, slot: SlotPush): void {
    const key = `${conversation} ${hex(slot.reader)}`;
    this.#forget(key);
    if (this.#bytes + slot.value.length > MOST_BYTES) return; // it comes again with the next subscription
    this.#bytes += slot.value.length;
    this.#waiting.set(key, { conversation, slot });
    if (!this.#running) void this.#run();
  }

  /** More of the log was taken: slots that spoke of entries behind its end are looked at again. */
  taken(conversation: B64): void {
    for (const [key, early] of this.#early) {
      if (early.conversation !== conversation) continue;
      this.#early.delete(key);
      if (!this.#waiting.has(key)) this.push(conversation, early.slot);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#waiting.get(key)?.slot.value.length ?? 0;
    this.#waiting.delete(key);
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const [key, { conversation, slot }] of this.#waiting) {
      this.#forget(key);
      const seen = await takeSlot(this.#parts, conversation, slot.value, slot.reader).catch(() => null);
      if (seen === null) return this.#restAfterFault(key, conversation, slot);
      if (seen === 'ahead') this.#keepEarly(key, conversation, slot);
      // Whoever waits for rest looks when told, so it must be true by then.
      this.#running = this.#waiting.size > 0;
      this.#seen(conversation, seen);
      if (!this.#running) return;
    }
    this.#running = false;
  }

  #keepEarly(key: string, conversation: B64, slot: SlotPush): void {
    this.#early.set(key, { conversation, slot });
    const [oldest] = this.#early.keys();
    if (this.#early.size > MOST_EARLY && oldest !== undefined) this.#early.delete(oldest);
  }

  /** The disk refused: the relay does not push again what it thinks was taken, so the slot waits here, unless a newer one came. */
  #restAfterFault(key: string, conversation: B64, slot: SlotPush): void {
    if (!this.#waiting.has(key)) this.#waiting.set(key, { conversation, slot });
    this.#bytes = [...this.#waiting.values()].reduce((sum, one) => sum + one.slot.value.length, 0);
    this.#parts.clock.after(AFTER_FAULT_MS, () => void this.#run());
  }
}
