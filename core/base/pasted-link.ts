// Where the invite link stands in a pasted text: between words, in quotes, over the line breaks of a mail. Whether it is whole is for its check.

/** What every invite link begins with. */
export const LINK_PREFIX = 'sotto:invite/';

const BEGINNING = new RegExp([...LINK_PREFIX].join('\\s*'), 'i');

/**
 * What may be the link behind its prefix, from the first piece on longer by a piece each time: white space may end it or stand inside.
 * Nothing at all: there is no prefix. @param longest characters of a body
 */
export function* linkBodies(pasted: string, longest: number): Generator<string, void> {
  const begin = BEGINNING.exec(pasted);
  if (begin === null) return;
  let body = '';
  for (const piece of pasted
    .slice(begin.index + begin[0].length)
    .trimStart()
    .split(/\s+/)) {
    const part = /^[\w-]*/.exec(piece)?.[0] ?? '';
    body += part;
    if (body.length > longest) return;
    yield body;
    if (part !== piece) return;
  }
}
