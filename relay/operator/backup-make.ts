// Makes a backup: a copy of everything a relay keeps, as of one moment, while it runs. The manifest comes last: what is cut off is no backup.
// It must never fill the disk of a relay, and leaves nothing behind when it fails.
import { link, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { hex, utf8 } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { makeFolder, replaceFile, syncFolder } from '../../core/store/files.ts';
import { blobFolder } from '../data.ts';
import { decodeBlob } from '../store/blobs.ts';
import type { DiskPair } from '../store/disk.ts';
import { kindOf, part32 } from '../store/keys.ts';
import { decodeLayout } from '../store/layout.ts';
import { META } from '../store/meta.ts';
import { clearFolder, emptyFolder, type Guard, onDisk, readPieces, roomFor, writeFile } from './backup-file.ts';
import { Checksums, type Counts, FORMAT, MANIFEST_FILE, type Manifest } from './backup-manifest.ts';
import { decodePairs, STORE_FILE } from './backup-pairs.ts';
import { openSource } from './backup-source.ts';

/** In a data folder, but no file of a backup: the store and the blobs come otherwise, the socket is none. */
const NOT_COPIED: readonly string[] = ['store', 'blobs', 'admin.sock'];

/** What became of it. */
export interface BackupReport {
  readonly manifest: Manifest;
  /** A relay ran meanwhile. */
  readonly running: boolean;
  /** Files that were left out: no plain files, or with a name that cannot stand in a list. */
  readonly leftOut: readonly string[];
}

/** Backs up the relay in `data` to `target`, which must be empty or not there. @param tell hears bytes of the store so far @throws REFUSED, NOT_FOUND, STORE_*, TIMEOUT */
export async function backUp(data: string, target: string, tell: (bytes: number) => void = () => undefined): Promise<BackupReport> {
  assertApart(data, target);
  return onDisk('The backup was not made', async () => {
    const source = await openSource(data);
    try {
      const isNew = await emptyFolder(target, 'The folder for the backup is not empty; name another one.');
      try {
        const made = await new Backup(data, target, await roomFor(target, data), tell).make(source.pieces);
        return { ...made, running: source.running };
      } catch (error) {
        await clearFolder(target, isNew);
        throw error;
      }
    } finally {
      await source.close();
    }
  });
}

class Backup {
  readonly #data: string;
  readonly #target: string;
  readonly #guard: Guard;
  readonly #tell: (bytes: number) => void;
  readonly #checksums: Checksums;
  readonly #leftOut: string[] = [];
  readonly #counts: { -readonly [Name in keyof Counts]: number } = {
    records: 0,
    logs: 0,
    entries: 0,
    registrations: 0,
    blobs: 0,
    files: 0,
    bytes: 0,
  };
  #layout = decodeLayout(undefined);
  #incarnation = '';

  constructor(data: string, target: string, guard: Guard, tell: (bytes: number) => void) {
    this.#data = data;
    this.#target = target;
    this.#guard = guard;
    this.#tell = tell;
    this.#checksums = new Checksums(target);
  }

  // The store before everything else: a token that was used stands in a file that is copied later, never the other way round.
  async make(pieces: AsyncIterable<Uint8Array>): Promise<Omit<BackupReport, 'running'>> {
    const made = Date.now();
    try {
      await this.#write(STORE_FILE, this.#counted(pieces));
      for await (const { key, value } of decodePairs(readPieces(join(this.#target, STORE_FILE)))) await this.#take(key, value);
      await this.#copyFolder('');
    } finally {
      await this.#checksums.close();
    }
    const manifest = {
      format: FORMAT,
      layout: this.#layout,
      incarnation: this.#incarnation,
      made,
      counts: this.#counts,
      checksums: this.#checksums.digest(),
    };
    await this.#finish(manifest);
    return { manifest, leftOut: this.#leftOut };
  }

  async #take(key: Uint8Array, value: Uint8Array): Promise<void> {
    const kind = kindOf(key);
    this.#counts.records += 1;
    if (kind === 'spec') this.#counts.logs += 1;
    else if (kind === 'entry') this.#counts.entries += 1;
    else if (kind === 'registration') this.#counts.registrations += 1;
    else if (kind === 'blob') await this.#blob({ key, value });
    else if (Buffer.compare(key, META.incarnation) === 0) this.#incarnation = hex(new Uint8Array(value));
    else if (Buffer.compare(key, META.layout) === 0) this.#layout = decodeLayout(new Uint8Array(value));
  }

  /** Whole ones only: their bytes never change. One that is not there any more was swept since; restoring forgets it. */
  async #blob({ key, value }: DiskPair): Promise<void> {
    const { whole, address } = decodeBlob(part32(key), value);
    if (!whole) return;
    const name = hex(address);
    const [from, path] = [join(blobFolder(this.#data), name.slice(0, 2), name), `blobs/${name.slice(0, 2)}/${name}`];
    try {
      const { size } = await stat(from);
      await makeFolder(dirname(join(this.#target, path)));
      // A second name costs nothing; on another disk there is none.
      const isLinked = await link(from, join(this.#target, path)).then(
        () => true,
        () => false,
      );
      if (!isLinked) await this.#write(path, readPieces(from));
      else {
        await this.#checksums.add({ path, sha256: name });
        this.#counts.bytes += size;
      }
      this.#counts.blobs += 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await rm(join(this.#target, path), { force: true });
    }
  }

  async #copyFolder(folder: string): Promise<void> {
    for (const entry of await readdir(join(this.#data, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if ((folder === '' && NOT_COPIED.includes(entry.name)) || entry.name.endsWith('.tmp')) continue;
      if (entry.isDirectory()) await this.#copyFolder(path);
      else if (entry.isFile() && !/[\n\r\\]/.test(entry.name)) await this.#copyFile(path);
      else this.#leftOut.push(path);
    }
  }

  async #copyFile(path: string): Promise<void> {
    await this.#write(`files/${path.split(sep).join('/')}`, readPieces(join(this.#data, path)));
    this.#counts.files += 1;
  }

  async #write(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const { bytes, sha256 } = await writeFile(join(this.#target, path), pieces, this.#guard);
    await this.#checksums.add({ path, sha256 });
    this.#counts.bytes += bytes;
  }

  async *#counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
      this.#tell(bytes);
    }
  }

  async #finish(manifest: Manifest): Promise<void> {
    for (const entry of await readdir(this.#target, { recursive: true, withFileTypes: true }))
      if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
    await replaceFile(join(this.#target, MANIFEST_FILE), utf8(`${JSON.stringify(manifest, null, 2)}\n`));
    await syncFolder(dirname(this.#target));
  }
}

/** Neither may lie in the other: a backup would copy itself. @throws REFUSED */
function assertApart(data: string, target: string): void {
  const [one, other] = [resolve(data), resolve(target)];
  const isIn = (inner: string, outer: string) => !relative(outer, inner).startsWith('..');
  if (isIn(one, other) || isIn(other, one))
    throw new SottoError('REFUSED', 'The backup must lie beside the folder of the relay, not in it or around it.');
}
