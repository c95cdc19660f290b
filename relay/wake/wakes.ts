// Who is to be woken: looks at a log a moment after something happened to it, and rings for every reader that is away and has something unread.
// It must never make an append wait, and knows readers only by their ids.

import type { Bytes } from '../../core/base/bytes.ts';
import { hex, unhex } from '../../core/base/bytes.ts';
import type { Clock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import type { Board } from '../presence/board.ts';
import type { RelayStore } from '../store/store.ts';
import type { Bells } from './bells.ts';
import { Marks } from './marks.ts';

/** Between an entry, or the end of a subscription, and the look at its log, ms: a run is looked at once, and its last acks are on the disk. */
export const GATHER_MS = 1_000;
/** Logs that wait for a look; with more, what happens to others is not looked at until something happens again. Some hundred bytes each. */
const MOST_DUE = 65_536;

/** What waking needs. */
export interface WakesNeeds {
  readonly store: Pick<RelayStore, 'wakes' | 'log' | 'cursor'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly board: Board;
  readonly bells: Bells;
  /** 65 bytes: the public key for Web Push. */
  readonly publicKey: Bytes;
  /** True for a URL that may be an endpoint of a kind. */
  readonly isGood: (kind: number, url: string) => boolean;
}

/** Wakes the readers of one relay. */
export class Wakes {
  readonly publicKey: Bytes;
  readonly isGood: WakesNeeds['isGood'];
  readonly #needs: WakesNeeds;
  readonly #marks = new Marks();
  #due = new Map<string, Bytes>();
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(needs: WakesNeeds) {
    this.#needs = needs;
    this.publicKey = needs.publicKey;
    this.isGood = needs.isGood;
    needs.board.onMove((log, reader, isHere) => (isHere ? this.#came(unhex(log), unhex(reader)) : this.landed(unhex(log))));
  }

  /** Reads from the disk which logs are looked at; until it has, all are. */
  async start(): Promise<void> {
    try {
      await this.#needs.store.wakes.eachLog((log) => this.#marks.add(log));
      this.#marks.complete();
    } catch {
      if (!this.#stopped) this.#needs.log.warn('wakes-not-read');
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#due.clear();
    this.#needs.bells.stop();
  }

  /** A log may have readers that are woken from now on. */
  mark(log: Bytes): void {
    this.#marks.add(log);
  }

  /** An entry is on the disk, or a reader went. */
  landed(log: Bytes): void {
    if (this.#stopped || !this.#marks.perhaps(log) || this.#due.size >= MOST_DUE) return;
    this.#due.set(hex(log), log);
    this.#cancel ??= this.#needs.clock.after(GATHER_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const due = this.#due;
    this.#due = new Map();
    try {
      for (const log of due.values()) if (!this.#stopped) await this.#lookAt(log);
    } catch {
      if (!this.#stopped) this.#needs.log.warn('wakes-not-looked-at');
    }
    this.#cancel = this.#due.size === 0 || this.#stopped ? null : this.#needs.clock.after(GATHER_MS, () => void this.#look());
  }

  async #lookAt(log: Bytes): Promise<void> {
    const { store, board, bells } = this.#needs;
    const away = (await store.wakes.of(log)).filter(({ reader }) => !board.isHere(log, reader));
    const head = away.length === 0 ? null : await store.log(log);
    if (head === null) return;
    for (const { reader, endpoint } of away) {
      const cursor = await store.cursor(log, reader);
      if (cursor < head.seq && !board.isHere(log, reader)) bells.ring(hex(endpoint));
    }
  }

  #came(log: Bytes, reader: Bytes): void {
    if (this.#stopped || !this.#marks.perhaps(log)) return;
    this.#needs.store.wakes
      .of(log, reader)
      .then((found) => {
        for (const { endpoint } of found) this.#needs.bells.came(hex(endpoint));
      })
      .catch(() => undefined); // at worst it is called once more
  }
}
