// Where a home lies, and where the socket of the process that has it open lies. Trusts no directory that others may write.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SottoError } from '../base/errors.ts';

/** Longest path a Unix socket may have here, bytes: 104 on macOS with its end, 108 on Linux. */
export const MAX_SOCKET_PATH_BYTES = 100;
const SOCKET_NAME = 'sotto.sock';

/** The home folder: the flag, SOTTO_HOME, or the user's own. Absolute. */
export function homeFolder(flag: string | null, env: Readonly<Record<string, string | undefined>>): string {
  const named = flag ?? env.SOTTO_HOME;
  if (named !== undefined && named !== '') return resolve(named);
  const local = env.LOCALAPPDATA;
  return process.platform === 'win32' && local !== undefined ? join(local, 'Sotto') : join(homedir(), '.sotto');
}

/**
 * Address of the socket of a home: inside it, or when that path is too long in a private directory named by the home's hash.
 * Null when the home does not exist. @throws STORE_FAILED when that directory is not ours alone
 */
export function socketPath(home: string): string | null {
  const real = realOrNull(home);
  if (real === null) return null;
  if (process.platform === 'win32') return `\\\\.\\pipe\\sotto-${hashOf(real)}`;
  const inside = join(real, SOCKET_NAME);
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside;
  const directory = join(tmpdir(), `sotto-${hashOf(real)}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  checkPrivate(directory);
  return join(directory, SOCKET_NAME);
}

/** Somebody else's directory of that name would let them pose as the owner of the home. */
function checkPrivate(directory: string): void {
  const found = lstatSync(directory);
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (!ours)
    throw new SottoError(
      'STORE_FAILED',
      'The directory for the socket of this home is not yours alone; remove it or use a shorter home path.',
    );
}

function realOrNull(home: string): string | null {
  try {
    return realpathSync(home);
  } catch {
    return null;
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 24);
}
