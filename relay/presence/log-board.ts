// Who sits at one log now, and when those who left were last seen. Memory only, bounded per log.

import type { Bucket } from '../../core/base/bucket.ts';
import type { Clock } from '../../core/base/clock.ts';
import { MAX_PRESENT, PRESENCE_PUSH_MS } from '../../core/wire/limits.ts';
import type { Answers } from '../answers.ts';

/** What a connection is to the seats that are on it. */
export interface Line {
  readonly answers: Answers;
  /** Nothing came from it for longer than the time to live. */
  readonly silent: boolean;
  /** When something last came from it, ms of the monotonic clock. */
  readonly heard: number;
}

/** A seat. */
export interface Seat {
  readonly line: Line;
  readonly handle: number;
  readonly board: LogBoard;
  /** Reader id, hex. */
  readonly reader: string;
  show: boolean;
  watch: boolean;
  /** It counts as its reader being here. */
  counted: boolean;
  /** A change could not be told for want of room: the whole is told once there is some. */
  stale: boolean;
}

/** What is known of one reader. */
export interface Known {
  readonly board: LogBoard;
  /** Reader id, hex. */
  readonly reader: string;
  /** Seats that count. */
  here: number;
  /** ms since 1970, in steps; 0 while here, or when it hides. */
  lastSeen: number;
}

const NOBODY: ReadonlySet<Seat> = new Set();

/** One log's board. */
export class LogBoard {
  /** Log id, hex. */
  readonly log: string;
  readonly seats = new Set<Seat>();
  /** Made with the first: most logs are watched by nobody. */
  #watchers: Set<Seat> | null = null;
  readonly #readers = new Map<string, Known>();
  /** Readers that were told of just now, and whether they changed since. */
  #held: Map<string, boolean> | null = null;
  /** Made with the first signal. */
  signals: Bucket | null = null;

  constructor(log: string) {
    this.log = log;
  }

  /** True when nothing hangs on it any more. */
  get empty(): boolean {
    return this.seats.size === 0 && this.#readers.size === 0;
  }

  get watchers(): ReadonlySet<Seat> {
    return this.#watchers ?? NOBODY;
  }

  setWatching(seat: Seat, isWatching: boolean): void {
    if (isWatching) this.#watchers ??= new Set();
    if (isWatching) this.#watchers?.add(seat);
    else this.#watchers?.delete(seat);
  }

  get readers(): ReadonlyMap<string, Known> {
    return this.#readers;
  }

  /** What is known of a reader, begun if there is room for one more; null otherwise. */
  know(reader: string): Known | null {
    const known = this.#readers.get(reader);
    if (known !== undefined || this.#readers.size >= MAX_PRESENT) return known ?? null;
    const fresh = { board: this, reader, here: 0, lastSeen: 0 };
    this.#readers.set(reader, fresh);
    return fresh;
  }

  forget(reader: string): void {
    this.#readers.delete(reader);
  }

  /** A reader changed: `tell` now, or once the time since the last telling of it has passed. */
  changed(reader: string, clock: Clock, tell: () => void): void {
    if (this.watchers.size === 0) return;
    this.#held ??= new Map();
    const held = this.#held;
    if (held.has(reader)) {
      held.set(reader, true);
      return;
    }
    held.set(reader, false);
    tell();
    clock.after(PRESENCE_PUSH_MS, () => {
      const again = held.get(reader) === true;
      held.delete(reader);
      if (again) this.changed(reader, clock, tell);
    });
  }
}
