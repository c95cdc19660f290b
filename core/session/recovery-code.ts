// The code that opens a recovery file: 160 random bits a person can write down, and four letters that catch a slip of the pen.
import { type Bytes, concat } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { labelledHash } from '../base/hash.ts';

/** Crockford's base 32: no I, L, O or U. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 160 bits: nobody guesses it, whatever the file's scrypt costs. */
export const CODE_BYTES = 20;
const GROUP = 4;
const DATA_LETTERS = (CODE_BYTES * 8) / 5;
const CHECK_LETTERS = 4;

function toLetters(bytes: Uint8Array): string {
  let letters = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) letters += LETTERS[(held >> (bits - 5)) & 31];
    held &= 31;
  }
  return letters;
}

function fromLetters(letters: string): Bytes {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const letter of letters) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Uint8Array.from(bytes);
}

function check(bytes: Uint8Array): string {
  return toLetters(labelledHash('recovery-code', bytes)).slice(0, CHECK_LETTERS);
}

/** A fresh code: its bytes, and as a person writes it down (nine groups of four). */
export function createCode(): { readonly bytes: Bytes; readonly code: string } {
  const bytes = random(CODE_BYTES);
  const letters = toLetters(bytes) + check(bytes);
  return { bytes, code: (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-') };
}

/** The bytes of a code as typed: case, spaces, dashes and the usual mix-ups (O 0, I L 1) do not matter. @throws WRONG_CODE for a slip */
export function readCode(typed: string): Bytes {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (letters.length !== DATA_LETTERS + CHECK_LETTERS || [...letters].some((letter) => !LETTERS.includes(letter)))
    throw new SottoError('WRONG_CODE', 'The recovery code has nine groups of four letters or digits.');
  const bytes = fromLetters(letters.slice(0, DATA_LETTERS));
  if (check(bytes) !== letters.slice(DATA_LETTERS))
    throw new SottoError('WRONG_CODE', 'There is a slip in the recovery code; check it again.');
  return concat(bytes);
}
