// Station "receive" for what comes straight from a peer: dedupe, unwrap, decrypt, keep in provisional order; one commit, then TAKEN.
import { type Bytes, equal, safeNumber } from '../base/bytes.ts';
import type { DirectAnswer } from '../net/direct-calls.ts';
import type { Opened } from '../session/open-envelope.ts';
import { Change } from '../store/change.ts';
import type { RefusalName } from '../wire/codes.ts';
import { envelopeId } from '../wire/envelope.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { type CarryPlace, keepToCarry } from './carry-records.ts';
import { cursorOf } from './chain-check.ts';
import { homeOf } from './conversations.ts';
import { deviceTag, type Slot } from './keep.ts';
import { keepOpened } from './keep-opened.ts';
import { openOne } from './open.ts';
import type { Locator } from './outbox.ts';
import type { Parts } from './parts.ts';
import { MAX_LAMPORT, provisionalPlace } from './places.ts';
import { type B64, fieldOf, keys, readRecord, writeRecord } from './records.ts';

/** What came of an offer. */
export interface OfferTaken {
  readonly answer: DirectAnswer<readonly Bytes[]>;
  /** Something new was taken. */
  readonly news: boolean;
}

type OpenedContent = Extract<Opened, { readonly kind: 'content' }>;
type Verdict = 'known' | 'new' | 'not-now' | 'unopened';

/** A "no" as a value. */
export function no<T>(name: RefusalName, detail: string): DirectAnswer<T> {
  return { ok: false, refusal: { name, detail } };
}

/**
 * Takes what a contact's device offers, in its author's order, up to the first that cannot be taken now.
 * @param peer Ed25519 key that Noise proved @throws store faults: nothing was kept, nothing may be answered as taken
 */
export function takeOffer(parts: Parts, conversation: B64, peer: Uint8Array, envelopes: readonly Bytes[]): Promise<OfferTaken> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    if ((await change.get(keys.conversation(conversation))) === null) return refused('NOT_FOUND', 'There is no such conversation.');
    const batch = await beginBatch(parts, change, conversation);
    if (!speaksFor(batch, peer)) return refused('NOT_ACCEPTED', 'You are not in touch.');
    const taken: Bytes[] = [];
    let news = false;
    let verdict: Verdict = 'known';
    for (const envelope of envelopes) {
      const id = envelopeId(envelope);
      verdict = await takeOne(batch, envelope, fieldOf(id));
      if (verdict !== 'known' && verdict !== 'new') break;
      news ||= verdict === 'new';
      taken.push(id);
    }
    await commitBatch(batch);
    if (verdict === 'unopened' && taken.length === 0) return refused('UNOPENED', 'The first entry of the offer could not be opened.');
    return { answer: { ok: true, value: taken }, news };
  });
}

/** True while this device may speak for the contact of the conversation: accepted, not blocked, listed in its manifest. */
export function speaksFor({ contact, manifest }: Pick<Batch, 'contact' | 'manifest'>, peer: Uint8Array): boolean {
  return contact.state === 'accepted' && !contact.blocked && manifest.devices.some((device) => equal(device.peer, peer));
}

function refused(name: RefusalName, detail: string): OfferTaken {
  return { answer: no(name, detail), news: false };
}

async function takeOne(batch: Batch, envelope: Bytes, outer: B64): Promise<Verdict> {
  if ((await batch.change.get(keys.outer(batch.conversation.id, outer))) !== null) return 'known';
  // On a change of its own: a ratchet step counts only for what was kept, since the log may show the same bytes later.
  const step = batch.change.nest();
  const opened = await openOne(batch.parts, step, batch.conversation, envelope);
  const entry = opened.kind === 'content' ? entryOf(batch, opened, outer) : null;
  if (opened.kind !== 'content' || entry === null || !(await isFree(batch, entry.place))) return unopened(batch, opened, outer);
  step.keep();
  await keepEntry(batch, entry, opened, envelope);
  return 'new';
}

interface Entry {
  readonly place: CarryPlace;
  readonly slot: Slot;
}

function entryOf(batch: Batch, { root, device, content }: OpenedContent, outer: B64): Entry | null {
  const lamport = safeNumber(content.lamport);
  if (fieldOf(root) !== batch.contact.root || lamport > MAX_LAMPORT) return null;
  const tag = deviceTag(root, device);
  return { place: [lamport, tag], slot: { place: provisionalPlace(lamport, tag), outer, chain: null, storedAt: null } };
}

/** False when the author used this counter before: nothing that was shown may be written over. */
async function isFree({ change, conversation }: Batch, [lamport, tag]: CarryPlace): Promise<boolean> {
  const row = await change.get(keys.row(conversation.id, provisionalPlace(lamport, tag)));
  return row === null && (await change.get(keys.carry(conversation.id, lamport, tag))) === null;
}

async function keepEntry(batch: Batch, { place, slot }: Entry, opened: OpenedContent, envelope: Bytes): Promise<void> {
  const { change, parts } = batch;
  const home = homeOf(batch.conversation);
  // Found by its outer id even when it leaves no row of its own; a message's row points to itself below.
  const locator: Locator = { conversation: batch.conversation.id, place: null, message: null, n: null, outer: slot.outer, carry: place };
  writeRecord(change, keys.outer(batch.conversation.id, slot.outer), locator);
  keepToCarry(change, batch.conversation.id, place, {
    conversation: batch.conversation.id,
    contact: batch.contact.root,
    inbox: null,
    envelope: fieldOf(envelope),
    outer: slot.outer,
    message: null,
    inner: null,
    again: null,
    lamport: place[0],
    at: parts.clock.now(),
    out: false,
  });
  const cursor = home === null ? { seq: 0, chain: '', time: 0 } : await cursorOf(change, home.log);
  await keepOpened(batch, slot, opened, cursor);
  await dropSecondCopy(batch, slot, opened, place);
  const { deliveredLamport, entriesInGeneration } = batch.conversation;
  batch.update({
    deliveredLamport: Math.max(deliveredLamport, place[0]),
    entriesInGeneration: entriesInGeneration + (home === null ? 1 : 0),
  });
}

/** A second envelope of a message that is here already gets no place, and is not carried anywhere. */
async function dropSecondCopy({ change, conversation }: Batch, slot: Slot, { content }: OpenedContent, place: CarryPlace): Promise<void> {
  const locator = await readRecord<Locator>(change, keys.outer(conversation.id, slot.outer));
  if (content.what.case === 'text' && locator?.place === null) change.delete(keys.carry(conversation.id, ...place));
}

/** With a home log its own copy decides, and nothing is said here. Without one the author hears it, and may say it again (H3). */
async function unopened(batch: Batch, opened: Opened, outer: B64): Promise<Verdict> {
  if (homeOf(batch.conversation) !== null) return 'not-now';
  const device = 'claimed' in opened ? opened.claimed : null;
  if (device !== null && fieldOf(device.root) === batch.contact.root && batch.unopened.length === 0)
    batch.unopened.push({ device: device.device, outer });
  return 'unopened';
}

/** The contact's devices as this conversation knows them, or null when there is no such conversation. @throws store faults */
export async function conversationFor(parts: Parts, conversation: B64): Promise<Pick<Batch, 'contact' | 'manifest'> | null> {
  const change = new Change(parts.store);
  if ((await readRecord<unknown>(change, keys.conversation(conversation))) === null) return null;
  return beginBatch(parts, change, conversation);
}
