// The files of the built page, all read once: what is not in the list cannot be asked for, whatever a path looks like.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { SottoError } from '../base/errors.ts';
import { PAGE_TYPES } from '../carrier/page-policy.ts';

/** One file as it is sent. */
export interface PageFile {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Files by the exact path of a request; `/` is the page. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const PAGE = 'index.html';
/** Vite names what lies here after its contents. */
const HASHED = 'assets/';
/** In place of `no-store` for files whose name changes with what is in them. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Reads a built page. @throws NOT_FOUND when there is none */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map(names(folder).flatMap((name) => entry(folder, name)));
  if (!files.has('/')) throw new SottoError('NOT_FOUND', 'The window is not built here: its files are missing.');
  return files;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((found) => found.isFile())
      .map((found) => relative(folder, join(found.parentPath, found.name)).replaceAll(sep, '/'));
  } catch {
    return [];
  }
}

function entry(folder: string, name: string): readonly (readonly [string, PageFile])[] {
  const type = PAGE_TYPES[name.slice(name.lastIndexOf('.') + 1)];
  if (type === undefined) return [];
  const bytes = readFileSync(join(folder, name));
  const cache = name.startsWith(HASHED) ? { 'Cache-Control': IMMUTABLE } : {};
  const headers = { 'Content-Type': type, 'Content-Length': String(bytes.length), ...cache };
  return [[name === PAGE ? '/' : `/${name}`, { bytes, headers }]];
}
