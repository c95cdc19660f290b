// Text as it is searched: without case, accents and the marks people leave out when they type in a hurry.

/** Longest text looked at, UTF-16 units: names are far shorter, and a hostile one costs no more. */
const MOST_UNITS = 256;
/** Letters that no decomposition takes apart. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Folds for searching; the same folding on both sides. Never to be shown. */
export function fold(text: string): string {
  return text
    .slice(0, MOST_UNITS)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}\p{Cf}\p{Cc}]/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim();
}
