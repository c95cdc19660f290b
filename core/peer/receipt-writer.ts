// Writes our slots: the newest state of each conversation, one small write at a time, however much happens in between.
import type { Online } from './online.ts';
import type { Parts } from './parts.ts';
import { ownSlot } from './receipts.ts';
import { type B64, bytesOf } from './records.ts';

/** Pause between two slots of one conversation, ms: a receipt is a small thing, and each costs the other side a commit. */
const REST_MS = 100;

/** Keeps the relay's copy of our slots up to date. */
export class ReceiptWriter {
  readonly #parts: Parts;
  readonly #online: Online;
  readonly #progress: () => void;
  readonly #due = new Set<B64>();
  readonly #writing = new Set<B64>();

  constructor(parts: Parts, online: Online, progress: () => void) {
    this.#parts = parts;
    this.#online = online;
    this.#progress = progress;
  }

  /** True when the relay has our newest word about everything that is connected. */
  get flushed(): boolean {
    return this.#due.size === 0 && this.#writing.size === 0;
  }

  /** Something was taken or read in this conversation. */
  touch(conversation: B64): void {
    this.#due.add(conversation);
    if (!this.#writing.has(conversation)) void this.#write(conversation);
  }

  async #write(conversation: B64): Promise<void> {
    this.#writing.add(conversation);
    try {
      while (this.#due.delete(conversation)) {
        await this.#put(conversation);
        if (this.#due.has(conversation)) await this.#rest();
      }
    } catch {
      // The connection went; the slot is written anew when the log runs again.
    } finally {
      this.#writing.delete(conversation);
      this.#progress();
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.after(REST_MS, resolve));
  }

  async #put(conversation: B64): Promise<void> {
    const log = this.#online.log(conversation);
    const connection = log === null ? null : this.#online.connectionOf(log);
    if (log === null || connection === null || log.handle === 0) return;
    const { counter, value } = await ownSlot(this.#parts, conversation);
    await connection.putSlot(log.handle, bytesOf(log.epoch.reader), counter, value);
  }
}
