// Decrypts runs of messages away from the store, in a thread of its own: nothing here reads or writes a disk. What a run may read of the
// store comes with it, and what it would write goes back, to stand in the same commit as what was opened.
import { type Bytes, nameOf, owned } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { Change } from '../store/change.ts';
import type { Pair, Store, Write } from '../store/store.ts';
import { looksLikeText } from './commit.ts';
import type { DeviceKeys } from './device.ts';
import { openPart, type RatchetPart } from './open-part.ts';
import type { BytesOutcome } from './outcome.ts';

/** A run of messages of one conversation. */
export interface RunToOpen {
  /**
   * What the store holds under the keys that may be read: the other side's manifest and the sessions with its devices. Null: the run
   * goes on where the one before it ended.
   */
  readonly records: readonly { readonly key: Bytes; readonly value: Bytes }[] | null;
  /** What readWrapped gave. */
  readonly parts: readonly RatchetPart[];
}

/** One write of the run: `null` deletes. */
export interface RunWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Decrypts runs one after the other. */
export class RunOpener {
  readonly #me: DeviceKeys;
  readonly #store = new CarriedStore();
  /** The last run ended before its end: what follows it is to be asked for anew. */
  #hasStopped = true;
  #isEnding = false;

  constructor(me: DeviceKeys) {
    this.#me = me;
  }

  /**
   * Opens messages in order and stops early behind one that may change how the next is opened (anything but a text), or in front of one
   * that needs more of the store than came along (a first message, an unknown device).
   * @param opened told of each message, in order
   * @returns what the ratchets' steps write
   */
  async open(run: RunToOpen, opened: (outcome: BytesOutcome) => void): Promise<readonly RunWrite[]> {
    this.#store.writes = [];
    if (run.records !== null) this.#store.carry(run.records);
    else if (this.#hasStopped) return [];
    this.#hasStopped = true;
    const change = new Change(this.#store);
    const isWhole = await this.#openAll(change, run.parts, opened);
    await change.commit();
    this.#hasStopped = !isWhole;
    return this.#store.writes;
  }

  /** Nothing more is wanted: the run under way stops in front of its next message. */
  end(): void {
    this.#isEnding = true;
  }

  async #openAll(change: Change, parts: readonly RatchetPart[], opened: (outcome: BytesOutcome) => void): Promise<boolean> {
    for (const part of parts) {
      if (this.#isEnding) return false;
      const outcome = await openOrStop(change, this.#me, part);
      if (outcome === null) return false;
      opened(outcome);
      if (outcome.kind === 'content' && !looksLikeText(outcome.bytes)) return false;
    }
    return true;
  }
}

async function openOrStop(change: Change, me: DeviceKeys, part: RatchetPart): Promise<BytesOutcome | null> {
  try {
    return await openPart(change, me, part);
  } catch (error) {
    if (error instanceof NotCarried || (error instanceof SottoError && error.cause instanceof NotCarried)) return null;
    throw error;
  }
}

/** Something of the store was asked for that did not come along; nothing was changed by asking. */
class NotCarried extends Error {}

/** What was carried as a store, and what runs made of it; a commit only notes what would be written. */
class CarriedStore implements Store {
  #records = new Map<string, Bytes>();
  writes: readonly Write[] = [];

  carry(records: NonNullable<RunToOpen['records']>): void {
    this.#records = new Map(records.map(({ key, value }) => [nameOf(key), value]));
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async get(key: Uint8Array): Promise<Bytes> {
    const value = this.#records.get(nameOf(key));
    if (value === undefined) throw new NotCarried();
    return value;
  }

  getMany(keys: readonly Uint8Array[]): Promise<Bytes[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  range(): AsyncIterable<Pair> {
    throw new NotCarried();
  }

  async commit(writes: readonly Write[]): Promise<void> {
    this.writes = writes;
    for (const { key, value } of writes) {
      if (value === null) this.#records.delete(nameOf(key));
      else this.#records.set(nameOf(key), owned(value));
    }
  }

  async compact(): Promise<void> {}
}
