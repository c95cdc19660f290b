// Text said before a conversation exists: kept as it is, encrypted in its order once the contact has accepted.
import type { Message } from '../api.ts';
import { hex } from '../base/bytes.ts';
import { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { messageId } from './message-id.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { type B64, bytesOf, type DraftRecord, decodeRecord, fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { forgetTyped } from './typed.ts';

/** Conversation id of something that has none yet, as the contract shows it. */
const NO_CONVERSATION = '0'.repeat(32);

/** A draft and its number. */
export interface NumberedDraft extends DraftRecord {
  readonly n: number;
}

/**
 * Keeps a text for a contact who has not accepted; the same inner id twice is the same text. Null: they have accepted meanwhile.
 * @param typed it was the unfinished text for them, which is forgotten in the same commit
 */
export function keepDraft(parts: Parts, contact: ContactRecord, inner: Uint8Array, text: string, typed: boolean): Promise<Message | null> {
  return parts.serial(async () => {
    if ((await readRecord<ContactRecord>(parts.store, keys.contact(contact.root)))?.conversation !== null) return null;
    const self = parts.self();
    const id = messageId(self.me.root, self.me.device, inner);
    const known = (await draftsFor(parts.store, contact.root)).find((draft) => draft.id === id);
    const draft: DraftRecord = known ?? {
      author: fieldOf(self.me.root),
      contact: contact.root,
      id,
      inner: fieldOf(inner),
      text,
      at: parts.clock.now(),
    };
    const change = new Change(parts.store);
    const news: (() => void)[] = [];
    if (known === undefined) writeRecord(change, keys.draft(parts.nextNumber()), draft);
    if (typed) await forgetTyped(parts, change, contact.root, news);
    if (change.size > 0) await change.commit();
    for (const tell of news) tell();
    return draftMessage(draft);
  });
}

/** The drafts for a contact, oldest first. */
export async function draftsFor(store: Store, contact: B64): Promise<NumberedDraft[]> {
  const found: NumberedDraft[] = [];
  for await (const { key, value } of store.range(rangeOf('draft', []))) {
    const draft = decodeRecord<DraftRecord>(value);
    if (draft.contact === contact) found.push({ ...draft, n: orderOf(key)[0] ?? 0 });
  }
  return found;
}

/** A draft as a queued message. */
export function draftMessage(draft: DraftRecord): Message {
  return {
    id: draft.id,
    conversation: NO_CONVERSATION,
    direction: 'out',
    from: hex(bytesOf(draft.author)),
    text: draft.text,
    sentAt: draft.at,
    storedAt: null,
    epoch: null,
    seq: null,
    state: 'queued',
    reason: 'waits until the contact accepts',
    provisional: false,
  };
}

/** Bytes of a draft's inner id. */
export function innerOf(draft: DraftRecord): Uint8Array<ArrayBuffer> {
  return bytesOf(draft.inner);
}
