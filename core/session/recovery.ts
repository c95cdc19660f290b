// The recovery file: the root key sealed under a code that is shown once. Whoever has both is the account.

import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Bytes, owned } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { type RecoveryContent, RecoveryContentSchema, type RecoveryFile, RecoveryFileSchema } from '../wire/gen/identity_pb.ts';
import { MAX_ADDRESS_BYTES, MAX_RELAYS } from '../wire/limits.ts';
import { isName } from '../wire/names.ts';
import { type OneTimeKey, oneTimeKey, open, seal } from './aead.ts';
import { createCode, readCode } from './recovery-code.ts';

const FORMAT = 1;
/** scrypt (RFC 7914): 128 MiB and about half a second for each try. */
const COST = { logN: 17, r: 8, p: 1 } as const;
/** A file may ask for at most this much, or a hostile one would eat the machine. */
const MOST = { logN: 20, r: 16, p: 4 } as const;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
/** Longest file looked at, characters. */
const MAX_FILE_CHARS = 65_536;
const BEGIN = '-----BEGIN SOTTO RECOVERY-----';
const END = '-----END SOTTO RECOVERY-----';
const LINE_CHARS = 64;

const EXPLANATION = `This file brings back your Sotto account when your devices are lost.
It opens only with the recovery code that was shown when it was made.
Keep the two apart. Whoever has both can become you.
`;

const stretch = promisify<Uint8Array, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

async function keyOf(code: Uint8Array, file: RecoveryFile): Promise<OneTimeKey> {
  const N = 2 ** file.logN;
  const stretched = await stretch(code, file.salt, 32, { N, r: file.r, p: file.p, maxmem: 256 * N * file.r + 2 ** 20 });
  return oneTimeKey(stretched, file.nonce, 'recovery');
}

/** Everything but the sealed part, encoded: the associated data. */
function front(file: RecoveryFile): Bytes {
  return toBinary(RecoveryFileSchema, create(RecoveryFileSchema, { ...file, sealed: new Uint8Array() }));
}

/** Seals the root key and what belongs to it. @returns the file's text, and the code, to be shown once and kept nowhere */
export async function sealRecovery(
  content: MessageInitShape<typeof RecoveryContentSchema>,
): Promise<{ readonly file: string; readonly code: string }> {
  const { bytes, code } = createCode();
  const file = create(RecoveryFileSchema, { format: FORMAT, ...COST, salt: random(SALT_BYTES), nonce: random(NONCE_BYTES) });
  file.sealed = seal(await keyOf(bytes, file), front(file), toBinary(RecoveryContentSchema, create(RecoveryContentSchema, content)));
  return { file: toText(toBinary(RecoveryFileSchema, file)), code };
}

/**
 * Opens a recovery file with its code.
 * @throws WRONG_CODE when the code has a slip or does not open the file, MALFORMED when the text is not a recovery file
 */
export async function openRecovery(text: string, code: string): Promise<RecoveryContent> {
  const file = readFile(text);
  const bytes = readCode(code);
  const plain = open(await keyOf(bytes, file), front(file), file.sealed);
  if (plain === null) throw new SottoError('WRONG_CODE');
  return readContent(plain);
}

function toText(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  return [EXPLANATION, BEGIN, ...lines, END, ''].join('\n');
}

function malformed(cause?: unknown): SottoError {
  return new SottoError('MALFORMED', 'This is not a recovery file, or a part of it is missing.', cause);
}

function readFile(text: string): RecoveryFile {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (text.length > MAX_FILE_CHARS || begin < 0 || end < begin) throw malformed();
  const base64 = text.slice(begin + BEGIN.length, end).replace(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== base64) throw malformed();
  let file: RecoveryFile;
  try {
    file = fromBinary(RecoveryFileSchema, new Uint8Array(bytes));
  } catch (cause) {
    throw malformed(cause);
  }
  if (!isBounded(file)) throw malformed();
  return file;
}

function isBounded(file: RecoveryFile): boolean {
  const within = (value: number, most: number) => value >= 1 && value <= most;
  const cost = within(file.logN, MOST.logN) && within(file.r, MOST.r) && within(file.p, MOST.p);
  return file.format === FORMAT && cost && file.salt.length === SALT_BYTES && file.nonce.length === NONCE_BYTES;
}

function readContent(plain: Bytes): RecoveryContent {
  let content: RecoveryContent;
  try {
    content = fromBinary(RecoveryContentSchema, plain);
  } catch (cause) {
    throw malformed(cause);
  }
  const keys = [content.seed, content.directorySeed, content.profileKey];
  const relays = content.relays.length <= MAX_RELAYS && content.relays.every((relay) => relay.length <= MAX_ADDRESS_BYTES);
  if (!keys.every((key) => owned(key).length === 32) || !relays || !isName(content.name)) throw malformed();
  return content;
}
