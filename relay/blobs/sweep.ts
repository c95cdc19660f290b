// Removes blobs past their lifetime, and once after a start the files that nobody remembers. Bounded work per call; it never touches a blob that
// is being put, and removes the record first: a file without a record is swept, a record without a file would be a promise.
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';
import { after } from '../store/keys.ts';
import type { SweepResult } from '../store/store.ts';
import type { Sweepable } from '../sweep.ts';
import { FOLDERS } from './files.ts';
import type { BlobParts } from './terms.ts';

/** Records looked at in one call. */
const PAGE = 256;
const FIRST: Bytes = new Uint8Array(HASH_BYTES);

/** Walks over all blobs, some at each call, and begins again at the end. */
export class BlobSweep {
  readonly #parts: BlobParts;
  #from: Bytes = FIRST;
  #folder = 0;

  constructor(parts: BlobParts) {
    this.#parts = parts;
  }

  /** One step. @throws STORE_FAILED */
  async run(): Promise<SweepResult> {
    const page = await this.#parts.store.page(this.#from, PAGE);
    const now = this.#parts.clock.now();
    let deleted = 0;
    for (const blob of page) if (blob.expires <= now && (await this.#remove(blob.address, now))) deleted += 1;
    const last = page.at(-1);
    if (page.length === PAGE && last !== undefined) {
      this.#from = after(last.address);
      return { deleted, more: true };
    }
    this.#from = FIRST;
    return { deleted: deleted + (await this.#orphans()), more: this.#folder < FOLDERS.length };
  }

  async #remove(address: Bytes, now: number): Promise<boolean> {
    return this.#alone(address, async () => {
      if (!(await this.#parts.store.drop(address, now))) return false;
      await this.#parts.files.remove(address);
      return true;
    });
  }

  /** One folder: a crash between a record and its file leaves files like these. */
  async #orphans(): Promise<number> {
    const folder = FOLDERS[this.#folder];
    if (folder === undefined) return 0;
    let deleted = 0;
    for (const address of await this.#parts.files.list(folder)) {
      const removed = await this.#alone(address, async () => {
        if ((await this.#parts.store.get(address)) !== null) return false;
        await this.#parts.files.remove(address);
        return true;
      });
      if (removed) deleted += 1;
    }
    this.#folder += 1;
    return deleted;
  }

  async #alone(address: Bytes, work: () => Promise<boolean>): Promise<boolean> {
    const name = hex(address);
    if (this.#parts.busy.has(name)) return false;
    this.#parts.busy.add(name);
    try {
      return await work();
    } finally {
      this.#parts.busy.delete(name);
    }
  }
}

/** A sweep of entries and then of blobs, for the one sweeper that watches the clock (H11). */
export function sweepBoth(store: Sweepable, blobs: BlobSweep): Sweepable {
  let isEntries = true;
  return {
    lastSweep: () => store.lastSweep(),
    async sweep(maxEntries) {
      const step = await (isEntries ? store.sweep(maxEntries) : blobs.run());
      if (step.more) return step;
      isEntries = !isEntries;
      return { deleted: step.deleted, more: !isEntries };
    },
  };
}
