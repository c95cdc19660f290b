// The rows of a window in steps that a list can follow without the reader's row moving: what changes at the start comes alone.
import type { NextFrame } from '../app/pace.ts';
import type { Readable } from '../app/readable.ts';
import { movedAtStart, type Row, rowsOf } from './grouping.ts';
import type { WindowView } from './window-view.ts';

/** What a list shows. */
export interface Step {
  readonly rows: readonly Row[];
  /** Rows were put before the first, or taken from there, and nothing else changed. */
  readonly shift: boolean;
  /** Rises when other rows took the place of all: a list begins anew. */
  readonly turn: number;
}

/** The steps from some rows to others, never none. */
export function stepsOf(before: readonly Row[], rows: readonly Row[], turn: number): readonly Step[] {
  const moved = movedAtStart(before, rows);
  if (moved === null || moved === 0) return [{ rows, shift: false, turn }];
  const middle = moved > 0 ? [...rows.slice(0, moved), ...before] : before.slice(-moved);
  if (middle.length === rows.length) return [{ rows, shift: true, turn }];
  return [
    { rows: middle, shift: true, turn },
    { rows, shift: false, turn },
  ];
}

/** Follows a window. Begins with its first listener, ends with its last. */
export class RowFeed implements Readable<Step> {
  readonly #window: Readable<WindowView>;
  readonly #nextFrame: NextFrame;
  readonly #listeners = new Set<() => void>();
  #stop: (() => void) | null = null;
  #step: Step = { rows: [], shift: false, turn: 0 };
  #isWaiting = false;

  constructor(window: Readable<WindowView>, nextFrame: NextFrame) {
    this.#window = window;
    this.#nextFrame = nextFrame;
  }

  get(): Step {
    return this.#step;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#stop ??= this.#window.subscribe(() => this.#follow());
    this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = null;
    };
  }

  #follow(): void {
    if (this.#isWaiting) return;
    const { messages, atStart, unreadFrom, turn } = this.#window.get();
    const { rows: before, turn: known } = this.#step;
    const rows = rowsOf(messages, atStart, unreadFrom, before);
    if (turn === known && rows.length === before.length && rows.every((row, at) => row === before[at])) return;
    const [first, second] = turn === known ? stepsOf(before, rows, turn) : [{ rows, shift: false, turn }];
    if (first !== undefined) this.#show(first);
    if (second === undefined) return;
    this.#isWaiting = true;
    this.#nextFrame(() => {
      this.#isWaiting = false;
      this.#follow();
    });
  }

  #show(step: Step): void {
    this.#step = step;
    for (const listener of [...this.#listeners]) listener();
  }
}
