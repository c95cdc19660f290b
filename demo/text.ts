// Turns a text into the turns of two people. Knows nothing of the programs; never changes a line that it hands out.
import { text as decode } from '../core/base/bytes.ts';
import { SottoError } from '../core/base/errors.ts';
import { MAX_TEXT_BYTES } from '../core/wire/limits.ts';

/** Lines and bytes taken of a file: more would not fit in the minute that the demo promises. */
export const MOST = { lines: 1_000, bytes: 1_048_576 } as const;
/** Where the text is cut into parts, as shares of it. */
const CUTS = [0.5, 0.75] as const;
/** An empty line this near to a cut moves the cut there, as a share of the text. */
const NEAR = 0.1;

/** The two people, in the order in which they take turns. */
export const NAMES = ['Alice', 'Bob'] as const;
/** One of the two. */
export type Name = (typeof NAMES)[number];

/** One line and who says it. */
export interface Turn {
  readonly name: Name;
  readonly text: string;
}

/** The parts of the conversation. */
export interface Conversation {
  /** Both are there and take turns. */
  readonly live: readonly Turn[];
  /** Bob is away; each writes without seeing the other. */
  readonly apart: readonly Turn[];
  /** Both write at once. */
  readonly together: readonly Turn[];
  /** Lines of the file that were left out. */
  readonly leftOut: number;
}

/**
 * The conversation in a file of text: its lines are said in turn. Empty lines are left out, as `sotto send --stdin` does.
 * @throws BAD_INPUT when it is not text, has no line, or one that no message can hold
 */
export function conversationOf(bytes: Uint8Array): Conversation {
  const { lines, gaps } = linesOf(bytes);
  const taken = lines.slice(0, fitting(lines));
  const turns = taken.map((text, at): Turn => ({ name: at % 2 === 0 ? 'Alice' : 'Bob', text }));
  const [first, second] = CUTS.map((share) => cut(taken.length, share, gaps));
  return {
    live: turns.slice(0, first),
    apart: turns.slice(first, second),
    together: turns.slice(second),
    leftOut: lines.length - taken.length,
  };
}

/** Every turn, in the order of the file. */
export function allTurns({ live, apart, together }: Conversation): readonly Turn[] {
  return [...live, ...apart, ...together];
}

/** What one of them says. */
export function textsOf(turns: readonly Turn[], name: Name): readonly string[] {
  return turns.filter((turn) => turn.name === name).map(({ text }) => text);
}

/** Lines that are not empty, and how many of them stand before each empty one. */
function linesOf(bytes: Uint8Array): { readonly lines: readonly string[]; readonly gaps: readonly number[] } {
  const lines: string[] = [];
  const gaps: number[] = [];
  for (const ended of decoded(bytes).split('\n')) {
    const line = ended.replace(/\r+$/, '');
    if (line === '') gaps.push(lines.length);
    else lines.push(line);
  }
  const long = lines.findIndex((line) => Buffer.byteLength(line) > MAX_TEXT_BYTES);
  if (long !== -1) throw new SottoError('BAD_INPUT', `Line ${long + 1} is longer than a message may be (${MAX_TEXT_BYTES} bytes).`);
  if (lines.length === 0) throw new SottoError('BAD_INPUT', 'There is no line of text in the file.');
  return { lines, gaps };
}

/** How many of the lines are taken. */
function fitting(lines: readonly string[]): number {
  let bytes = 0;
  const over = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line);
    return bytes > MOST.bytes;
  });
  return Math.min(over === -1 ? lines.length : over, MOST.lines);
}

function decoded(bytes: Uint8Array): string {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new SottoError('BAD_INPUT', 'The file is not UTF-8 text.', cause);
  }
}

/** The place nearest to a share of the lines, at an empty line if one is near. */
function cut(count: number, share: number, gaps: readonly number[]): number {
  const place = Math.round(count * share);
  const near = gaps.filter((gap) => Math.abs(gap - place) <= count * NEAR);
  return near.toSorted((a, b) => Math.abs(a - place) - Math.abs(b - place))[0] ?? place;
}
