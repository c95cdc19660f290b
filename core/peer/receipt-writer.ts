// Writes our slots: the newest state of each conversation, one small write at a time, however much happens in between. What is refused for
// now is tried again; it never asks a relay that advised to wait.
import type { RelayConnection } from '../net/relay-connection.ts';
import { isPassing } from '../wire/codes.ts';
import type { HomeLog } from './home-log.ts';
import type { Online } from './online.ts';
import type { Parts } from './parts.ts';
import { ownSlot } from './receipts.ts';
import { type B64, bytesOf } from './records.ts';
import { isStoreFault } from './store-fault.ts';

/** Pause between two slots of one conversation, ms: a receipt is a small thing, and each costs the other side a commit. */
const REST_MS = 100;
/** Pauses after the relay or our disk refused for now, ms: the first, doubling, and the longest without the relay's advice. */
const FIRST_RETRY_MS = 250;
const MOST_RETRY_MS = 60_000;

/** A conversation whose slot was refused, and when it is tried again. */
interface Refused {
  /** The relay's advice holds for its connection: a new one is asked at once. */
  readonly connection: RelayConnection;
  readonly attempts: number;
  /** Ends the wait; null once it is over. */
  cancel: (() => void) | null;
}

/** Keeps the relay's copy of our slots up to date. */
export class ReceiptWriter {
  readonly #parts: Parts;
  readonly #online: Online;
  readonly #progress: () => void;
  readonly #due = new Set<B64>();
  readonly #writing = new Set<B64>();
  readonly #refused = new Map<B64, Refused>();

  constructor(parts: Parts, online: Online, progress: () => void) {
    this.#parts = parts;
    this.#online = online;
    this.#progress = progress;
  }

  /** True when the relay has our newest word about everything that is connected, or refused it for good. */
  get flushed(): boolean {
    return this.#due.size === 0 && this.#writing.size === 0;
  }

  /** Something was taken or read in this conversation. */
  touch(conversation: B64): void {
    this.#due.add(conversation);
    if (!this.#writing.has(conversation) && !this.#waits(conversation)) void this.#write(conversation);
  }

  async #write(conversation: B64): Promise<void> {
    this.#writing.add(conversation);
    try {
      while (this.#due.delete(conversation)) {
        if ((await this.#put(conversation)) === 'later') break;
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

  async #put(conversation: B64): Promise<'done' | 'later'> {
    const log = this.#online.log(conversation);
    const connection = log === null ? null : this.#online.connectionOf(log);
    if (log === null || connection === null || log.handle === 0) return 'done';
    const pause = await this.#give(conversation, log, connection);
    if (pause !== null) return this.#later(conversation, connection, pause);
    this.#refused.delete(conversation);
    return 'done';
  }

  /** Answers how long to wait at least before the next attempt, ms; null when none is needed. @throws OFFLINE, TIMEOUT */
  async #give(conversation: B64, log: HomeLog, connection: RelayConnection): Promise<number | null> {
    try {
      const { counter, value } = await ownSlot(this.#parts, conversation);
      const answer = await connection.putSlot(log.handle, bytesOf(log.epoch.reader), counter, value);
      if (answer.ok) return null;
      if (isPassing(answer.refusal.name)) return answer.refusal.retryAfter;
      this.#parts.log.warn('a relay refused a receipt for good');
      return null;
    } catch (error) {
      if (isStoreFault(error)) return 0;
      throw error;
    }
  }

  #later(conversation: B64, connection: RelayConnection, advice: number): 'later' {
    const attempts = this.#refused.get(conversation)?.attempts ?? 0;
    const pause = Math.max(advice, Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 30)));
    const again = () => {
      refused.cancel = null;
      this.touch(conversation);
    };
    const refused: Refused = { connection, attempts: attempts + 1, cancel: null };
    refused.cancel = this.#parts.clock.after(pause, again);
    this.#refused.set(conversation, refused);
    this.#due.add(conversation);
    return 'later';
  }

  /** True while it must wait; what a connection that is gone advised holds no more. */
  #waits(conversation: B64): boolean {
    const refused = this.#refused.get(conversation);
    const log = this.#online.log(conversation);
    const isSame = log === null || this.#online.connectionOf(log) === refused?.connection;
    if (refused !== undefined && isSame) return refused.cancel !== null;
    refused?.cancel?.();
    this.#refused.delete(conversation);
    return false;
  }
}
