// Station "receive": how far a log was taken, and the chain recomputed over every entry a relay pushes (H1).
import { type Bytes, equal } from '../base/bytes.ts';
import type { Entries } from '../net/relay-connection.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { chainNext, chainStart } from '../wire/chain.ts';
import { envelopeId } from '../wire/envelope.ts';
import { type B64, bytesOf, type CursorRecord, fieldOf, keys, readRecord } from './records.ts';

/** An entry with what this device computed about it. */
export interface CheckedEntry {
  readonly seq: number;
  readonly time: number;
  readonly envelope: Bytes;
  readonly id: Bytes;
  readonly chain: Bytes;
}

/** The cursor of a log on this disk; at the start of the chain before the first entry. */
export async function cursorOf(from: Change | Store, log: B64): Promise<CursorRecord> {
  const cursor = await readRecord<CursorRecord>(from, keys.cursor(log));
  if (cursor !== null) return cursor;
  return { seq: 0, chain: fieldOf(chainStart(bytesOf(log))), time: 0 };
}

/** Runs whose chain was recomputed, and the cursor after them. */
export interface CheckedRuns {
  readonly kind: 'checked';
  readonly entries: readonly CheckedEntry[];
  readonly cursor: CursorRecord;
}

/** The relay broke its own word; nothing of the runs may be taken. */
export interface Contradiction {
  readonly kind: 'contradiction';
  readonly reason: string;
}

/** Recomputes the chain over everything that was pushed; entries at or below the cursor are repeats and left out. */
export function checkRuns(cursor: CursorRecord, runs: readonly Entries[]): CheckedRuns | Contradiction {
  const entries: CheckedEntry[] = [];
  let { seq, time } = cursor;
  let chain = bytesOf(cursor.chain);
  let signature = cursor.signature;
  for (const run of runs) {
    for (const entry of run.entries) {
      if (entry.seq <= seq) continue;
      if (entry.seq !== seq + 1) return { kind: 'contradiction', reason: 'The relay left out entries.' };
      if (entry.time < time) return { kind: 'contradiction', reason: 'The relay turned its clock back inside a log.' };
      const id = envelopeId(entry.envelope);
      chain = chainNext(chain, entry.seq, entry.time, id);
      seq = entry.seq;
      time = entry.time;
      entries.push({ seq, time, envelope: entry.envelope, id, chain });
    }
    if (run.head.seq === seq && !equal(run.head.chain, chain))
      return { kind: 'contradiction', reason: 'The relay signed another history than the one it sent.' };
    if (run.head.seq === seq) signature = fieldOf(run.head.signature);
  }
  return { kind: 'checked', entries, cursor: { seq, time, chain: fieldOf(chain), ...(signature === undefined ? {} : { signature }) } };
}
