// Finding somebody who has no name by the first digits of their account, as they are shown.

/** Digits that must be typed before accounts are looked at: fewer fit everybody. */
const LEAST = 4;

/** Those whose account begins with what was typed and whose names do not hold it already. @param most how many at most */
export function peopleByAccount<T extends { readonly id: string; readonly folded: readonly string[] }>(
  query: string,
  people: readonly T[],
  most: number,
): readonly T[] {
  const begin = query.replace(/\s/g, '').toLowerCase();
  if (begin.length < LEAST || !/^[0-9a-f]+$/.test(begin)) return [];
  return people.filter(({ id, folded }) => id.startsWith(begin) && !folded.some((name) => name.includes(begin))).slice(0, most);
}
