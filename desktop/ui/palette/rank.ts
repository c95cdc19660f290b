// Which entries fit what was typed, the best first: beginnings before middles, together before scattered, and among equals as they came.
import { fold } from './fold.ts';

/** Something that can be found. The texts are folded already: folding 2,000 names at every key would be felt. */
export interface Candidate {
  /** What it is called; the first counts most, the others are other names of the same. */
  readonly folded: readonly string[];
}

const WHOLE = 1_000;
const BEGINNING = 800;
const WORD = 600;
const INSIDE = 400;
const SCATTERED = 200;
/** A name that is not the first counts less. */
const OTHER_NAME = 50;
/** A scattered match reaches over at most so many times its own length: beyond that it looks like chance. */
const MOST_SPREAD = 4;

/** How something fits: 4 whole, 3 at its beginning, 2 at a word, 1 inside, 0 scattered. */
export type Fit = 0 | 1 | 2 | 3 | 4;

/** A candidate that fits. */
export interface Found<T> {
  readonly candidate: T;
  readonly score: number;
  readonly fit: Fit;
}

/** Those that fit, the best first; equals keep their order. Everything for nothing typed. @param most how many at most */
export function rank<T extends Candidate>(query: string, candidates: readonly T[], most: number): readonly T[] {
  return search(query, candidates, most).map(({ candidate }) => candidate);
}

/** The same, with how each of them fits. */
export function search<T extends Candidate>(query: string, candidates: readonly T[], most: number): readonly Found<T>[] {
  const words = fold(query)
    .split(' ')
    .filter((word) => word !== '');
  if (words.length === 0) return candidates.slice(0, most).map((candidate) => ({ candidate, score: 0, fit: 0 }));
  const found: Found<T>[] = [];
  for (const candidate of candidates) {
    const score = scoreOf(words, candidate);
    if (score > 0) found.push({ candidate, score, fit: fitOf(score) });
  }
  return found.sort((a, b) => b.score - a.score).slice(0, most);
}

/** People and commands in one list: what fits best first, and among equals those of the first list. */
export function bestFirst<T>(...lists: readonly (readonly Found<T>[])[]): readonly T[] {
  return lists
    .flat()
    .sort((a, b) => b.fit - a.fit)
    .map(({ candidate }) => candidate);
}

// What is taken off within a kind (a name that is not the first, its length) is never more than half the way to the kind below.
function fitOf(score: number): Fit {
  const least = [INSIDE, WORD, BEGINNING, WHOLE].map((most) => most - 2 * OTHER_NAME);
  return least.filter((one) => score >= one).length as Fit;
}

/** How well all the words fit; 0: not at all. Every word must fit the same name. */
function scoreOf(words: readonly string[], candidate: Candidate): number {
  let best = 0;
  for (const [at, name] of candidate.folded.entries()) {
    const scores = words.map((word) => scoreWord(word, name));
    if (scores.includes(0)) continue;
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    best = Math.max(best, mean - (at === 0 ? 0 : OTHER_NAME));
  }
  return best;
}

function scoreWord(word: string, name: string): number {
  if (name === word) return WHOLE;
  // Shorter names first among equals: "Ann" before "Annabel" for "ann".
  const room = Math.min(50, name.length - word.length);
  const at = name.indexOf(word);
  if (at === 0) return BEGINNING - room;
  if (at > 0) return (/[^\p{L}\p{N}]/u.test(name.charAt(at - 1)) || laterWord(word, name) ? WORD : INSIDE) - room;
  return scattered(word, name);
}

function laterWord(word: string, name: string): boolean {
  return name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
}

// The letters in their order, as close together as they stand: forwards to the first end, then back to the nearest beginning.
function scattered(word: string, name: string): number {
  if (word.length < 2) return 0;
  let end = -1;
  for (const letter of word) {
    end = name.indexOf(letter, end + 1);
    if (end === -1) return 0;
  }
  let begin = end + 1;
  for (const letter of [...word].reverse()) begin = name.lastIndexOf(letter, begin - 1);
  const spread = end - begin + 1;
  if (spread > word.length * MOST_SPREAD) return 0;
  const atWord = begin === 0 || /[^\p{L}\p{N}]/u.test(name.charAt(begin - 1));
  return Math.max(1, SCATTERED - (spread - word.length) * 4 + (atWord ? 50 : 0));
}
