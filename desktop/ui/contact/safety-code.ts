// Safety numbers for eyes and for comparing: groups of five digits, and the mirror of the other's code.

const DIGITS = 60;
const GROUP = 5;
const GROUPS_PER_LINE = 4;
const PREFIX = 'sotto:safety/1/';
/** Base64url of the two digests, 32 bytes each, without padding. */
const CODE_CHARS = 86;
const SIDE_BYTES = 32;

/** 60 digits as three lines of four groups, how people read them to each other; null when it is no safety number. */
export function safetyLines(number: string): readonly (readonly string[])[] | null {
  if (number.length !== DIGITS || !/^\d+$/.test(number)) return null;
  const groups = number.match(/\d{5}/g) ?? [];
  return Array.from({ length: DIGITS / GROUP / GROUPS_PER_LINE }, (_, line) =>
    groups.slice(line * GROUPS_PER_LINE, (line + 1) * GROUPS_PER_LINE),
  );
}

/** What comparing came to. `own`: our own code was pasted; `none`: no safety code or number at all. */
export type Comparison = 'empty' | 'equal' | 'different' | 'own' | 'none';

/** Compares what the other shows with ours: their code, or their 60 digits in whatever groups. Never throws. */
export function compareSafety(ours: { readonly number: string; readonly scannable: string }, pasted: string): Comparison {
  const text = pasted.trim();
  if (text === '') return 'empty';
  const digits = text.replace(/[\s.\-–—]/g, '');
  if (/^\d+$/.test(digits)) return digits.length === DIGITS ? (digits === ours.number ? 'equal' : 'different') : 'none';
  const theirs = readCode(text.replace(/\s/g, ''));
  const mine = readCode(ours.scannable);
  if (theirs === null || mine === null) return 'none';
  if (theirs === mine) return 'own';
  return theirs === mine.slice(SIDE_BYTES) + mine.slice(0, SIDE_BYTES) ? 'equal' : 'different';
}

/** The bytes of a code, one character a byte; null when it is none. */
function readCode(text: string): string | null {
  const code = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  if (code.length !== CODE_CHARS || !/^[A-Za-z0-9_-]+$/.test(code)) return null;
  const bytes = atob(code.replace(/-/g, '+').replace(/_/g, '/'));
  return bytes.length === 2 * SIDE_BYTES ? bytes : null;
}
