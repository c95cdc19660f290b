// Small settings beside a home, in clear: they say nothing about anybody. A file that is damaged is as one that is not there, and is said.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text, utf8 } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { makeFolder, replaceFile } from '../store/files.ts';

/** Longest file read, bytes: far more than any of them needs. */
const MAX_BYTES = 65_536;

/** The JSON of a file; null where there is none. @throws MALFORMED for one that is none, or too long, or cannot be read */
export async function readSmallFile(path: string): Promise<unknown> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > MAX_BYTES) throw new SottoError('TOO_LARGE');
    return JSON.parse(text(bytes));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw new SottoError('MALFORMED', 'A file of settings in the home folder is damaged; what it said is set anew.', cause);
  }
}

/** Writes it whole and durably, mode 0600; the folder is made where there is none yet. @throws STORE_FAILED */
export async function writeSmallFile(path: string, value: unknown): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await replaceFile(path, utf8(`${JSON.stringify(value, null, 2)}\n`));
  } catch (cause) {
    throw new SottoError('STORE_FAILED', undefined, cause);
  }
}
