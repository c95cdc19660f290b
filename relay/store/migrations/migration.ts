// What a migration is, and how one is run: over some records in their order, a bounded batch at a time. Each batch says in itself how far it came,
// so that a migration that was cut off anywhere goes on there, and no record is changed twice.
import { concat, u32be } from '../../../core/base/bytes.ts';
import type { Log } from '../../../core/base/log.ts';
import type { Disk, DiskBatch, DiskPair } from '../disk.ts';
import type { KeyRange } from '../keys.ts';
import { META } from '../meta.ts';

/** Records and bytes of one batch. */
const CHUNK_RECORDS = 512;
const CHUNK_BYTES = 1_048_576;

/** What a migration may do: nothing but write. */
export type Changes = Pick<DiskBatch, 'put' | 'del'>;

/** One step from a layout to the next. */
export interface Migration {
  /** The records it looks at. */
  readonly over: KeyRange;
  /**
   * Writes what becomes of one record, from that record alone. Other keys of its range that lie above it are not its own: they are looked at later,
   * or were written by this very step before a crash. @throws STORE_DAMAGED
   */
  change(pair: DiskPair, changes: Changes): void;
}

/** Takes every step from layout `from` on; `steps[n]` leads from n + 1 to n + 2. A log line each. @throws STORE_FAILED, STORE_DAMAGED */
export async function migrate(disk: Disk, from: number, steps: readonly Migration[], log: Log): Promise<void> {
  for (const [at, step] of steps.entries()) {
    const layout = at + 2;
    if (layout <= from) continue;
    log.info('store-migrating', { layout });
    const records = await take(disk, step, layout);
    log.info('store-migrated', { layout, records });
  }
}

async function take(disk: Disk, step: Migration, layout: number): Promise<number> {
  let gte = (await disk.get(META.migrated)) ?? step.over.gte;
  for (let records = 0; ; ) {
    const page = await pageOf(disk, { gte: new Uint8Array(gte), lt: step.over.lt });
    const last = page.at(-1);
    const batch = disk.batch();
    try {
      for (const pair of page) step.change(pair, within(batch, step.over, pair.key));
    } catch (error) {
      batch.drop();
      throw error;
    }
    if (last === undefined) {
      batch.del(META.migrated);
      batch.put(META.layout, u32be(layout));
      await batch.write();
      return records;
    }
    gte = concat(last.key, Uint8Array.of(0));
    batch.put(META.migrated, gte);
    await batch.write();
    records += page.length;
  }
}

async function pageOf(disk: Disk, range: KeyRange): Promise<DiskPair[]> {
  const page: DiskPair[] = [];
  let bytes = 0;
  for await (const pair of disk.range(range, CHUNK_RECORDS, CHUNK_BYTES)) {
    page.push(pair);
    bytes += pair.key.length + pair.value.length;
    if (bytes >= CHUNK_BYTES) break;
  }
  return page;
}

/** The batch, which takes nothing that this step would meet again. */
function within(batch: DiskBatch, { gte, lt }: KeyRange, at: Uint8Array): Changes {
  const own = (key: Uint8Array): Uint8Array => {
    const isAhead = Buffer.compare(key, at) > 0 && Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0;
    if (isAhead) throw new RangeError('a migration writes where it has not been yet');
    return key;
  };
  return { put: (key, value) => batch.put(own(key), value), del: (key) => batch.del(own(key)) };
}
