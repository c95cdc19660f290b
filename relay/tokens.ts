// Registration tokens: one file per token in the data folder, named by the token's hash and empty. The token itself is printed once and kept nowhere.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, hex } from '../core/base/bytes.ts';
import { random } from '../core/base/clock.ts';
import { labelledHash } from '../core/base/hash.ts';

/** Bytes of a token: unguessable, and short enough to be read out over a telephone if it must be. */
const TOKEN_BYTES = 20;

/** What is kept of a token. */
export function tokenHash(token: Uint8Array): Bytes {
  return labelledHash('token', token);
}

/** Makes a token that counts at once, also at a relay that is running. */
export async function mintToken(data: string): Promise<Bytes> {
  const token = random(TOKEN_BYTES);
  await mkdir(folder(data), { recursive: true, mode: 0o700 });
  await writeFile(join(folder(data), hex(tokenHash(token))), '', { mode: 0o600, flag: 'wx', flush: true });
  return token;
}

/** True when the operator made the token with this hash, and has not removed its file since. */
export async function isToken(data: string, hash: Bytes): Promise<boolean> {
  try {
    await access(join(folder(data), hex(hash)));
    return true;
  } catch {
    return false;
  }
}

function folder(data: string): string {
  return join(data, 'tokens');
}
