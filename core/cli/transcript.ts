// A page of history as a person reads it. Continued lines stand under the text, so that nobody can write a line that looks like another's.
import type { Message } from '../api.ts';
import { cells, clockTime, day, pad, weekday, wrap } from './layout.ts';
import { safeText } from './safe-text.ts';
import { bodyOf, stateWords } from './shape.ts';

/** Narrowest column of text; below it the terminal wraps as it likes. */
const NARROWEST = 20;
/** Widest column of names. */
const WIDEST_NAME = 20;

/** Names on the two sides of a conversation, safe to show. */
export interface Sides {
  readonly mine: string;
  readonly theirs: string;
}

/** Lines of a transcript. @param columns width of the terminal; null does not wrap */
export function transcript(messages: readonly Message[], sides: Sides, columns: number | null): string[] {
  const width = Math.min(WIDEST_NAME, Math.max(cells(sides.mine), cells(sides.theirs)));
  const lines: string[] = [];
  let today = '';
  for (const message of messages) {
    const date = day(message.sentAt);
    if (date !== today) lines.push(...(today === '' ? [] : ['']), weekday(message.sentAt));
    today = date;
    lines.push(...entry(message, pad(message.direction === 'out' ? sides.mine : sides.theirs, width), columns));
  }
  if (messages.some((message) => message.provisional)) lines.push('', '~ its place may still change');
  return lines;
}

function entry(message: Message, name: string, columns: number | null): string[] {
  const head = ` ${clockTime(message.sentAt)}${message.provisional ? '~' : ' '} ${name}  `;
  const indent = ' '.repeat(cells(head));
  const mark = message.direction === 'out' ? `  (${stateWords(message)})` : '';
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(NARROWEST, columns - indent.length - 1);
  const lines = `${safeText(bodyOf(message))}${mark}`.split('\n').flatMap((line) => (cells(line) <= room ? [line] : wrap(line, room)));
  return lines.map((line, at) => `${at === 0 ? head : indent}${line}`.trimEnd());
}
