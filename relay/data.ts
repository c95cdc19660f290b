// The relay's data folder: its key, its addresses, the store and the tokens. Everything in it is the operator's alone (0700, 0600).
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '../core/base/bytes.ts';
import { type SigningKey, signingKey } from '../core/base/ed25519.ts';
import { SottoError } from '../core/base/errors.ts';
import { replaceFile } from '../core/store/files.ts';

const SEED_BYTES = 32;

/** Makes the folder if it is not there. @throws STORE_FAILED */
export async function makeData(data: string): Promise<void> {
  await disk(() => mkdir(data, { recursive: true, mode: 0o700 }), 'The data folder cannot be made.');
}

/** Where the store lies in the data folder. */
export function storeFolder(data: string): string {
  return join(data, 'store');
}

/** Where the bytes of blobs lie in the data folder. */
export function blobFolder(data: string): string {
  return join(data, 'blobs');
}

/** The relay's libp2p key; made on the first run. Call it only while holding the store. @throws STORE_FAILED, STORE_DAMAGED */
export async function relayKey(data: string): Promise<SigningKey> {
  const path = join(data, 'key');
  const known = await disk(() => readIfThere(path), 'The key of the relay cannot be read.');
  if (known !== null && known.length !== SEED_BYTES) throw new SottoError('STORE_DAMAGED', 'The key of the relay is damaged.');
  if (known !== null) return signingKey(known);
  const key = signingKey();
  await disk(() => replaceFile(path, key.seed), 'The key of the relay cannot be written.');
  return key;
}

/** Keeps the addresses others dial, for `token`. @throws STORE_FAILED */
export async function writeAddresses(data: string, addresses: readonly string[]): Promise<void> {
  await disk(
    () => replaceFile(join(data, 'addresses.json'), utf8(`${JSON.stringify({ addresses })}\n`)),
    'The addresses cannot be written.',
  );
}

/** The addresses of the last run, or null before the first. @throws STORE_DAMAGED, STORE_FAILED */
export async function readAddresses(data: string): Promise<readonly string[] | null> {
  const bytes = await disk(() => readIfThere(join(data, 'addresses.json')), 'The addresses cannot be read.');
  if (bytes === null) return null;
  try {
    const { addresses } = JSON.parse(bytes.toString('utf8')) as { addresses?: unknown };
    if (Array.isArray(addresses)) return addresses.filter((address) => typeof address === 'string');
  } catch {
    // Falls through: not what we wrote.
  }
  throw new SottoError('STORE_DAMAGED', 'The file of addresses is damaged; start the relay once more.');
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function disk<T>(work: () => Promise<T>, failed: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SottoError('STORE_FAILED', failed, cause);
  }
}
