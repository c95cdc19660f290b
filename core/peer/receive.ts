// The conductor inward: check the chain, dedupe, unwrap, decrypt, keep; one commit (commit 3) for a whole run, then the ack.
import { type Bytes, safeNumber } from '../base/bytes.ts';
import type { Entries } from '../net/relay-connection.ts';
import type { DeviceAddress } from '../session/address.ts';
import { Change } from '../store/change.ts';
import { rangeOf } from '../store/keys.ts';
import { applyControl, checkManifestRef } from './apply.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { settleCarried } from './carry-records.ts';
import { type CheckedEntry, type Contradiction, checkRuns, cursorOf } from './chain-check.ts';
import { type Author, keepControl, keepMessage, keepUnopened, type Slot, settleRow, slotAt } from './keep.ts';
import { messageId } from './message-id.ts';
import { type Opened, openEnvelope } from './open.ts';
import { type Locator, markSent } from './outbox.ts';
import type { Parts } from './parts.ts';
import { lamportAfter } from './places.ts';
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
import { type Comparison, compareSeen } from './witness.ts';

/** What came of a run: taken up to `seq`, or not taken at all because the relay contradicts itself. */
export type TakeOutcome =
  | { readonly kind: 'taken'; readonly cursor: CursorRecord; readonly received: number; readonly seen: Comparison }
  | Contradiction;

/**
 * Takes a run of entries of a conversation's log into the store, in one commit. Acknowledge only after it resolved with 'taken'.
 * @throws STORE_FAILED and other store faults: nothing was kept, nothing may be acknowledged (H9)
 */
export function takeRun(parts: Parts, conversation: B64, epoch: EpochRecord, runs: readonly Entries[]): Promise<TakeOutcome> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const cursor = await cursorOf(change, epoch.log);
    const checked = checkRuns(cursor, runs);
    if (checked.kind === 'contradiction') return checked;
    const batch = await beginBatch(parts, change, conversation);
    const seen = await takeEntries(batch, epoch, checked.entries, checked.cursor);
    writeRecord(change, keys.cursor(epoch.log), checked.cursor);
    await commitBatch(batch);
    return { kind: 'taken', cursor: checked.cursor, received: batch.received + batch.settled, seen };
  });
}

async function takeEntries(batch: Batch, epoch: EpochRecord, entries: readonly CheckedEntry[], cursor: CursorRecord): Promise<Comparison> {
  const known = await batch.parts.store.getMany(entries.map((entry) => keys.outer(batch.conversation.id, fieldOf(entry.id))));
  for (const { seq, chain } of entries) batch.points.set(`${epoch.number}.${seq}`, fieldOf(chain));
  const opened = new OpenedRun(batch, cursor);
  const met = new Set<B64>();
  for (const [at, entry] of entries.entries()) {
    const slot = slotAt(epoch.number, entry);
    const bytes = known[at];
    if (bytes == null && !met.has(slot.outer)) await takeUnknown(opened, epoch, slot, entry);
    else {
      await opened.keep();
      await takeAgain(batch, slot, bytes == null ? null : decodeRecord<Locator>(bytes));
    }
    met.add(slot.outer);
    batch.update({ entriesInGeneration: batch.conversation.entriesInGeneration + 1 });
  }
  await opened.keep();
  return opened.seen;
}

/**
 * Messages in a row that were opened and not kept yet: what is known of their ids is read from the disk at once. Anything that may
 * change how the next entry is opened or kept is kept before it.
 */
class OpenedRun {
  readonly batch: Batch;
  seen: Comparison = 'unknown';
  readonly #cursor: CursorRecord;
  #waiting: { readonly slot: Slot; readonly opened: Opened }[] = [];

  constructor(batch: Batch, cursor: CursorRecord) {
    this.batch = batch;
    this.#cursor = cursor;
  }

  async add(slot: Slot, opened: Opened): Promise<void> {
    this.#waiting.push({ slot, opened });
    if (!isText(opened)) await this.keep();
  }

