// Registration tokens: one file per token in the data folder, named by the token's hash, with its terms. The token itself is printed once and kept nowhere.
// How often one was used stands in the store, with the registrations; the file beside it is what the store said last, for `token list`.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, hex, utf8 } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { labelledHash } from '../../core/base/hash.ts';
import { makeFile, replaceFile } from '../../core/store/files.ts';

/** Bytes of a token: unguessable, and short enough to be read out over a telephone if it must be. */
const TOKEN_BYTES = 20;
/** Longest label, characters. */
export const MAX_LABEL_CHARS = 64;

/** What became of a token: nobody new registers with it; or those who did are refused as well. */
export type Revoked = 'token' | 'accounts';

/** What a token is good for. */
export interface TokenTerms {
  /** For the operator alone. */
  readonly label: string;
  /** Registrations that may be made with it in all; null: any number. */
  readonly uses: number | null;
  /** ms since 1970; null: never. */
  readonly expires: number | null;
  /** ms since 1970; 0: not known. */
  readonly made: number;
  readonly revoked: Revoked | null;
}

/** A token as it is listed. */
export interface ListedToken extends TokenTerms {
  /** The hash of the token, as hex. */
  readonly id: string;
  /** Registrations bound to it, as the relay said last. */
  readonly used: number;
}

/** An empty file is a token without terms, made by hand or by an earlier version. */
const PLAIN: TokenTerms = { label: '', uses: null, expires: null, made: 0, revoked: null };

/** What is kept of a token. */
export function tokenHash(token: Uint8Array): Bytes {
  return labelledHash('token', token);
}

/** Makes a token that counts at once, also at a relay that is running. @throws STORE_FAILED */
export async function mintToken(data: string, terms: Partial<TokenTerms> = {}): Promise<Bytes> {
  const token = random(TOKEN_BYTES);
  await disk(async () => {
    await mkdir(folder(data), { recursive: true, mode: 0o700 });
    await makeFile(join(folder(data), hex(tokenHash(token))), encoded({ ...PLAIN, ...terms }));
  });
  return token;
}

/** The terms of the token with this hash (hex); null when the operator made none, or removed its file. What cannot be read is no token. */
export async function readToken(data: string, id: string): Promise<TokenTerms | null> {
  try {
    return decoded(await readFile(join(folder(data), id), 'utf8'));
  } catch {
    return null;
  }
}

/** All tokens, the oldest first. @throws STORE_FAILED */
export async function listTokens(data: string): Promise<readonly ListedToken[]> {
  const names = await disk(() => readdir(folder(data)).catch((error) => (error.code === 'ENOENT' ? [] : Promise.reject(error))));
  const listed = await Promise.all(
    names.filter(isId).map(async (id) => {
      const terms = await readToken(data, id);
      return terms === null ? [] : [{ ...terms, id, used: await readUse(data, id) }];
    }),
  );
  return listed.flat().sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1));
}

/** Takes a token back, from now on. @throws NOT_FOUND, STORE_FAILED */
export async function revokeToken(data: string, id: string, revoked: Revoked): Promise<void> {
  const terms = await readToken(data, id);
  if (terms === null) throw new SottoError('NOT_FOUND', 'There is no such token.');
  await disk(() => replaceFile(join(folder(data), id), encoded({ ...terms, revoked })));
}

/** Writes down how often a token was used, for `token list`. @throws STORE_FAILED */
export async function noteUse(data: string, id: string, used: number): Promise<void> {
  await disk(() => replaceFile(join(folder(data), `${id}.used`), utf8(`${used}\n`)));
}

async function readUse(data: string, id: string): Promise<number> {
  const text = await readFile(join(folder(data), `${id}.used`), 'utf8').catch(() => '');
  return /^\d{1,15}\n?$/.test(text) ? Number(text) : 0;
}

function isId(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name);
}

function encoded(terms: TokenTerms): Bytes {
  return utf8(`${JSON.stringify(terms)}\n`);
}

function decoded(text: string): TokenTerms | null {
  if (text.trim() === '') return PLAIN;
  const { label, uses, expires, made, revoked } = JSON.parse(text) as Record<keyof TokenTerms, unknown>;
  const isRight = typeof label === 'string' && isCount(uses) && isCount(expires) && typeof made === 'number';
  return isRight && (revoked === null || revoked === 'token' || revoked === 'accounts') ? { label, uses, expires, made, revoked } : null;
}

function isCount(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}

function folder(data: string): string {
  return join(data, 'tokens');
}

async function disk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SottoError('STORE_FAILED', 'The folder of tokens cannot be read or written.', cause);
  }
}
