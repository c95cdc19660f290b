// Blobs as files: unfinished ones in parts/, whole ones by the first byte of their address. A name without a part's folder is a promise:
// its bytes were hashed and fsynced before it got that name.
import { type FileHandle, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Bytes, hex, unhex } from '../../core/base/bytes.ts';
import { makeFolder, PRIVATE_FILE, syncFolder } from '../../core/store/files.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';

const PARTS = 'parts';
/** Folders a blob may lie in: one for each first byte, and the parts. */
export const FOLDERS: readonly string[] = [...Array.from({ length: 256 }, (_, byte) => hex(Uint8Array.of(byte))), PARTS];

/** The folder of one relay's blobs. */
export class BlobFiles {
  readonly #root: string;

  /** @param root made when something is put into it */
  constructor(root: string) {
    this.#root = root;
  }

  /** Opens the part of a blob, made if need be, cut to `have` bytes. */
  async openPart(address: Bytes, have: number): Promise<FileHandle> {
    await makeFolder(join(this.#root, PARTS));
    const path = this.#part(address);
    const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return open(path, 'wx+', PRIVATE_FILE);
    });
    try {
      await file.truncate(have);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes of the part; 0 when there is none. */
  partSize(address: Bytes): Promise<number> {
    return sizeOf(this.#part(address));
  }

  /** Bytes of the whole blob; 0 when there is none. */
  wholeSize(address: Bytes): Promise<number> {
    return sizeOf(this.#whole(address));
  }

  /** Gives a part, whose bytes are fsynced, the name of a whole blob; on the disk when it resolves. */
  async finish(address: Bytes): Promise<void> {
    const whole = this.#whole(address);
    await makeFolder(dirname(whole));
    await rename(this.#part(address), whole);
    for (const folder of [dirname(whole), join(this.#root, PARTS), this.#root, dirname(this.#root)]) await syncFolder(folder);
  }

  /** Opens a whole blob to be read; null when it is not there. */
  async openWhole(address: Bytes): Promise<FileHandle | null> {
    return open(this.#whole(address), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  /** Removes whatever there is of a blob. */
  async remove(address: Bytes): Promise<void> {
    await rm(this.#part(address), { force: true });
    await rm(this.#whole(address), { force: true });
  }

  /** Addresses of the files in one of FOLDERS; nothing else is looked at. */
  async list(folder: string): Promise<Bytes[]> {
    const names = await readdir(join(this.#root, folder)).catch(() => []);
    return names.filter((name) => /^[0-9a-f]+$/.test(name) && name.length === 2 * HASH_BYTES).map(unhex);
  }

  /** Bytes that are free where they lie. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(dirname(this.#root));
    return bavail * bsize;
  }

  #part(address: Bytes): string {
    return join(this.#root, PARTS, hex(address));
  }

  #whole(address: Bytes): string {
    const name = hex(address);
    return join(this.#root, name.slice(0, 2), name);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