  async keep(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const ids = waiting.map(({ opened }) => opened).filter(isText);
    if (ids.length > 1)
      await this.batch.change.readAhead(ids.map(({ root, device, content }) => keys.message(messageId(root, device, content.id))));
    for (const { slot, opened } of waiting) this.seen = worse(this.seen, await keepOpened(this.batch, slot, opened, this.#cursor));
  }
}

function isText(opened: Opened): opened is Extract<Opened, { kind: 'content' }> {
  return opened.kind === 'content' && opened.content.what.case === 'text';
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

async function takeUnknown(run: OpenedRun, epoch: EpochRecord, slot: Slot, entry: CheckedEntry): Promise<void> {
  const { batch } = run;
  const opened = await openEnvelope(batch.parts, batch.change, batch.conversation, entry.envelope);
  if (waitsForKey(opened) && (await hasRoomToHold(batch))) hold(batch, epoch, entry);
  else await run.add(slot, opened);
}

/** Puts what was opened where it belongs; answers how the author's view of the log compares with ours. */
export async function keepOpened(batch: Batch, slot: Slot, opened: Opened, cursor: CursorRecord): Promise<Comparison> {
  switch (opened.kind) {
    case 'content': {
      const author: Author = { root: opened.root, device: opened.device };
      if (!isMember(batch, author)) {
        keepUnopened(batch, slot, author, 'Somebody who does not belong to this conversation wrote it.');
        return 'unknown';
      }
      batch.update({ lamport: lamportAfter(batch.conversation.lamport, safeNumber(opened.content.lamport)) });
      if (opened.content.what.case === 'text') await keepMessage(batch, slot, author, opened.content, opened.content.what.value.text);
      else {
        await applyControl(batch, slot, author, opened.content);
        keepControl(batch, slot);
      }
      checkManifestRef(batch, author, opened.content);
      return compareSeen(batch, opened.content.seen, cursor);
    }
    case 'no-wrap':
      batch.update({ unwrapFailures: batch.conversation.unwrapFailures + 1 });
      keepControl(batch, slot);
      return 'unknown';
    case 'not-for-me':
      keepControl(batch, slot);
      return 'unknown';
    case 'own':
      if (opened.proven) await noticeOwn(batch, opened.commit);
      keepControl(batch, slot);
      return 'unknown';
    case 'versions-differ':
      batch.warn('versions', 'The author of a message sent different versions of it to different readers.');
      keepUnopened(batch, slot, opened.claimed, 'The author sent different versions of this message to different readers.');
      return 'unknown';
    case 'no-key':
      keepUnopened(batch, slot, null, 'The key of this message never arrived; ask for it again.');
      return 'unknown';
    case 'duplicate':
    case 'no-session':
    case 'failed':
      askAgain(batch, slot, opened.claimed);
      keepUnopened(batch, slot, opened.claimed, REASONS[opened.kind]);
      return 'unknown';
  }
}

/** A session with somebody is no seat in every conversation: keys of this one may have been passed on to them. */
function isMember(batch: Batch, { root }: Author): boolean {
  const account = fieldOf(root);
  return account === batch.contact.root || account === fieldOf(batch.parts.self().me.root);
}

/** Only a device of the contact can say something again; nothing else in the wrap is believed (H3). */
function askAgain(batch: Batch, slot: Slot, claimed: DeviceAddress | null): void {
  if (claimed !== null && fieldOf(claimed.root) === batch.contact.root) batch.unopened.push({ device: claimed.device, outer: slot.outer });
}

/** True while what is missing may still come: the wrap key, or the manifest that lists the author's device (H9). */
function waitsForKey(opened: Opened): boolean {
  return opened.kind === 'no-key' || (opened.kind === 'failed' && opened.reason === 'unknown-device');
}

/** What a person reads about an entry that could not be opened. */
const REASONS = {
  duplicate: 'The message was encrypted with a key that was used before; ask for it again.',
  'no-session': 'There is no encrypted session with the device that wrote it; ask for it again.',
  failed: 'The message could not be decrypted; ask for it again.',
} as const;

/** An entry made with this device's own key that this device did not write: rolled back or copied (H7). */
async function noticeOwn(batch: Batch, commit: Bytes): Promise<void> {
  if ((await batch.change.get(keys.own(fieldOf(commit)))) !== null) return;
  batch.cloned = true;
  batch.warn(
    'cloned',
    'A message written with the keys of this device was not written here: the device was rolled back or copied. Sending is stopped.',
  );
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

function worse(a: Comparison, b: Comparison): Comparison {
  const order: readonly Comparison[] = ['unknown', 'agrees', 'ahead', 'fork'];
  return order.indexOf(b) > order.indexOf(a) ? b : a;
}
