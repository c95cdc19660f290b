// Where the rows of a backlog are found by their ids: in memory at once, on the disk when there is time for it. The rows are the truth;
// a mark that is written with the first of them says from where on the index must be made again after a crash.
import type { Clock } from '../base/clock.ts';
import { isSottoError } from '../base/errors.ts';
import type { Serial } from '../session/lock.ts';
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import { LaterStore } from '../store/later.ts';
import type { Store } from '../store/store.ts';
import type { Locator } from './outbox.ts';
import { type B64, decodeRecord, keys, type Place, type RowRecord, readRecord, writeRecord } from './records.ts';

/** Writes that may wait: 10,000 messages, some 10 MB. Beyond it the index is written with its rows. */
const MOST_LATE = 20_000;
/** Quiet after the last run before the index is written, ms: a backlog comes in runs. */
const REST_MS = 500;
/** Rows that are indexed again in one commit. */
const TOGETHER = 256;

/** By conversation: the first settled place (epoch and seq) whose row may not be in the index. */
type Marks = Readonly<Record<B64, readonly [number, number]>>;

/** Writes the index of long runs when nothing else is to be done. */
export class LateIndex {
  readonly #store: Store;
  readonly #later: LaterStore | null;
  readonly #serial: Serial;
  readonly #clock: Clock;
  #marks: Marks = {};
  #cancel: () => void = () => undefined;

  /** @param home the store of the home; one that cannot write later has its index written with its rows */
  constructor(home: Store, serial: Serial, clock: Clock) {
    this.#store = home;
    this.#later = home instanceof LaterStore ? home : null;
    this.#serial = serial;
    this.#clock = clock;
  }

  /** True when the index of one more run may wait. */
  get hasRoom(): boolean {
    return this.#later !== null && this.#later.pending < MOST_LATE;
  }

  /** Puts the mark for rows from `place` on into the change that holds them. @param news called after its commit */
  mark(change: Change, conversation: B64, { a, b }: Place, news: (() => void)[]): void {
    const [epoch, seq] = this.#marks[conversation] ?? [Number.POSITIVE_INFINITY, 0];
    if (epoch < a || (epoch === a && seq <= b)) return;
    const marks: Marks = { ...this.#marks, [conversation]: [a, b] };
    writeRecord(change, keys.unindexed(), marks);
    news.push(() => {
      this.#marks = marks;
    });
  }

  /** A run was taken: the index is written once no other follows. */
  touch(): void {
    this.#cancel();
    if (this.#later === null || this.#later.pending === 0) return;
    this.#cancel = this.#clock.after(REST_MS, () => void this.settle().catch(() => this.touch()));
  }

  /** Writes what waits, and takes the mark away; others have their turns between. @throws STORE_FAILED: it goes on waiting */
  async settle(): Promise<void> {
    this.#cancel();
    const later = this.#later;
    if (later === null) return;
    for (let left = later.pending; left > 0 || Object.keys(this.#marks).length > 0; ) left = await this.#serial(() => this.#some(later));
  }

  async #some(later: LaterStore): Promise<number> {
    const left = await later.settleSome();
    if (left > 0) return left;
    const change = new Change(this.#store);
    change.delete(keys.unindexed());
    await change.commit();
    this.#marks = {};
    return 0;
  }
}

/** Makes the index again of rows that a process which died had not come to. Once, before anything is looked for. @throws STORE_FAILED, STORE_DAMAGED */
export async function indexAgain(store: Store): Promise<void> {
  const marks = await readRecord<Marks>(store, keys.unindexed());
  if (marks === null) return;
  for (const [conversation, [a, b]] of Object.entries(marks)) await indexFrom(store, conversation, a, b);
  const change = new Change(store);
  change.delete(keys.unindexed());
  await change.commit();
}

/** The same for whoever only wants to read: a full disk must not keep them from it. The engine, which writes, makes the index before all else. */
export async function indexAgainIfPossible(store: Store): Promise<void> {
  try {
    await indexAgain(store);
  } catch (error) {
    if (!isSottoError(error, 'STORE_FAILED')) throw error;
  }
}

async function indexFrom(store: Store, conversation: B64, a: number, b: number): Promise<void> {
  let change = new Change(store);
  for await (const { key, value } of store.range(rangeOf('row', [conversation], { gte: [0, a, b], lt: [1] }))) {
    const [, epoch = 0, seq = 0] = orderOf(key);
    await indexRow(change, conversation, { zone: 0, a: epoch, b: seq }, decodeRecord<RowRecord>(value));
    if (change.size < TOGETHER) continue;
    await change.commit();
    change = new Change(store);
  }
  await change.commit();
}

/** Only what is missing: what stands there was written with the row, or after it. */
async function indexRow(change: Change, conversation: B64, place: Place, row: RowRecord): Promise<void> {
  if (row.out || row.outer === null) return;
  const locator = locatorOf(conversation, place, row);
  const wanted = [keys.outer(conversation, row.outer), ...(row.kind === 'control' ? [] : [keys.message(row.id)])];
  for (const key of wanted) if ((await change.get(key)) === null) writeRecord(change, key, locator);
}

/** What a row is found by. */
export function locatorOf(conversation: B64, place: Place, row: RowRecord): Locator {
  return { conversation, place, message: row.id === '' ? null : row.id, n: null, outer: row.outer };
}
