// Why a message failed or could not be opened, in the language of the page. The engine says it in English sentences; those it is known to
// say have words of their own, and whatever else it says (a relay may have had a part in it) is not shown.
import type { WordKey } from '../words/catalogues.ts';

/** The beginning of what the engine says, and our words for it; the first that fits. A test holds the engine to these. */
export const REASONS: readonly (readonly [string, WordKey<'conversation'>])[] = [
  ['waits until the contact accepts', 'reasonWaitsForAnswer'],
  ['The relay refused it (TOO_LARGE', 'reasonTooLarge'],
  ['The relay refused it (QUOTA', 'reasonNoRoom'],
  ['The relay refused it', 'reasonRefused'],
  ['It could not be delivered for 30 days.', 'reasonTooOld'],
  ['The relay let it go before', 'reasonNotTaken'],
  ['The other side could not open it', 'reasonNotOpenable'],
  ['Somebody who does not belong', 'reasonStranger'],
  ['The author sent different versions', 'reasonVersions'],
  ['The key of this message never arrived', 'reasonNoKey'],
  ['The message was encrypted with a key that was used before', 'reasonUsedKey'],
  ['There is no encrypted session', 'reasonNoSession'],
  ['The message could not be decrypted', 'reasonUnreadable'],
];

/** The words for a reason. */
export function reasonWord(reason: string): WordKey<'conversation'> {
  return REASONS.find(([start]) => reason.startsWith(start))?.[1] ?? 'reasonOther';
}
