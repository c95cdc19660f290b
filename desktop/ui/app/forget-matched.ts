// The text that a regular expression was last tried on outlives everything that held it: the language keeps it (RegExp.input) until another match.

/** Puts nothing in its place: call it when what was shown is to be forgotten. */
export function forgetMatched(): void {
  /^/.test('');
}
