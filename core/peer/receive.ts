// The conductor inward: check the chain, dedupe, unwrap, decrypt, keep; one commit (commit 3) for a whole run, then the ack.
import type { Entries } from '../net/relay-connection.ts';
import type { Opened } from '../session/open-envelope.ts';
import { Change } from '../store/change.ts';
import { rangeOf } from '../store/keys.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { settleCarried } from './carry-records.ts';
import { type CheckedEntry, type Contradiction, checkRuns, cursorOf } from './chain-check.ts';
import { keepControl, type Slot, settleRow, slotAt } from './keep.ts';
import { OpenAhead } from './open-ahead.ts';
import { OpenedRun } from './opened-run.ts';
import { type Locator, markSent } from './outbox.ts';
import type { Parts } from './parts.ts';
import {
  type B64,
  type CursorRecord,
  decodeRecord,
  type EpochRecord,
  fieldOf,
  type HeldRecord,
  keys,
  type OutboxRecord,
  type RowRecord,
  readRecord,
  writeRecord,
} from './records.ts';
import { type Prepared, prepareNow, type TakeAhead } from './take-ahead.ts';
import type { Comparison } from './witness.ts';

/** What came of a run: taken up to `seq`, or not taken at all because the relay contradicts itself. */
export type TakeOutcome =
  | { readonly kind: 'taken'; readonly cursor: CursorRecord; readonly received: number; readonly seen: Comparison }
  | Contradiction;

/**
 * Takes a run of entries of a conversation's log into the store, in one commit. Acknowledge only after it resolved with 'taken'.
 * @param ahead prepares what comes behind it; none: it comes alone
 * @throws STORE_FAILED and other store faults: nothing was kept, nothing may be acknowledged (H9)
 */
export function takeRun(
  parts: Parts,
  conversation: B64,
  epoch: EpochRecord,
  runs: readonly Entries[],
  ahead: TakeAhead | null = null,
): Promise<TakeOutcome> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const ready = ahead?.take(parts, runs) ?? null;
    const checked = ready?.checked ?? checkRuns(await cursorOf(change, epoch.log), runs);
    if (checked.kind === 'contradiction') return checked;
    const batch = await beginBatch(parts, change, conversation);
    const seen = await takeEntries(batch, epoch, ready ?? (await prepareNow(batch, checked)), ahead);
    writeRecord(change, keys.cursor(epoch.log), checked.cursor);
    await commitBatch(batch);
    return { kind: 'taken', cursor: checked.cursor, received: batch.received + batch.settled, seen };
  });
}

/** After how many entries it is looked whether the next run can be prepared. */
const LOOK_EVERY = 64;

async function takeEntries(batch: Batch, epoch: EpochRecord, run: Prepared, ahead: TakeAhead | null): Promise<Comparison> {
  const { entries, cursor } = run.checked;
  for (const { seq, chain } of entries) batch.points.set(`${epoch.number}.${seq}`, fieldOf(chain));
  const opened = new OpenedRun(batch, cursor, run.unwrapped.insides.length > 0);
  const source = new OpenAhead(batch, run.unwrapped);
  const met = new Set<B64>();
  for (const [at, entry] of entries.entries()) {
    const slot = slotAt(epoch.number, entry);
    const bytes = run.known[at];
    if (bytes == null && !met.has(slot.outer)) await takeUnknown(opened, source, epoch, slot, entry);
    else {
      await opened.keep();
      await takeAgain(batch, slot, bytes == null ? null : decodeRecord<Locator>(bytes));
    }
    met.add(slot.outer);
    batch.update({ entriesInGeneration: batch.conversation.entriesInGeneration + 1 });
    if (at % LOOK_EVERY === 0 && source.isAway) await ahead?.prepare(batch, run.checked, false);
  }
  if (source.isAway) await ahead?.prepare(batch, run.checked, true);
  await opened.keep();
  await source.finish();
  return opened.seen;
}

