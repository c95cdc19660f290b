// What time alone brings about: envelopes at the end of their lifetime, and entries whose key never came (H9, H12).
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import { envelopeId } from '../wire/envelope.ts';
import { ENTRY_LIFETIME_MS, KEY_WAIT_MS } from '../wire/limits.ts';
import { type Batch, beginBatch, commitBatch } from './batch.ts';
import { cursorOf } from './chain-check.ts';
import { allConversations, homeOf } from './conversations.ts';
import { slotAt } from './keep.ts';
import { keepOpened } from './keep-opened.ts';
import { openOne } from './open.ts';
import { forgetSent, type Locator, sentUntil } from './outbox.ts';
import type { Parts } from './parts.ts';
import { failAged } from './queued-age.ts';
import { takeKnown } from './receive.ts';
import { type B64, bytesOf, decodeRecord, type HeldRecord, keys, type RowRecord, readRecord, writeRecord } from './records.ts';
import { covers, messageView } from './views.ts';

/** How often time is looked at, ms: well below a minute, the shortest promise here. */
export const UPKEEP_MS = 20_000;
/** How often lifetimes are looked at, ms. */
export const LIFETIMES_MS = 3_600_000;

/** One pass over what a minute changes. @param due told of each conversation whose receipt says something new */
export async function upkeep(parts: Parts, due: (conversation: B64) => void = () => undefined): Promise<void> {
  for (const { id } of await allConversations(parts.store)) {
    if (await retryHeld(parts, id)) due(id);
  }
}

/** One pass over what a day changes; hourly is often enough. */
export async function upkeepOfLifetimes(parts: Parts): Promise<void> {
  for (const conversation of await allConversations(parts.store)) {
    const home = homeOf(conversation);
    // By the relay's clock alone: ours may be wrong by days, and what was given up wrongly could not be carried any more.
    const relayNow = home === null ? null : parts.relayTimes.now(home.peerId);
    if (relayNow !== null) await expireSent(parts, conversation.id, relayNow - ENTRY_LIFETIME_MS);
  }
  for (const target of parts.outbox.targets()) await failAged(parts, target);
}

/** Tries entries whose key may have come; after KEY_WAIT_MS they get a row that says so. True when that changed what a receipt says. */
export async function retryHeld(parts: Parts, conversation: B64): Promise<boolean> {
  return parts.held.mayHold(conversation) && parts.serial(() => retryAll(parts, conversation));
}

async function retryAll(parts: Parts, conversation: B64): Promise<boolean> {
  const held: { epoch: number; seq: number; record: HeldRecord }[] = [];
  for await (const { key, value } of parts.store.range(rangeOf('held', [conversation]))) {
    const [epoch = 0, seq = 0] = orderOf(key);
    held.push({ epoch, seq, record: decodeRecord<HeldRecord>(value) });
  }
  if (held.length === 0) {
    parts.held.isEmpty(conversation);
    return false;
  }
  const batch = await beginBatch(parts, new Change(parts.store), conversation);
  let settled = false;
  for (const one of held) settled = (await retryOne(batch, one)) || settled;
  if (settled) await commitBatch(batch);
  return settled;
}

async function retryOne(
  batch: Batch,
  held: { readonly epoch: number; readonly seq: number; readonly record: HeldRecord },
): Promise<boolean> {
  const { parts, change } = batch;
  const { epoch, seq, record } = held;
  const envelope = bytesOf(record.envelope);
  const slot = slotAt(epoch, { seq, time: record.time, chain: bytesOf(record.chain), id: envelopeId(envelope) });
  const known = await readRecord<Locator>(change, keys.outer(batch.conversation.id, slot.outer));
  if (known !== null) {
    // It came directly meanwhile, after its key.
    change.delete(keys.held(batch.conversation.id, epoch, seq));
    await takeKnown(batch, slot, known);
    return true;
  }
  const opened = await openOne(parts, change, batch.conversation, envelope);
  const waits = opened.kind === 'no-key' || (opened.kind === 'failed' && opened.reason === 'unknown-device');
  // Either way: a clock that was set back must not make it wait for ever.
  if (waits && Math.abs(parts.clock.now() - record.since) < KEY_WAIT_MS) return false;
  const home = homeOf(batch.conversation);
  if (home === null) return false;
  await keepOpened(batch, slot, opened, await cursorOf(change, home.log));
  change.delete(keys.held(batch.conversation.id, epoch, seq));
  return true;
}

/** Stamped envelopes older than a lifetime are let go; a message that no receipt covered has expired, not been delivered. */
async function expireSent(parts: Parts, conversation: B64, before: number): Promise<void> {
  // Stamp times only rise, so the first young one ends the search.
  const old = await sentUntil(parts.store, conversation, ({ stampTime }) => stampTime >= before);
  if (old.length === 0) return;
  await parts.serial(async () => {
    const batch = await beginBatch(parts, new Change(parts.store), conversation);
    for (const { place } of old) {
      forgetSent(batch.change, conversation, place);
      const row = await readRecord<RowRecord>(batch.change, keys.row(conversation, place));
      if (row === null || row.kind !== 'message' || row.state === 'delivered' || covers(batch.conversation.receipt, place.a, place.b))
        continue;
      const expired: RowRecord = {
        ...row,
        state: 'expired',
        reason: 'The relay let it go before the other side took it; it was not delivered.',
      };
      writeRecord(batch.change, keys.row(conversation, place), expired);
      batch.news.push(() => parts.announce({ event: 'state', message: messageView(batch.conversation, place, expired) }));
    }
    await commitBatch(batch);
  });
}
