// Finds people by name: without case and accents, and says where in the name it was found.
import { fold } from '../palette/fold.ts';

/** Where in a name the query stands, UTF-16 units: [from, to). Null: nowhere. */
export function findInName(name: string, query: string): readonly [number, number] | null {
  const wanted = fold(query);
  if (wanted === '') return null;
  let folded = '';
  /** For each folded unit where its letter begins and ends in the name. */
  const from: number[] = [];
  const to: number[] = [];
  let at = 0;
  for (const letter of name) {
    const plain = /\s/u.test(letter) ? ' ' : fold(letter);
    for (const _ of Array.from({ length: plain.length })) {
      from.push(at);
      to.push(at + letter.length);
    }
    // A mark belongs to the letter before it.
    if (plain === '' && to.length > 0) to[to.length - 1] = at + letter.length;
    folded += plain;
    at += letter.length;
  }
  const found = folded.indexOf(wanted);
  if (found === -1) return null;
  return [from[found] ?? 0, to[found + wanted.length - 1] ?? name.length];
}
