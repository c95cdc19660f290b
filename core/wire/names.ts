// What a name is, to whoever gives one and to whoever reads one.
import { SottoError } from '../base/errors.ts';
import { MAX_NAME_CHARS } from './limits.ts';

/** A name somebody claims or gives: 1..64 characters, no control characters, no lone surrogates. What else is in it is made harmless where it is shown. */
export function isName(name: string): boolean {
  return name.isWellFormed() && [...name].length <= MAX_NAME_CHARS && name.trim() !== '' && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(name);
}

/** A name that is given here, to oneself or to a contact: nothing in it turns a line around either. @throws BAD_INPUT */
export function checkGivenName(name: string): void {
  if (!isName(name) || /\p{Bidi_Control}/u.test(name))
    throw new SottoError('BAD_INPUT', 'A name has 1 to 64 characters and no control characters.');
}
