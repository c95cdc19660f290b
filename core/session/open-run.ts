// Opens a run of envelopes away from the store, in a thread of its own: nothing here reads or writes a disk. What the run may read of the
// store comes with it, and what it would write goes back, to stand in the same commit as what was opened.
import { type Bytes, nameOf } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { Change } from '../store/change.ts';
import type { Pair, Store, Write } from '../store/store.ts';
import type { DeviceKeys } from './device.ts';
import { type Opened, openEnvelope } from './open-envelope.ts';
import { generationId } from './wrap.ts';

/** A run and all that opening it may need. */
export interface RunToOpen {
  /** Wrap keys of the conversation, 32 bytes each. */
  readonly keys: readonly Bytes[];
  /** What the store holds under the keys that may be read: the other side's manifest and the sessions with its devices. */
  readonly records: readonly { readonly key: Bytes; readonly value: Bytes }[];
  readonly envelopes: readonly Bytes[];
}

/** What came of one envelope; content is still bytes, since objects of the schema do not cross threads. */
export type OpenedAway =
  | Exclude<Opened, { kind: 'content' }>
  | { readonly kind: 'content'; readonly root: Bytes; readonly device: number; readonly bytes: Bytes };

/** One write of the run: `null` deletes. */
export interface RunWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/**
 * Opens envelopes in order and stops early behind one that may change how the next is opened (anything but a text), or in front of one
 * that needs more of the store than came along (a first message, an unknown device).
 * @param opened told of each envelope, in order
 * @returns what the ratchets' steps write
 */
export async function openRun(me: DeviceKeys, run: RunToOpen, opened: (outcome: OpenedAway) => void): Promise<readonly RunWrite[]> {
  const store = new CarriedStore(run.records);
  const change = new Change(store);
  const keys = new Map(run.keys.map((key) => [nameOf(generationId(key)), key]));
  for (const envelope of run.envelopes) {
    const outcome = await openOrStop(change, me, (id) => keys.get(nameOf(id)) ?? null, envelope);
    if (outcome === null) break;
    if (outcome.kind !== 'content') opened(outcome);
    else {
      const { root, device, bytes, content } = outcome;
      opened({ kind: 'content', root, device, bytes });
      if (content.what.case !== 'text') break;
    }
  }
  await change.commit();
  return store.writes;
}

async function openOrStop(
  change: Change,
  me: DeviceKeys,
  keyOf: (id: Uint8Array) => Bytes | null,
  envelope: Bytes,
): Promise<Opened | null> {
  try {
    return await openEnvelope(change, me, keyOf, envelope);
  } catch (error) {
    if (error instanceof NotCarried || (error instanceof SottoError && error.cause instanceof NotCarried)) return null;
    throw error;
  }
}

/** Something of the store was asked for that did not come along; nothing was changed by asking. */
class NotCarried extends Error {}

/** The records of a run as a store; a commit only notes what would be written. */
class CarriedStore implements Store {
  readonly #records: ReadonlyMap<string, Bytes>;
  writes: readonly Write[] = [];

  constructor(records: RunToOpen['records']) {
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
  }

  async compact(): Promise<void> {}
}
