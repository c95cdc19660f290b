// The peer has taken entries of ours: its own word, so they are delivered; without a log to stamp them the outbox lets go of them.
import { Change } from '../store/change.ts';
import { keepToCarry } from './carry-records.ts';
import { homeOf, loadConversation, saveConversation } from './conversations.ts';
import { deviceTag } from './keep.ts';
import { dequeue, type Locator, type Waiting } from './outbox.ts';
import type { Parts } from './parts.ts';
import { provisionalPlace } from './places.ts';
import { type ConversationRecord, keys, type Place, type RowRecord, readRecord, writeRecord } from './records.ts';
import { messageView } from './views.ts';

/** Marks entries as taken, in one commit. An entry of epoch 0 leaves the outbox and is kept to be carried; any other waits on for its stamp. */
export function markTaken(parts: Parts, conversation: string, taken: readonly Waiting[]): Promise<void> {
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const record = await loadConversation(change, conversation);
    const news: (() => void)[] = [];
    let kept = 0;
    for (const waiting of taken) if (await markOne(parts, change, record, waiting, news)) kept += 1;
    if (kept > 0) saveConversation(change, { ...record, entriesInGeneration: record.entriesInGeneration + kept });
    await change.commit();
    for (const tell of news) tell();
  });
}

async function markOne(
  parts: Parts,
  change: Change,
  conversation: ConversationRecord,
  { n, record }: Waiting,
  news: (() => void)[],
): Promise<boolean> {
  const before = await readRecord<Locator>(change, keys.outer(record.conversation, record.outer));
  if (before === null || before.n !== n) return false; // its stamp was seen meanwhile
  const { me } = parts.self();
  const tag = deviceTag(me.root, me.device);
  const carried = isOfEpochZero(conversation, n);
  const place = before.place === null ? null : provisionalPlace(record.lamport, tag);
  const after: Locator = { ...before, place, n: carried ? null : n, ...(carried ? { carry: [record.lamport, tag] as const } : {}) };
  writeRecord(change, keys.outer(record.conversation, record.outer), after);
  if (record.message !== null) writeRecord(change, keys.message(record.message), after);
  if (before.place !== null && place !== null && before.place.zone === 2) {
    await moveRow(parts, change, conversation, before.place, place, news);
  }
  if (!carried) return false;
  dequeue(change, n);
  keepToCarry(change, conversation.id, [record.lamport, tag], { ...record, out: true });
  news.push(() => parts.outbox.remove(n));
  return true;
}

/** Epoch 0 ends with our Home entry where we open the log; whoever follows keeps its entries in the outbox until they are stamped. */
function isOfEpochZero(conversation: ConversationRecord, n: number): boolean {
  const { opening } = conversation;
  return homeOf(conversation) === null || (opening?.opener === true && n <= opening.n);
}

async function moveRow(
  parts: Parts,
  change: Change,
  conversation: ConversationRecord,
  from: Place,
  to: Place,
  news: (() => void)[],
): Promise<void> {
  const row = await readRecord<RowRecord>(change, keys.row(conversation.id, from));
  if (row === null) return;
  const delivered: RowRecord = { ...row, state: 'delivered' };
  change.delete(keys.row(conversation.id, from));
  writeRecord(change, keys.row(conversation.id, to), delivered);
  news.push(() => parts.announce({ event: 'state', message: messageView(conversation, to, delivered) }));
}
