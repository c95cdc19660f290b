// What was opened of a run, kept some at a time: one read of the disk for the ids of many, and sealed while the next are being opened.
import type { Opened } from '../session/open-envelope.ts';
import type { Batch } from './batch.ts';
import type { Slot } from './keep.ts';
import { keepOpened } from './keep-opened.ts';
import { messageId } from './message-id.ts';
import { type CursorRecord, keys } from './records.ts';
import type { Comparison } from './witness.ts';

/** Messages that are kept together: enough to share a read, few enough that this thread and the one that opens are both at work. */
const TOGETHER = 128;

/**
 * Messages in a row that were opened and not kept yet: what is known of their ids is read from the disk at once. Anything that may
 * change how the next entry is opened or kept is kept before it.
 */
export class OpenedRun {
  readonly batch: Batch;
  seen: Comparison = 'unknown';
  readonly #cursor: CursorRecord;
  #waiting: { readonly slot: Slot; readonly opened: Opened }[] = [];

  readonly #isLong: boolean;

  /** @param isLong its index may be written later */
  constructor(batch: Batch, cursor: CursorRecord, isLong: boolean) {
    this.#isLong = isLong;
    this.batch = batch;
    this.#cursor = cursor;
  }

  async add(slot: Slot, opened: Opened): Promise<void> {
    this.#waiting.push({ slot, opened });
    if (!isText(opened) || this.#waiting.length >= TOGETHER) await this.keep();
  }

  async keep(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const ids = waiting.map(({ opened }) => opened).filter(isText);
    if (ids.length > 1)
      await this.batch.change.readAhead(ids.map(({ root, device, content }) => keys.message(messageId(root, device, content.id))));
    this.batch.defers = this.#isLong && this.batch.parts.lateIndex.hasRoom;
    for (const { slot, opened } of waiting) this.seen = worse(this.seen, await keepOpened(this.batch, slot, opened, this.#cursor));
    this.batch.defers = false;
    this.batch.change.prepare();
  }
}

function isText(opened: Opened): opened is Extract<Opened, { kind: 'content' }> {
  return opened.kind === 'content' && opened.content.what.case === 'text';
}

function worse(a: Comparison, b: Comparison): Comparison {
  const order: readonly Comparison[] = ['unknown', 'agrees', 'ahead', 'fork'];
  return order.indexOf(b) > order.indexOf(a) ? b : a;
}
