// Ratchet parts on their way to another thread: a handful of arrays, since an object for each costs more than opening it does.
import { type Bytes, concat, nameOf } from '../base/bytes.ts';
import { HASH_BYTES } from '../wire/limits.ts';
import type { DeviceAddress } from './address.ts';
import type { RatchetPart } from './open-part.ts';

/** Several parts in order. */
export interface PackedParts {
  /** Of each part its message, its commitment (32 bytes) and its body, one behind the other. */
  readonly bytes: Bytes;
  /** Of each part where its message ends in `bytes`, and where its body does. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly types: Uint32Array<ArrayBuffer>;
  /** Of each part its author's number in `authors`. */
  readonly by: Uint32Array<ArrayBuffer>;
  readonly authors: readonly DeviceAddress[];
}

/** Packs parts into memory of their own. */
export function packParts(parts: readonly RatchetPart[]): PackedParts {
  const authors = new Map<string, { readonly number: number; readonly address: DeviceAddress }>();
  const ends = new Uint32Array(2 * parts.length);
  const types = new Uint32Array(parts.length);
  const by = new Uint32Array(parts.length);
  let end = 0;
  for (const [at, { claimed, type, message, commit, body }] of parts.entries()) {
    const name = `${nameOf(claimed.root)}${claimed.device}`;
    const author = authors.get(name) ?? { number: authors.size, address: { root: claimed.root.slice(), device: claimed.device } };
    authors.set(name, author);
    by[at] = author.number;
    types[at] = type;
    ends[2 * at] = end + message.length;
    end += message.length + commit.length + body.length;
    ends[2 * at + 1] = end;
  }
  const bytes = concat(...parts.flatMap(({ message, commit, body }) => [message, commit, body]));
  return { bytes, ends, types, by, authors: [...authors.values()].map(({ address }) => address) };
}

/** Undoes packParts; what comes out are views of `bytes`. */
export function unpackParts({ bytes, ends, types, by, authors }: PackedParts): RatchetPart[] {
  return Array.from(types, (type, at) => {
    const begin = at === 0 ? 0 : (ends[2 * at - 1] ?? 0);
    const messageEnd = ends[2 * at] ?? 0;
    const commitEnd = messageEnd + HASH_BYTES;
    return {
      kind: 'part',
      claimed: authors[by[at] ?? 0] as DeviceAddress,
      type,
      message: bytes.subarray(begin, messageEnd),
      commit: bytes.subarray(messageEnd, commitEnd),
      body: bytes.subarray(commitEnd, ends[2 * at + 1]),
    };
  });
}
