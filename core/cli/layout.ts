// Columns, wrapped lines and times for a terminal. Takes only text that is safe to show.

/** Characters that take two cells (UAX 11, near enough): East Asian scripts and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Characters that take none: combining marks, joiners, variation selectors. */
const ZERO = /\p{M}|[\u200b-\u200f\u2060\ufeff]/u;
const ASCII = /^[\x20-\x7e]*$/;

/** Cells a text takes on a terminal. */
export function cells(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return sum;
}

/** Text filled up with spaces to `width` cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** Lines of at most `width` cells, broken at spaces where there are any. */
export function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  let used = 0;
  for (const piece of line.split(/(?<= )/)) {
    const size = cells(piece.trimEnd());
    if (used > 0 && used + size > width) {
      lines.push(current.trimEnd());
      current = '';
      used = 0;
    }
    for (const part of cells(piece) > width ? chunks(piece, width) : [piece]) {
      if (used > 0 && used + cells(part.trimEnd()) > width) {
        lines.push(current);
        current = '';
        used = 0;
      }
      current += part;
      used += cells(part);
    }
  }
  lines.push(current.trimEnd());
  return lines;
}

/** A word too long for a line, cut. */
function chunks(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const character of word) {
    const size = cells(character);
    if (used + size > width) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += character;
    used += size;
  }
  return [...parts, part];
}

/** Rows under a heading, each column as wide as it must be; nothing for no rows. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths = heading.map((title, column) => Math.max(cells(title), ...rows.map((row) => cells(row[column] ?? ''))));
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => pad(row[column] ?? '', width))
      .join('  ')
      .trimEnd();
  return `${[heading, ...rows].map(line).join('\n')}\n`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const two = (part: number) => String(part).padStart(2, '0');

/** `14:05` in local time. @param ms since 1970; any number, since authors' clocks are their own affair */
export function clockTime(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? '--:--' : `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `2026-11-21` in local time. */
export function day(ms: number): string {
  const time = new Date(ms);
  if (Number.isNaN(time.getTime())) return '----------';
  return `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** `Saturday 2026-11-21` in local time. */
export function weekday(ms: number): string {
  const name = DAYS[new Date(ms).getDay()];
  return name === undefined ? 'a day unknown' : `${name} ${day(ms)}`;
}

/** `2026-11-21 14:05` in local time. */
export function moment(ms: number): string {
  return `${day(ms)} ${clockTime(ms)}`;
}
