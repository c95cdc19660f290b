// A page of history as a person reads it. Continued lines stand under the text, so that nobody can write a line that looks like another's.
import type { Message } from '../api.ts';
import { cells, clockTime, day, pad, weekday, wrap } from './layout.ts';
import { safeText } from './safe-text.ts';
import { bodyOf, stateWords } from './shape.ts';

/** Narrowest column of text; below it the terminal wraps as it likes. */
const NARROWEST = 20;
/** Widest column of names. */
const WIDEST_NAME = 20;

/** What stands before our own messages: asking the engine for our name would load all of it. */
const MINE = 'you';

/** Lines of a transcript. @param theirs the other side's name, safe to show @param columns width of the terminal; null does not wrap */
export function transcript(messages: readonly Message[], theirs: string, columns: number | null): string[] {
  const width = Math.min(WIDEST_NAME, Math.max(cells(MINE), cells(theirs)));
  const lines: string[] = [];
  let today = '';
  for (const message of messages) {
    const date = day(message.sentAt);
    if (date !== today) lines.push(...(today === '' ? [] : ['']), weekday(message.sentAt));
    today = date;
    lines.push(...entry(message, pad(message.direction === 'out' ? MINE : theirs, width), columns));
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