/** An envelope that was met before, perhaps in this very run: a relay that gives the same bytes two numbers makes no second row (C2, H9). */
async function takeAgain(batch: Batch, slot: Slot, known: Locator | null): Promise<void> {
  const locator = known ?? (await readRecord<Locator>(batch.change, keys.outer(batch.conversation.id, slot.outer)));
  if (locator === null) keepControl(batch, slot);
  else await takeKnown(batch, slot, locator);
}

/** An envelope this device knows already: our own, read back from the log, or one that came directly. */
export async function takeKnown(batch: Batch, slot: Slot, locator: Locator): Promise<void> {
  const n = locator.n;
  const carried = n === null ? await settleCarried(batch, slot, locator) : null;
  await noteAgain(batch, carried ?? (n === null ? null : await readRecord<OutboxRecord>(batch.change, keys.outbox(n))), slot);
  if (n !== null) {
    await markSent(batch.change, n, batch.conversation.id, slot.place, slot.storedAt ?? 0);
    batch.news.push(() => batch.parts.outbox.remove(n));
  }
  const settled = locator.place === null || locator.place.zone === 0 ? null : await settleRow(batch, locator.place, slot);
  if (settled === null) keepControl(batch, slot);
  placeOwnGeneration(batch, slot, locator);
  if (batch.conversation.opening?.last?.outer === slot.outer) batch.update({ opening: null });
}

/** A message said again settled: what it says again counts as delivered once a receipt covers this place. */
async function noteAgain(batch: Batch, said: OutboxRecord | null, slot: Slot): Promise<void> {
  const again = said?.again ?? null;
  const locator = again === null ? null : await readRecord<Locator>(batch.change, keys.message(again));
  if (locator?.place == null) return;
  const key = keys.row(batch.conversation.id, locator.place);
  const row = await readRecord<RowRecord>(batch.change, key);
  if (row !== null) writeRecord(batch.change, key, { ...row, again: [slot.place.a, slot.place.b] as const });
}

function placeOwnGeneration(batch: Batch, slot: Slot, locator: Locator): void {
  if (locator.message !== null) return;
  const generations = batch.conversation.generations.map((generation) =>
    generation.place === null && generation.outer === slot.outer
      ? { ...generation, place: [slot.place.a, slot.place.b] as const }
      : generation,
  );
  batch.update({ generations });
}

async function takeUnknown(run: OpenedRun, source: OpenAhead, epoch: EpochRecord, slot: Slot, entry: CheckedEntry): Promise<void> {
  const { batch } = run;
  const opened = await source.next();
  if (waitsForKey(opened) && (await hasRoomToHold(batch))) hold(batch, epoch, entry);
  else await run.add(slot, opened);
}

/** True while what is missing may still come: the wrap key, or the manifest that lists the author's device (H9). */
function waitsForKey(opened: Opened): boolean {
  return opened.kind === 'no-key' || (opened.kind === 'failed' && opened.reason === 'unknown-device');
}

/** Entries of a conversation that may wait for their key: a relay that invents wrap keys without end fills neither disk nor memory. */
const MOST_HELD = 64;

/** False when so many wait that the next one gets its row at once. */
async function hasRoomToHold(batch: Batch): Promise<boolean> {
  batch.held ??= await heldNow(batch);
  batch.held += 1;
  return batch.held <= MOST_HELD;
}

async function heldNow({ parts, conversation }: Batch): Promise<number> {
  let count = 0;
  if (!parts.held.mayHold(conversation.id)) return 0;
  for await (const _ of parts.store.range(rangeOf('held', [conversation.id], { limit: MOST_HELD }))) count += 1;
  return count;
}

function hold(batch: Batch, epoch: EpochRecord, entry: CheckedEntry): void {
  batch.parts.held.holds(batch.conversation.id);
  const record: HeldRecord = {
    envelope: fieldOf(entry.envelope),
    chain: fieldOf(entry.chain),
    time: entry.time,
    since: batch.parts.clock.now(),
  };
  writeRecord(batch.change, keys.held(batch.conversation.id, epoch.number, entry.seq), record);
}
