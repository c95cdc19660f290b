// Outcomes on their way between threads: a handful of arrays, since an object for each costs more than opening it does.
import { type Bytes, concat, hex } from '../base/bytes.ts';
import type { DeviceAddress } from './address.ts';
import type { BytesOutcome } from './outcome.ts';

/** Several outcomes in order. Those with content are bytes and an author's number, all others stand in `rest` as they are. */
export interface OpenedChunk {
  /** All content bytes, one behind the other. */
  readonly bytes: Bytes;
  /** Where each outcome's content ends; one without has no length. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Which of `authors` wrote it, or NO_AUTHOR: the next of `rest`. */
  readonly by: Uint8Array<ArrayBuffer>;
  readonly authors: readonly DeviceAddress[];
  readonly rest: readonly BytesOutcome[];
}

const NO_AUTHOR = 255;

/** Packs at most 254 outcomes. */
export function packOutcomes(outcomes: readonly BytesOutcome[]): OpenedChunk {
  const numbers = new Map<string, number>();
  const authors: DeviceAddress[] = [];
  const contents: Bytes[] = [];
  const rest: BytesOutcome[] = [];
  const ends = new Uint32Array(outcomes.length);
  const by = new Uint8Array(outcomes.length);
  let end = 0;
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.kind === 'content') {
      by[at] = numberOf(numbers, authors, outcome);
      contents.push(outcome.bytes);
      end += outcome.bytes.length;
    } else {
      by[at] = NO_AUTHOR;
      rest.push(outcome);
    }
    ends[at] = end;
  }
  return { bytes: concat(...contents), ends, by, authors, rest };
}

/** Undoes packOutcomes. */
export function unpackOutcomes({ bytes, ends, by, authors, rest }: OpenedChunk): BytesOutcome[] {
  const outcomes: BytesOutcome[] = [];
  let next = 0;
  let begin = 0;
  for (const [at, end] of ends.entries()) {
    const author = authors[by[at] ?? NO_AUTHOR];
    const other = author === undefined ? rest[next] : undefined;
    if (author !== undefined)
      outcomes.push({ kind: 'content', root: author.root, device: author.device, bytes: bytes.subarray(begin, end) });
    else if (other !== undefined) outcomes.push(other);
    if (author === undefined) next += 1;
    begin = end;
  }
  return outcomes;
}

function numberOf(numbers: Map<string, number>, authors: DeviceAddress[], { root, device }: DeviceAddress): number {
  const name = `${hex(root)}.${device}`;
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, authors.length);
  return authors.push({ root: root.slice(), device }) - 1;
}
