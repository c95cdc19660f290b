// Where a passphrase comes from: a file, the environment, or a hidden prompt. Never an argument, which every process may read.
import { readFileSync } from 'node:fs';
import { SottoError } from '../base/errors.ts';
import type { Io } from './io.ts';
import type { Arguments } from './usage.ts';

/** Longest passphrase taken, bytes: more than anybody types, little enough to read whole. */
const MAX_PASSPHRASE_BYTES = 4_096;
/** Times a wrong passphrase may be typed again at a prompt. */
export const PROMPT_TRIES = 3;

const NONE = 'This home has a passphrase: give it in SOTTO_PASSPHRASE, by --passphrase-file FILE, or run at a terminal.';

/** A passphrase and whether asking again could bring another one. */
export interface Passphrase {
  readonly text: string;
  readonly typed: boolean;
}

/** The passphrase of an existing home. @throws BAD_INPUT when there is no way to get it */
export async function passphraseFor(args: Arguments, io: Io): Promise<Passphrase> {
  const given = givenPassphrase(args, io);
  if (given !== null) return { text: given, typed: false };
  const typed = await io.askHidden('Passphrase: ');
  if (typed === null) throw new SottoError('BAD_INPUT', NONE);
  return { text: typed, typed: true };
}

/** The passphrase of a home about to be made; typed twice at a prompt. @throws BAD_INPUT */
export async function newPassphrase(args: Arguments, io: Io): Promise<string> {
  const given = givenPassphrase(args, io);
  if (given !== null) return given;
  const first = await io.askHidden('Choose a passphrase: ');
  if (first === null) {
    throw new SottoError(
      'BAD_INPUT',
      'A new home needs a passphrase: SOTTO_PASSPHRASE, --passphrase-file FILE, or a terminal; or --no-passphrase.',
    );
  }
  if (first === '') throw new SottoError('BAD_INPUT', 'The passphrase is empty; --no-passphrase makes a home without one.');
  if ((await io.askHidden('The same again: ')) !== first) throw new SottoError('BAD_INPUT', 'The two passphrases are not the same.');
  return first;
}

/** What was given beforehand, without asking; null for nothing. @throws BAD_INPUT */
export function givenPassphrase(args: Arguments, io: Io): string | null {
  const file = args.value('passphrase-file');
  if (file !== null) return fromFile(file);
  const given = io.env.SOTTO_PASSPHRASE;
  return given === undefined || given === '' ? null : given;
}

/** The file's text without one line end. */
function fromFile(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'The passphrase file cannot be read.', cause);
  }
  if (bytes.length > MAX_PASSPHRASE_BYTES)
    throw new SottoError('BAD_INPUT', `The passphrase file is longer than ${MAX_PASSPHRASE_BYTES} bytes.`);
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (text === '') throw new SottoError('BAD_INPUT', 'The passphrase file is empty.');
  return text;
}
