// What makes a folder a backup: `manifest.json`, written last of all, and `checksums` (for `sha256sum -c`) with every file. Without the manifest there
// is no backup, only what is left of one.

import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { utf8 } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { PRIVATE_FILE } from '../../core/store/files.ts';
import { assertLayout } from '../store/layout.ts';
import { hashFile, readPieces } from './backup-file.ts';
import { STORE_FILE } from './backup-pairs.ts';

/** Version of the form of a backup. */
export const FORMAT = 1;
/** Names in a backup. */
export const [MANIFEST_FILE, CHECKSUM_FILE] = ['manifest.json', 'checksums'] as const;

/** How many of each a backup holds. */
export interface Counts {
  readonly records: number;
  readonly logs: number;
  readonly entries: number;
  readonly registrations: number;
  readonly blobs: number;
  readonly files: number;
  /** Of everything. */
  readonly bytes: number;
}

/** What the manifest says. */
export interface Manifest {
  readonly format: number;
  /** Layout of the store. */
  readonly layout: number;
  /** Of the relay that was backed up, hex. */
  readonly incarnation: string;
  /** When it was begun, wall clock, ms. */
  readonly made: number;
  readonly counts: Counts;
  /** SHA-256 of `checksums`, hex. */
  readonly checksums: string;
}

/** One file of a backup. */
export interface Listed {
  /** SHA-256, hex. */
  readonly sha256: string;
  /** From the folder of the backup on, with slashes. */
  readonly path: string;
}

/** The list of files as it is written, a line for each. */
export class Checksums {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #file: FileHandle | null = null;

  constructor(folder: string) {
    this.#path = join(folder, CHECKSUM_FILE);
  }

  /** @throws what the disk says */
  async add({ sha256, path }: Listed): Promise<void> {
    this.#file ??= await open(this.#path, 'wx', PRIVATE_FILE);
    const line = utf8(`${sha256}  ${path}\n`);
    this.#hash.update(line);
    await this.#file.writeFile(line);
  }

  /** On the disk when it resolves. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    try {
      await file?.sync();
    } finally {
      await file?.close();
    }
  }

  /** SHA-256 of the list, hex; nothing more can be added. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** Reads what a finished backup says of itself, and holds its list of files to it. @throws NOT_FOUND, STORE_NEWER, STORE_DAMAGED */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new SottoError(
      'NOT_FOUND',
      `There is no finished backup in this folder: ${MANIFEST_FILE} is missing. One that was cut off has none.`,
    );
  });
  const manifest = parsed(text);
  if (manifest.format > FORMAT)
    throw new SottoError('STORE_NEWER', 'This backup was made by a newer sotto-relay; restore it with that one.');
  assertLayout(manifest.layout);
  if ((await hashFile(join(folder, CHECKSUM_FILE)).catch(() => '')) !== manifest.checksums) throw damaged(CHECKSUM_FILE);
  return manifest;
}

/** The files of a backup. @throws STORE_DAMAGED for a path that leads elsewhere */
export async function* listedFiles(folder: string): AsyncGenerator<Listed> {
  const lines = createInterface({ input: readPieces(join(folder, CHECKSUM_FILE)) });
  for await (const line of lines) {
    const [, sha256 = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const isKnown = path === STORE_FILE || /^(files|blobs)\//.test(path);
    if (!isKnown || path.split('/').some((name) => name === '' || name === '.' || name === '..')) throw damaged(CHECKSUM_FILE);
    yield { sha256, path };
  }
}

/** The error for a file that is not what it was. */
export function damaged(path: string): SottoError {
  return new SottoError('STORE_DAMAGED', `The backup is damaged: ${path} is missing or not what was written.`);
}

function parsed(text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const { format, layout, made, counts } = manifest;
    if ([format, layout, made, ...Object.values(counts)].every((value) => Number.isSafeInteger(value))) return manifest;
  } catch {
    // Falls through: not what we wrote.
  }
  throw damaged(MANIFEST_FILE);
}
