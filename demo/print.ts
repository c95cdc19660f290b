// What the demo shows: headings, sentences, some of the lines, tables. Cuts what is too long and makes harmless what is not a letter.
import { stripVTControlCharacters, styleText } from 'node:util';
import { NAMES, type Name } from './text.ts';

/** Columns used when nobody can tell how wide the terminal is, and the most that are used. */
const COLUMNS = { unknown: 100, most: 120 } as const;
/** Lines of a part that are shown: its beginning, its end, and pairs between them. */
const SHOWN = { first: 4, pairs: 3, last: 2 } as const;

const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f000}-\u{3ffff}]/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
/** Controls, and characters that turn the reading direction of what follows. */
const HARMFUL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const NAME_CELLS = Math.max(...NAMES.map((name) => name.length));
const graphemes = new Intl.Segmenter();

/** A line of the conversation as it is shown. */
export interface Spoken {
  readonly name: Name;
  readonly text: string;
  /** Sequence number of the stamp. */
  readonly seq: number | null;
  /** Author's clock, ms. */
  readonly sentAt: number;
}

/** Where the story is told. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  #chapter = 0;

  /** @param columns width of the terminal; undefined when it is none */
  constructor(write: (text: string) => void, columns: number | undefined) {
    this.#write = write;
    this.#columns = Math.min(columns ?? COLUMNS.unknown, COLUMNS.most);
  }

  /** Begins a chapter. */
  heading(title: string): void {
    this.#chapter += 1;
    this.#write(`\n${bold(`${this.#chapter}  ${title}`)}\n`);
  }

  /** Sentences of the story. */
  tell(...sentences: readonly string[]): void {
    for (const sentence of sentences) this.#write(`   ${sentence}\n`);
  }

  /** One line of the conversation, cut to the terminal. */
  line(spoken: Spoken): void {
    const left = `   ${stamp(spoken)}  ${spoken.name.padEnd(NAME_CELLS)}  `;
    this.#write(`${left}${harmless(cutTo(spoken.text, this.#columns - left.length - 1))}\n`);
  }

  /** That lines were left out here. */
  gap(): void {
    this.#write(dim('     ⋮\n'));
  }

  /** Some of the lines of a part. */
  some(lines: readonly Spoken[]): void {
    let last = -1;
    for (const place of placesShown(lines.length)) {
      const line = lines[place];
      if (line === undefined) continue;
      if (place > last + 1) this.gap();
      this.line(line);
      last = place;
    }
  }

  /** Rows in columns; the first column to the left, the others to the right. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
    const cell = (text: string, column: number) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0));
    for (const row of rows) this.tell(row.map(cell).join('   ').trimEnd());
  }

  /** The last word. */
  verdict(good: boolean, text: string): void {
    this.#write(`\n${bold(good ? `✔ ${text}` : `✘ ${text}`)}\n`);
  }
}

/** Places of a part that are shown, rising. */
export function placesShown(count: number): readonly number[] {
  const { first, pairs, last } = SHOWN;
  if (count <= first + 2 * pairs + last) return Array.from({ length: count }, (_, place) => place);
  const step = (count - first - last) / pairs;
  const middle = Array.from({ length: pairs }, (_, nth) => first + Math.floor(step * nth + (step - 2) / 2));
  return [
    ...Array(first).keys(),
    ...middle.flatMap((place) => [place, place + 1]),
    ...Array.from({ length: last }, (_, nth) => count - last + nth),
  ];
}

/** The whole conversation as text, one line each, uncut. */
export function transcriptOf(lines: readonly Spoken[]): string {
  return lines.map((line) => `${stamp(line)}  ${line.name.padEnd(NAME_CELLS)}  ${harmless(line.text)}\n`).join('');
}

/** As many whole characters as fit into a width in cells, with a sign where some are missing. */
export function cutTo(text: string, width: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const size = WIDE.test(segment) ? 2 : 1;
    if (used + size > width) return fitted(kept, used, width);
    kept.push(segment);
    used += size;
  }
  return text;
}

/** `1,234 kB`. */
export function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000).toLocaleString('en')} kB`;
}

function stamp({ seq, sentAt }: Spoken): string {
  return `${seq === null ? '' : `#${seq}`}`.padStart(5).concat('  ', new Date(sentAt).toTimeString().slice(0, 8));
}

function harmless(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll('\t', '    ').replace(HARMFUL, '␦');
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain; // its direction ends where it ends
}

/** Room for the sign is made by what stands last, when there is none. */
function fitted(kept: readonly string[], used: number, width: number): string {
  return `${(used < width ? kept : kept.slice(0, -1)).join('')}…`;
}

function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}
