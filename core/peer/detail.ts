// One message in every detail: only what this device truly knows. Never touches the network, and changes nothing.
import type { MessageDetail } from '../api.ts';
import { hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { rangeOf } from '../store/keys.ts';
import { loadConversation } from './conversations.ts';
import { draftMessage } from './drafts.ts';
import type { Locator } from './outbox.ts';
import type { Reading } from './parts.ts';
import {
  bytesOf,
  type ConversationRecord,
  type DraftRecord,
  decodeRecord,
  keys,
  type Place,
  type RowRecord,
  readRecord,
} from './records.ts';
import type { EarlyStamps } from './submit.ts';
import { messageView } from './views.ts';
import { warnings } from './warnings.ts';

/** What is known of a message. @throws NOT_FOUND */
export async function messageDetail(parts: Reading, early: EarlyStamps, id: string): Promise<MessageDetail> {
  const locator = await readRecord<Locator>(parts.store, keys.message(id));
  if (locator?.conversation == null || locator.place === null) return draftDetail(parts, id);
  const row = await readRecord<RowRecord>(parts.store, keys.row(locator.conversation, locator.place));
  if (row === null) throw new SottoError('NOT_FOUND', 'There is no such message.');
  const conversation = await loadConversation(parts.store, locator.conversation);
  const stamp = early.get(id) ?? null;
  const message = messageView(conversation, locator.place, row, stamp);
  const epoch = conversation.epochs.find(({ number }) => number === (locator.place?.zone === 0 ? locator.place.a : stamp?.epoch)) ?? null;
  return {
    message,
    device: row.kind === 'unopened' ? null : row.device,
    relay: epoch?.relay ?? null,
    path: pathOf(locator.place, row, stamp !== null),
    chain: await chainOf(parts, conversation, locator.place, row),
  };
}

/** Entries that were taken directly stay `delivered` when a relay stamps them: both ways are known then. */
function pathOf(place: Place, row: RowRecord, isStamped: boolean): MessageDetail['path'] {
  const isDirect = row.state === 'delivered';
  const isStored = place.zone === 0 || isStamped;
  if (isDirect) return isStored ? 'both' : 'direct';
  return isStored ? 'relay' : null;
}

async function chainOf(parts: Reading, conversation: ConversationRecord, place: Place, row: RowRecord): Promise<MessageDetail['chain']> {
  if (place.zone !== 0 || row.chain === null) return 'waiting';
  const log = conversation.epochs.find(({ number }) => number === place.a)?.log;
  const id = hex(bytesOf(conversation.id));
  const forks = (await warnings(parts.store)).filter(({ kind, conversation: of }) => kind === 'fork' && of === id);
  return forks.some(({ proof }) => isAbout(proof, log === undefined ? null : hex(bytesOf(log)))) ? 'differs' : 'checked';
}

/** True for a proof about this log, or where the proof names none. */
function isAbout(proof: string | null, log: string | null): boolean {
  if (proof === null) return true;
  const named = (JSON.parse(proof) as { readonly log?: unknown }).log;
  return named === undefined || named === log;
}

async function draftDetail({ store }: Reading, id: string): Promise<MessageDetail> {
  for await (const { value } of store.range(rangeOf('draft', []))) {
    const draft = decodeRecord<DraftRecord>(value);
    if (draft.id === id) return { message: draftMessage(draft), device: null, relay: null, path: null, chain: 'waiting' };
  }
  throw new SottoError('NOT_FOUND', 'There is no such message.');
}
