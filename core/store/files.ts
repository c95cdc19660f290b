// Small private files written whole and durably: after a power loss there is the old file or the new one, never a half.
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { base64url } from '../base/bytes.ts';
import { random } from '../base/clock.ts';

/** Readable and writable by the owner alone. */
export const PRIVATE_FILE = 0o600;
/** Open to the owner alone. */
export const PRIVATE_FOLDER = 0o700;

/** Makes a folder for the owner alone, parents too, unless it is there. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
}

/** Puts names made, renamed or removed in a folder on the disk (fsync). */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot sync a folder, and writes names through by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Replaces a file, or makes it. Mode 0600; on the disk when it resolves. */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await viaTemporary(path, bytes, (temporary) => rename(temporary, path));
}

/** Makes a file that must not be there yet: false when it is, and then nothing changed. Mode 0600; on the disk when it resolves. */
export async function makeFile(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    // A hard link is the one step that both names a finished file and refuses to replace another.
    await viaTemporary(path, bytes, (temporary) => link(temporary, path));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function viaTemporary(path: string, bytes: Uint8Array, name: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${base64url(random(6))}.tmp`;
  try {
    await writeSynced(temporary, bytes);
    await name(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
