// The cursors that pages gave, by the message they stand right before: places to read on from.
import type { Message } from '../../../core/api.ts';
import { zoneOf } from './order.ts';

/** Marks kept: those of the pages that are held, and of some that are not any more. */
const MOST_MARKS = 256;

/** See the head of this file. */
export class CursorMarks {
  readonly #marks = new Map<string, { readonly cursor: string; readonly zone: number }>();

  /** Keeps a cursor and the message right behind it, as one answer gave them. */
  set(message: Message | undefined, cursor: string | null): void {
    if (message === undefined || cursor === null) return;
    this.#marks.delete(message.id);
    this.#marks.set(message.id, { cursor, zone: zoneOf(message) });
    for (const oldest of this.#marks.keys()) {
      if (this.#marks.size <= MOST_MARKS) return;
      this.#marks.delete(oldest);
    }
  }

  /** An event told this. One of ours has its number before it is read back into its place, and says the same both times: it may have moved. */
  heard(message: Message): void {
    if (message.direction === 'out' && message.state === 'stored') this.#marks.delete(message.id);
  }

  /** The cursor right before a message, where one is known: one that waited and has its number now stands elsewhere. */
  get(message: Message): string | null {
    const mark = this.#marks.get(message.id);
    return mark !== undefined && mark.zone === zoneOf(message) ? mark.cursor : null;
  }
}
