// Files of a backup as they are written and read: hashed on the way, fsynced every few megabytes, so that the disk of a relay that runs beside
// never has much to write at once.
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SottoError } from '../../core/base/errors.ts';
import { makeFolder, PRIVATE_FILE } from '../../core/store/files.ts';
import { DISK_LOW_BYTES } from './health.ts';

/** Between two fsyncs. */
const SYNC_BYTES = 8_388_608;
const PIECE_BYTES = 262_144;

/** What a file turned out to be. */
export interface Written {
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/** Called every few megabytes; what it throws ends the writing. */
export type Guard = () => Promise<void>;

/** Writes a new file, 0600, on the disk when it resolves. Its folders are made. @throws what the disk says, also when the file is there */
export async function writeFile(path: string, pieces: AsyncIterable<Uint8Array>, guard: Guard = async () => undefined): Promise<Written> {
  await makeFolder(dirname(path));
  await guard();
  const file = await open(path, 'wx', PRIVATE_FILE);
  const hash = createHash('sha256');
  try {
    let [bytes, synced] = [0, 0];
    for await (const piece of pieces) {
      await file.writeFile(piece);
      hash.update(piece);
      bytes += piece.length;
      if (bytes - synced < SYNC_BYTES) continue;
      await file.datasync();
      await guard();
      synced = bytes;
    }
    await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** A file in pieces. */
export function readPieces(path: string): ReadStream {
  return createReadStream(path, { highWaterMark: PIECE_BYTES });
}

/** SHA-256 of a file, hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of readPieces(path)) hash.update(piece);
  return hash.digest('hex');
}

/** Makes a folder for the owner alone, or takes one that is empty. True when it was made. @throws REFUSED when something is in it */
export async function emptyFolder(path: string, refused: string): Promise<boolean> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (names !== null && names.length > 0) throw new SottoError('REFUSED', refused);
  if (names === null) await mkdir(path, { recursive: true, mode: 0o700 });
  return names === null;
}

/** Takes away what was begun in such a folder and failed: it is of no use, and may be what fills the disk. */
export async function clearFolder(path: string, isNew: boolean): Promise<void> {
  const names = isNew ? [''] : await readdir(path).catch(() => []);
  for (const name of names) await rm(join(path, name), { recursive: true, force: true });
}

/** Sees to it that writing to `target` leaves the relay enough room, where both lie on one disk. @throws REFUSED from the guard */
export async function roomFor(target: string, data: string, least = DISK_LOW_BYTES): Promise<Guard> {
  const [one, other] = [await stat(target), await stat(data)];
  return async () => {
    if (one.dev !== other.dev) return;
    const { bavail, bsize } = await statfs(target);
    if (bavail * bsize < least)
      throw new SottoError('REFUSED', 'This would leave the relay too little room on its disk; back up to another disk.');
  };
}

/** Runs it, and says in a sentence what a disk did not want. @throws STORE_FAILED, and whatever it throws itself that has a code */
export async function onDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SottoError) throw error;
    throw new SottoError('STORE_FAILED', `${what}: ${reasonOf(error)}`, error);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return 'the disk is full.';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'there is no permission to read or write there.';
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'the relay stopped meanwhile.';
  return `the disk refused (${String(code)}).`;
}
