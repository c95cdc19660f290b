// One commit 3 in the making: many entries of one conversation, their ratchet steps, rows, cursor and news together.

import { SottoError } from '../base/errors.ts';
import { heldManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { dropAllSessions } from '../session/reset.ts';
import type { Change } from '../store/change.ts';
import { loadConversation, saveConversation } from './conversations.ts';
import { noteUnopened } from './owed.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { comparePlaces } from './places.ts';
import { type B64, bytesOf, type ConversationRecord, keys, type Place, readRecord, type Unopened } from './records.ts';
import { updateAccount } from './self.ts';
import { type Notice, warn } from './warnings.ts';

/** Collects what a run of entries changes. Lives inside the one queue, for one commit. */
export class Batch {
  readonly parts: Parts;
  readonly change: Change;
  readonly news: (() => void)[] = [];
  conversation: ConversationRecord;
  /** Our copy of it, once it was changed. */
  #own: ConversationRecord | null = null;
  readonly contact: ContactRecord;
  /** The contact's newest manifest held. */
  manifest: CheckedManifest;
  /** Chain values known without the disk, by epoch and seq: entries of a run, and what was compared before. */
  readonly points = new Map<string, B64 | null>();
  /** Messages that were new. */
  received = 0;
  /** Messages of others that were known, and have their settled place now. */
  settled = 0;
  /** Entries that a device of the contact has to say again in a new session (H3). */
  readonly unopened: Unopened[] = [];
  /** This device was found rolled back or copied (H7): that stands in the same commit as the entry that showed it. */
  cloned = false;
  /** The index of new rows may be written later: they are many. */
  defers = false;
  /** The first place whose row is not in the index on the disk after this commit. */
  #unindexed: Place | null = null;
  /** How many entries of the conversation wait for their key, once somebody counted. */
  held: number | null = null;

  constructor(parts: Parts, change: Change, conversation: ConversationRecord, contact: ContactRecord, manifest: CheckedManifest) {
    this.parts = parts;
    this.change = change;
    this.conversation = conversation;
    this.contact = contact;
    this.manifest = manifest;
  }

  /** Replaces fields of the conversation; written once, at the end. Several times for every message, so only the first makes a copy. */
  update(fields: Partial<ConversationRecord>): void {
    if (this.conversation === this.#own) Object.assign(this.#own, fields);
    else {
      this.#own = { ...this.conversation, ...fields };
      this.conversation = this.#own;
    }
  }

  /** The row at this settled place is indexed later. */
  indexLater(place: Place): void {
    if (this.#unindexed === null || comparePlaces(place, this.#unindexed) < 0) this.#unindexed = place;
  }

  /** Puts the mark of rows that are indexed later into the change. */
  markUnindexed(): void {
    if (this.#unindexed !== null) this.parts.lateIndex.mark(this.change, this.conversation.id, this.#unindexed, this.news);
  }

  /** Keeps a warning about this conversation. */
  warn(kind: Notice['kind'], text: string, proof?: string): void {
    warn(this.parts, this.change, this.news, { kind, conversation: this.conversation.id, text, ...(proof === undefined ? {} : { proof }) });
  }
}

/** Begins a batch of a conversation in `change`. @throws INTERNAL when its contact or manifest is missing */
export async function beginBatch(parts: Parts, change: Change, conversation: B64): Promise<Batch> {
  const record = await loadConversation(change, conversation);
  const contact = await readRecord<ContactRecord>(change, keys.contact(record.contact));
  const manifest = await heldManifest(change, bytesOf(record.contact));
  if (contact === null || manifest === null) throw new SottoError('INTERNAL', 'A contact is missing.');
  return new Batch(parts, change, record, contact, manifest);
}

/** Writes the conversation, commits everything at once, and only then tells the news. @throws STORE_FAILED */
export async function commitBatch(batch: Batch): Promise<void> {
  saveConversation(batch.change, batch.conversation);
  batch.markUnindexed();
  if (batch.cloned) await stopSending(batch.change);
  const wanted = await noteUnopened(batch.change, batch.conversation.id, batch.contact.root, batch.unopened);
  await batch.change.commit();
  if (batch.cloned) batch.parts.cloned();
  for (const tell of batch.news) tell();
  for (const one of wanted) batch.parts.sessionWanted(one);
}

/** Nothing is encrypted any more with keys that somebody else may use too. */
async function stopSending(change: Change): Promise<void> {
  await dropAllSessions(change);
  await updateAccount(change, { cloned: true });
}
