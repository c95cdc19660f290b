// Links opened outside (`sotto:…`): hostile text that any web page can make come. It is looked at, bounded and shown; it never acts.
import { MAX_LINK_CHARS } from '../engine-protocol.ts';

/** The scheme of our links. */
export const LINK_SCHEME = 'sotto';
const LINK = /^sotto:[\x21-\x7e]+$/;

/** The link as the page may see it, or null: ours, one line, printable, of bounded length. */
export function readLink(text: string): string | null {
  return text.length <= MAX_LINK_CHARS && LINK.test(text) ? text : null;
}

/** The link among the arguments of a start: the last, where systems put it; null when there is none. */
export function linkAmong(args: readonly string[]): string | null {
  return readLink(args.at(-1) ?? '');
}
