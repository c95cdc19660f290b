// The heads of the logs in use, in memory: what the one writer counts on from. Bounded; whatever falls out is read again.
import type { Bytes } from '../../core/base/bytes.ts';
import { keyOf, textOf } from './keys.ts';
import type { LiveHead } from './live-head.ts';
import { decodeHead, encodeHead, type HeadRecord } from './records.ts';
import type { Turn } from './turn.ts';

/** Heads of one generation; two generations are kept. About 400 bytes each: some ten megabytes at most. */
const GENERATION = 16_384;

/** Heads by log, read on demand and forgotten in two generations. Only the one writer changes them. */
export class Heads {
  #young = new Map<string, LiveHead>();
  #old = new Map<string, LiveHead>();

  /** Asks for a head to be read ahead; the answer is the place for `have`, -1 when it is in memory. */
  want(turn: Turn, log: Bytes): number {
    return this.#cached(textOf(log)) === undefined ? turn.want(keyOf('head', log)) : -1;
  }

  /** The head that was asked for with `want` in this turn; null when there is no such log. */
  have(turn: Turn, log: Bytes, place: number): LiveHead | null {
    const text = textOf(log);
    const cached = this.#cached(text);
    if (cached !== undefined) return cached;
    const key = keyOf('head', log);
    const written = turn.written(textOf(key));
    return this.#remember(log, text, key, written === undefined ? turn.found(place) : written);
  }

  /** The head, read now. */
  async get(turn: Turn, log: Bytes): Promise<LiveHead | null> {
    const text = textOf(log);
    const cached = this.#cached(text);
    if (cached !== undefined) return cached;
    const key = keyOf('head', log);
    return this.#remember(log, text, key, await turn.get(key));
  }

  /** A head that did not exist before. */
  make(turn: Turn, log: Bytes, record: HeadRecord): void {
    const head: LiveHead = { log, text: textOf(log), key: keyOf('head', log), ...record };
    this.#young.set(head.text, head);
    turn.heads.add(head);
  }

  /** Writes every head the turn changed, once. */
  seal(turn: Turn): void {
    for (const head of turn.heads) turn.put(head.key, encodeHead(head));
    // Only here, between two turns, may one fall out: inside a turn it may be ahead of every record of it.
    if (this.#young.size > GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
  }

  /** Forgets everything; the next turn reads what the disk (and the turn on its way there) says. */
  forget(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #cached(text: string): LiveHead | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.#young.set(text, old);
    return old;
  }

  #remember(log: Bytes, text: string, key: Bytes, value: Uint8Array | null | undefined): LiveHead | null {
    if (value === null || value === undefined) return null;
    const head: LiveHead = { log: new Uint8Array(log), text, key, ...decodeHead(value) };
    this.#young.set(text, head);
    return head;
  }
}
