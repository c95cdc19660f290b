// A conversation without a log gets one. Whoever opens it says Home as the last of its entries in epoch 0; the other side answers with the
// same Home as the last of its own. Then, and only then, does the opener know all of epoch 0, and carries it in its order.
// When both open at once, the log with the smaller id is the one, and its opener carries.
import { hex, safeNumber } from '../base/bytes.ts';
import type { Content, Epoch, Home } from '../wire/gen/content_pb.ts';
import type { Batch } from './batch.ts';
import { homeOf } from './conversations.ts';
import { epochPeerId, epochRecord } from './epochs.ts';
import { type Author, deviceTag, type Slot } from './keep.ts';
import { bytesOf, type ConversationRecord, fieldOf } from './records.ts';

/** Number of the first epoch that has a log. */
export const FIRST_EPOCH = 1;

/** Takes the other side's Home while it is provisional; where it settles it only marks its place. */
export function takeHome(batch: Batch, slot: Slot, author: Author, content: Content, { epoch }: Home): void {
  if (slot.place.zone === 0 || epoch === undefined || epoch.number !== FIRST_EPOCH || fieldOf(author.root) !== batch.contact.root) return;
  const { conversation } = batch;
  const peerId = epochPeerId(bytesOf(conversation.secret), epoch);
  if (peerId === null) return;
  const home = homeOf(conversation);
  if (home?.log === fieldOf(epoch.log)) takeAnswer(batch, slot, author, content);
  else if (home === null || (mayYield(batch) && hex(epoch.log) < hex(bytesOf(home.log)))) adopt(batch, epoch, peerId);
}

function adopt(batch: Batch, epoch: Epoch, peerId: string): void {
  const { conversation } = batch;
  batch.update({
    epochs: [epochRecord(epoch, peerId, false)],
    opening: { opener: false, n: 0, last: null },
    ...withoutNumbers(conversation),
  });
  batch.news.push(() => batch.parts.conversationOpened(conversation.id));
}

/** A log that gives way has the same epoch as the one in its place: none of its numbers may be taken for one of that. */
function withoutNumbers({ readTo, receipt }: ConversationRecord): Partial<ConversationRecord> {
  return {
    exceptions: [],
    readTo: readTo[0] === FIRST_EPOCH ? [0, 0] : readTo,
    receipt: receipt.epoch === FIRST_EPOCH ? { ...receipt, epoch: 0, delivered: 0, read: 0, exceptions: [] } : receipt,
  };
}

/** Only a log of ours that the other side has not agreed to can still give way. */
function mayYield({ conversation: { opening } }: Batch): boolean {
  return opening?.opener === true && opening.last === null;
}

/** Our own Home, said back: the last entry of theirs in epoch 0. */
function takeAnswer(batch: Batch, slot: Slot, author: Author, content: Content): void {
  const { conversation } = batch;
  const { opening } = conversation;
  if (opening === null || !opening.opener || opening.last !== null) return;
  const last = { outer: slot.outer, lamport: safeNumber(content.lamport), tag: deviceTag(author.root, author.device) };
  batch.update({ opening: { ...opening, last } });
  batch.news.push(() => batch.parts.conversationOpened(conversation.id));
}
