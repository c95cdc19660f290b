// Text of others, made harmless to look at. It stays text: nothing here makes markup. What cannot be seen is shown, what would grow over its
// neighbours is cut, what would turn the line around has no effect.

/** Most marks above or below one letter; Vietnamese and Hebrew with all its signs need three. */
const MOST_MARKS = 3;
/** Longest name that is looked at, UTF-16 units: names are 64 by the contract, petnames too. */
const MOST_NAME = 256;

const MANY_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})\\p{M}+`, 'gu');
/** Everything that is not seen: controls, format characters (bidi overrides among them), unassigned and private ones, line separators; not the joiners that emoji and many scripts need. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;
const JOINERS: ReadonlySet<string> = new Set(['\u200c', '\u200d']);
/** Blanks of odd widths, which make two names look like one; the empty letter of Braille among them. */
const BLANKS = /[\p{Zs}\u2800\t\r\n]+/gu;
/** Joiners after a letter that joins nothing, and marks that change nothing where they stand: two names that look alike would not be one. */
const HIDDEN_IN_NAMES =
  /(?<=^|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}\p{Z}])[\u200c\u200d]|[\u034f\u17b4\u17b5]|(?<![\p{Extended_Pictographic}\p{Script=Han}\p{Script=Mongolian}])(?<![#*\d](?=\ufe0f\u20e3))[\ufe00-\ufe0f\u180b-\u180d\u180f\u{e0100}-\u{e01ef}]/gu;
/** Something that leaves ink. */
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
const UNKNOWN = '\u{fffd}';

/** No letter with more than a few marks. */
export function cutMarks(text: string): string {
  return text.replace(MANY_MARKS, '$1');
}

/** Control and format characters as signs that are seen; line breaks and tabs stay when `lines`. */
function showUnseen(text: string, lines: boolean): string {
  return text.replace(UNSEEN, (sign) => {
    if (JOINERS.has(sign) || (lines && (sign === '\n' || sign === '\t'))) return sign;
    const code = sign.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : UNKNOWN;
  });
}

/** A text of several lines, harmless. */
export function safeText(text: string): string {
  return cutMarks(showUnseen(text.replaceAll('\r\n', '\n'), true));
}

/** A name on one line, harmless; empty when nothing of it is seen. */
export function safeName(name: string): string {
  const line = name.slice(0, MOST_NAME).replace(BLANKS, ' ').trim();
  if (!SEEN.test(line)) return '';
  return cutMarks(showUnseen(line, false).replace(HIDDEN_IN_NAMES, UNKNOWN))
    .replaceAll(/[\u200c\u200d]+$/g, '')
    .trim();
}

/** How an account is called that has no name: the first letters of its id, in pairs of four. */
export function shortAccount(account: string): string {
  return `${account.slice(0, 4)} ${account.slice(4, 8)}`;
}

/** What has the names of somebody. */
export interface Named {
  readonly account: string;
  readonly petname: string | null;
  readonly claimedName: string | null;
}

/** What to call somebody, harmless and on one line: the name we gave, the name they claim, or their account. */
export function nameOf({ account, petname, claimedName }: Named): string {
  return safeName(petname ?? '') || safeName(claimedName ?? '') || shortAccount(account);
}
