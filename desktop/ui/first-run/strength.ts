// How long a stolen disk resists somebody who guesses passphrases, said honestly: by what people really choose, not by kinds of signs.

/** `short`: guessed at once; `weak`: by somebody who wants to; `fair`: takes years; `strong`: out of reach. */
export type Strength = 'short' | 'weak' | 'fair' | 'strong';

/** Parts of what is guessed first, by everybody. */
const FIRST_GUESSES =
  /passwor[dt]|passwort|qwert[yz]|asdf|letmein|iloveyou|ichliebedich|hallo|welcome|willkommen|abc|sotto|geheim|secret/gi;

/** Guesses as a power of two. Words count by a list of a few thousand, repeated and running signs count once, other signs for what people pick. */
function bitsOf(passphrase: string): number {
  const plain = passphrase.replace(FIRST_GUESSES, '*').replace(/(.)\1+/gu, '$1');
  const words = plain.split(/[\s\-_.,;]+/).filter((word) => word !== '');
  const distinct = new Set(words.map((word) => word.toLowerCase()));
  let bits = 0;
  for (const word of distinct) bits += wordBits(word);
  return bits;
}

function wordBits(word: string): number {
  const letters = (word.match(/\p{L}/gu) ?? []).length;
  const others = [...word].length - letters;
  // A word of a language: at most what a list of words holds; a jumble of letters and digits: more for every sign.
  const mixed = /\p{L}\P{L}+\p{L}/u.test(word) || (/\p{Ll}\p{Lu}/u.test(word) && letters > 4);
  return mixed ? letters * 4.5 + others * 3.5 : Math.min(letters * 2.4, 12.5) + Math.min(others * 2.2, 14);
}

/** The strength of a passphrase with the slow hash that Sotto uses. */
export function strengthOf(passphrase: string): Strength {
  const bits = bitsOf(passphrase);
  if ([...passphrase].length < 8 || bits < 18) return 'short';
  return bits < 34 ? 'weak' : bits < 50 ? 'fair' : 'strong';
}
