// The run behind the one that is being kept, checked and given to the opener's thread in time, so that neither core waits for the other.
import { type Bytes, nameOf } from '../base/bytes.ts';
import type { Entries } from '../net/relay-connection.ts';
import type { Batch } from './batch.ts';
import { type CheckedEntry, type CheckedRuns, checkRuns } from './chain-check.ts';
import { openBehind, type Unwrapped, unwrapRun } from './open-ahead.ts';
import { MIN_AWAY } from './opener.ts';
import type { Parts } from './parts.ts';
import { fieldOf, keys } from './records.ts';

/** A run as far as it can be brought before its turn. */
export interface Prepared {
  readonly checked: CheckedRuns;
  /** What is known of each entry's envelope, by its id. */
  readonly known: readonly (Bytes | null)[];
  readonly unwrapped: Unwrapped;
}

/** Gives the runs that will be taken next, once `least` entries of them are there; the same ones until they were taken. */
export type Upcoming = (least: number) => readonly Entries[] | null;

/** Entries that are worth preparing while the present run is still being opened; behind it fewer are. */
const MANY = 4 * MIN_AWAY;

/** Prepares runs of one log. */
export class TakeAhead {
  readonly #upcoming: Upcoming;
  #ready: { readonly runs: readonly Entries[]; readonly commits: number; readonly prepared: Prepared } | null = null;

  constructor(upcoming: Upcoming) {
    this.#upcoming = upcoming;
  }

  /** What was prepared of these runs; null when nothing was, or the store was written to by anything but the run before them. */
  take(parts: Parts, runs: readonly Entries[]): Prepared | null {
    const ready = this.#ready;
    this.#ready = null;
    return ready?.runs === runs && ready.commits + 1 === parts.store.commits ? ready.prepared : null;
  }

  /** Prepares what comes behind `present`, if enough is there. @param isOver the present run was opened to its end */
  async prepare(batch: Batch, present: CheckedRuns, isOver: boolean): Promise<void> {
    const runs = this.#ready === null ? this.#upcoming(isOver ? MIN_AWAY : MANY) : null;
    if (runs === null) return;
    const checked = checkRuns(present.cursor, runs);
    if (checked.kind === 'contradiction' || repeats(present.entries, checked.entries)) return;
    const known = await knownOf(batch, checked.entries);
    const unwrapped = openBehind(batch, unwrapRun(batch, unknownOf(checked.entries, known)));
    if (unwrapped.run !== null) this.#ready = { runs, commits: batch.parts.store.commits, prepared: { checked, known, unwrapped } };
  }
}

/** Prepares a run whose turn has come. */
export async function prepareNow(batch: Batch, checked: CheckedRuns): Promise<Prepared> {
  const known = await knownOf(batch, checked.entries);
  return { checked, known, unwrapped: unwrapRun(batch, unknownOf(checked.entries, known)) };
}

function knownOf(batch: Batch, entries: readonly CheckedEntry[]): Promise<(Bytes | null)[]> {
  return batch.parts.store.getMany(entries.map((entry) => keys.outer(batch.conversation.id, fieldOf(entry.id))));
}

/** The envelopes that nobody here has met, each once. */
function unknownOf(entries: readonly CheckedEntry[], known: readonly (Bytes | null)[]): Bytes[] {
  const met = new Set<string>();
  return entries.flatMap(({ id, envelope }, at) => {
    const name = nameOf(id);
    if (known[at] !== null || met.has(name)) return [];
    met.add(name);
    return [envelope];
  });
}

/** True when bytes of one run come again in the other (C2): what is known of them changes with the first. */
function repeats(present: readonly CheckedEntry[], next: readonly CheckedEntry[]): boolean {
  const met = new Set(present.map(({ id }) => nameOf(id)));
  return next.some(({ id }) => met.has(nameOf(id)));
}
