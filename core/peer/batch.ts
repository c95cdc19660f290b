// One commit 3 in the making: many entries of one conversation, their ratchet steps, rows, cursor and news together.
import type { Change } from '../store/change.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord, ConversationRecord } from './records.ts';
import { type Notice, warn } from './warnings.ts';

/** Collects what a run of entries changes. Lives inside the one queue, for one commit. */
export class Batch {
  readonly parts: Parts;
  readonly change: Change;
  readonly news: (() => void)[] = [];
  conversation: ConversationRecord;
  contact: ContactRecord;
  /** Messages that were new. */
  received = 0;

  constructor(parts: Parts, change: Change, conversation: ConversationRecord, contact: ContactRecord) {
    this.parts = parts;
    this.change = change;
    this.conversation = conversation;
    this.contact = contact;
  }

  /** Replaces fields of the conversation; written once, at the end. */
  update(fields: Partial<ConversationRecord>): void {
    this.conversation = { ...this.conversation, ...fields };
  }

  /** Keeps a warning about this conversation. */
  warn(kind: Notice['kind'], text: string, proof?: string): void {
    warn(this.parts, this.change, this.news, { kind, conversation: this.conversation.id, text, ...(proof === undefined ? {} : { proof }) });
  }
}
