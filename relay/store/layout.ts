// Which layout a store has, found out before anything else is read of it: an older one is brought up, a newer one is left as it is.
import { type Bytes, u32be } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { type Log, silentLog } from '../../core/base/log.ts';
import type { Disk } from './disk.ts';
import { INCARNATION_BYTES, META } from './meta.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { type Migration, migrate } from './migrations/migration.ts';

/** The layout of stores made before there was a record of it. */
const FIRST = 1;
/** The layout that this program reads and writes. */
export const NEWEST_LAYOUT = MIGRATIONS.length + FIRST;

/**
 * Marks a new store, brings an older one to the newest layout, and answers its incarnation. Whoever calls it holds the disk alone.
 * @throws STORE_NEWER and STORE_DAMAGED for one that was not restored to the end, both left as they are; STORE_FAILED
 */
export async function settle(disk: Disk, log: Log = silentLog, steps: readonly Migration[] = MIGRATIONS): Promise<Bytes> {
  await assertReadable(disk, steps);
  const known = await disk.get(META.incarnation);
  if (known === undefined) return begin(disk, steps);
  await bringUp(disk, log, steps);
  return new Uint8Array(known);
}

/** Brings a store that is readable to the newest layout. @throws STORE_FAILED, STORE_DAMAGED */
export async function bringUp(disk: Disk, log: Log = silentLog, steps: readonly Migration[] = MIGRATIONS): Promise<void> {
  const from = await layoutOf(disk);
  if ((await disk.get(META.layout)) === undefined) {
    const batch = disk.batch();
    batch.put(META.layout, u32be(from));
    await batch.write();
  }
  await migrate(disk, from, steps, log);
}

/** @throws STORE_NEWER, STORE_DAMAGED when it was not restored to the end, STORE_FAILED */
export async function assertReadable(disk: Disk, steps: readonly Migration[] = MIGRATIONS): Promise<void> {
  assertLayout(await layoutOf(disk), steps.length + FIRST);
  if ((await disk.get(META.restoring)) !== undefined)
    throw new SottoError('STORE_DAMAGED', 'This folder was not restored to the end; empty it, and restore once more.');
}

/** @throws STORE_NEWER */
export function assertLayout(layout: number, newest: number = NEWEST_LAYOUT): void {
  if (layout <= newest) return;
  throw new SottoError(
    'STORE_NEWER',
    `The store has layout ${layout}, and this sotto-relay knows those up to ${newest}: it was written by a newer one. Use that one.`,
  );
}

/** The number in a record of the layout; without one, the first. @throws STORE_DAMAGED */
export function decodeLayout(record: Uint8Array | undefined): number {
  if (record === undefined) return FIRST;
  if (record.length !== 4) throw new SottoError('STORE_DAMAGED');
  return new DataView(record.buffer, record.byteOffset).getUint32(0);
}

async function layoutOf(disk: Disk): Promise<number> {
  return decodeLayout(await disk.get(META.layout));
}

async function begin(disk: Disk, steps: readonly Migration[]): Promise<Bytes> {
  const incarnation = random(INCARNATION_BYTES);
  const batch = disk.batch();
  batch.put(META.incarnation, incarnation);
  batch.put(META.layout, u32be(steps.length + FIRST));
  await batch.write();
  return incarnation;
}
