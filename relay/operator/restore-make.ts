// Brings a backup back into an empty folder. Everything is held to its hash before a byte is written; the store is marked as unfinished until all is
// there, so that nothing runs on a half; and it gets a new incarnation, by which peers know that they must compare what they saw (C5).
import { access, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hex } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { makeFolder, syncFolder } from '../../core/store/files.ts';
import { BlobFiles } from '../blobs/files.ts';
import { blobFolder, storeFolder } from '../data.ts';
import { StoredBlobs } from '../store/blobs.ts';
import { GroupCommit } from '../store/group-commit.ts';
import { after } from '../store/keys.ts';
import { bringUp } from '../store/layout.ts';
import { LevelDisk } from '../store/level-disk.ts';
import { INCARNATION_BYTES, META } from '../store/meta.ts';
import { clearFolder, emptyFolder, hashFile, onDisk, readPieces, writeFile } from './backup-file.ts';
import { damaged, listedFiles, type Manifest, readManifest } from './backup-manifest.ts';
import { decodePairs, STORE_FILE } from './backup-pairs.ts';

/** Bytes of one batch. */
const BATCH_BYTES = 4_194_304;
/** Blobs looked at at a time. */
const PAGE = 256;

/** What became of it. */
export interface RestoreReport {
  readonly manifest: Manifest;
  /** The new one, hex. */
  readonly incarnation: string;
  /** Blobs that the backup knows, but has not whole and undamaged: forgotten, so that whoever has them puts them again. */
  readonly blobsLost: number;
}

/** Restores the backup in `folder` to `data`, which must be empty or not there. @throws NOT_FOUND, REFUSED, STORE_NEWER, STORE_DAMAGED, STORE_FAILED */
export async function restoreFrom(folder: string, data: string): Promise<RestoreReport> {
  return onDisk('The backup was not brought back', async () => {
    const manifest = await readManifest(folder);
    await check(folder);
    const isNew = await emptyFolder(data, 'The data folder is not empty; a backup is brought back into one that is.');
    try {
      return await into({ folder, data, manifest });
    } catch (error) {
      await clearFolder(data, isNew);
      throw error;
    }
  });
}

async function into(restored: Restored): Promise<RestoreReport> {
  const location = storeFolder(restored.data);
  await makeFolder(location);
  const disk = new LevelDisk(location);
  await disk.open();
  try {
    return await fill(disk, restored);
  } finally {
    await disk.close();
  }
}

/** Every file but the blobs, which are checked as they are copied: a damaged one costs itself alone. */
async function check(folder: string): Promise<void> {
  for await (const { path, sha256 } of listedFiles(folder)) {
    if (path.startsWith('blobs/')) continue;
    const found = await access(join(folder, path)).then(
      () => hashFile(join(folder, path)),
      () => '',
    );
    if (found !== sha256) throw damaged(path);
  }
}

interface Restored {
  readonly folder: string;
  readonly data: string;
  readonly manifest: Manifest;
}

async function fill(disk: LevelDisk, { folder, data, manifest }: Restored): Promise<RestoreReport> {
  const begin = disk.batch();
  begin.put(META.restoring, new Uint8Array(0));
  await begin.write();
  await fillStore(disk, join(folder, STORE_FILE));
  for await (const { path, sha256 } of listedFiles(folder)) {
    if (path.startsWith('files/')) await writeFile(join(data, path.slice('files/'.length)), readPieces(join(folder, path)));
    else if (path.startsWith('blobs/')) await bringBlob(join(folder, path), join(data, path), sha256);
  }
  await bringUp(disk);
  const blobsLost = await forgetLostBlobs(disk, data);
  await syncFolder(data);
  const incarnation = random(INCARNATION_BYTES);
  const finish = disk.batch();
  finish.put(META.incarnation, incarnation);
  finish.del(META.restoring);
  await finish.write();
  return { manifest, incarnation: hex(incarnation), blobsLost };
}

async function fillStore(disk: LevelDisk, path: string): Promise<void> {
  let [batch, bytes] = [disk.batch(), 0];
  for await (const { key, value } of decodePairs(readPieces(path))) {
    batch.put(key, value);
    bytes += key.length + value.length;
    if (bytes < BATCH_BYTES) continue;
    await batch.write();
    [batch, bytes] = [disk.batch(), 0];
  }
  await batch.write();
}

async function bringBlob(from: string, to: string, sha256: string): Promise<void> {
  const isThere = await stat(from).then(
    () => true,
    () => false,
  );
  if (isThere && (await writeFile(to, readPieces(from))).sha256 !== sha256) await rm(to);
}

/** A record without its file would be a promise. */
async function forgetLostBlobs(disk: LevelDisk, data: string): Promise<number> {
  const files = new BlobFiles(blobFolder(data));
  const writer = new GroupCommit(disk, systemClock, { seal: () => undefined, forget: () => undefined });
  const blobs = new StoredBlobs(disk, writer);
  writer.start();
  try {
    let lost = 0;
    for (let from = new Uint8Array(32); ; ) {
      const page = await blobs.page(from, PAGE);
      for (const { address, size, whole } of page) {
        if (whole && (await files.wholeSize(address)) === size) continue;
        await blobs.drop(address);
        if (whole) lost += 1;
      }
      const last = page.at(-1);
      if (last === undefined) return lost;
      from = after(last.address);
    }
  } finally {
    await writer.stop();
  }
}
