// The words of a message as they may be shown: always text, never markup. Marks without end are cut, links are found and told apart from
// what they look like, a huge text is folded. Hostile until the last line.
import { find } from 'linkifyjs';
import { cutMarks, safeText } from '../design/hostile-text.ts';

/** Longest text shown unfolded, UTF-16 units: about a screen. */
export const MOST_SHOWN = 3_000;
/** Most lines shown unfolded. */
export const MOST_LINES = 40;
/** Links that are made of one text; the rest stays text. */
const MOST_LINKS = 50;
/** Longest address of a link, characters: what the shell opens (desktop/main/origin.ts; a test compares). */
const MOST_ADDRESS = 4_096;
/** Emoji shown large when there is nothing else. */
const MOST_LARGE = 6;
/** Longest text that may be emoji only, UTF-16 units: families of four are 11 each. */
const LARGE_UNITS = 80;

/** A piece of a text. */
export type Piece = string | Link;

/** Something that looks like a link, and where it really goes. */
export interface Link {
  readonly shown: string;
  readonly href: string;
  /** The host that would be asked, in the letters that computers compare (xn--…). */
  readonly host: string;
}

/** Marks that say which way letters run: seen by nobody, and harmless inside an isolated text. */
const DIRECTION_MARKS = /[\u200e\u200f\u061c\ufeff]/g;

/** A text as it may be shown, its lines kept. */
export function shownText(text: string): string {
  return safeText(text.replace(DIRECTION_MARKS, ''));
}

/** The beginning of a text that is too long to be shown at once, and whether something was left out. Never cuts a letter in two. */
export function folded(text: string): { readonly text: string; readonly isFolded: boolean } {
  let end = Math.min(text.length, MOST_SHOWN);
  let line = -1;
  for (let lines = 0; lines < MOST_LINES; lines += 1) {
    line = text.indexOf('\n', line + 1);
    if (line === -1 || line >= end) break;
    if (lines === MOST_LINES - 1) end = line;
  }
  if (end === text.length) return { text, isFolded: false };
  const cut = /[\uD800-\uDBFF]$/.test(text.slice(0, end)) ? end - 1 : end;
  return { text: text.slice(0, cut), isFolded: true };
}

/** A text in pieces: plain ones, and links to the web. Everything else that looks like a link stays text. */
export function piecesOf(text: string): readonly Piece[] {
  if (!/[.:]/.test(text)) return [text];
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of find(text, 'url').slice(0, MOST_LINKS)) {
    const link = linkOf(found.value, found.href);
    if (link === null || found.start < at) continue;
    if (found.start > at) pieces.push(text.slice(at, found.start));
    pieces.push(link);
    at = found.end;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/** Only the web, and nobody's name or password in it. */
function linkOf(shown: string, href: string): Link | null {
  // What turns the direction or cannot be seen makes a link look like another.
  if (/[\p{Cf}\p{Cc}\p{Zl}\p{Zp}]/u.test(shown)) return null;
  const url = URL.parse(href.replace(/^http:(?=\/\/)/, shown.startsWith('http:') ? 'http:' : 'https:'));
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  if (url.href.length > MOST_ADDRESS) return null;
  return { shown, href: url.href, host: url.host };
}

/** True when the host is not what the person reads: letters of other scripts, or another host altogether. */
export function isLookAlike({ shown, host }: Link): boolean {
  return host.split('.').some((label) => label.startsWith('xn--')) || !shown.toLowerCase().includes(host);
}

/** True when a text is a few emoji and nothing else. By plain properties: the exact set of emoji takes 50 ms to build. */
export function isLargeEmoji(text: string): boolean {
  if (text.length > LARGE_UNITS || !/^(?![^#*\d]*[#*\d])[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)) return false;
  const emoji = text.match(/(?<!\u200d)\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/gu) ?? [];
  return emoji.length > 0 && emoji.length <= MOST_LARGE;
}

/** A text in one line for lists and announcements: spaces for breaks, cut, marks cut. @param most UTF-16 units */
export function oneLine(text: string, most = 160): string {
  const short = cutMarks(text.slice(0, most * 2))
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return short.length <= most ? short : `${short.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
