// Saying texts: to a conversation, or kept as a draft until there is one; each once, in the order in which they were given.
import { create } from '@bufbuild/protobuf';
import type { Message } from '../api.ts';
import { type Bytes, hex, unhex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { TextSchema } from '../wire/gen/content_pb.ts';
import { freshInner } from './compose.ts';
import { findContact } from './contacts.ts';
import { keepDraft } from './drafts.ts';
import { messageById } from './history.ts';
import { messageId } from './message-id.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { type B64, bytesOf } from './records.ts';
import { sayAnew } from './say-anew.ts';
import type { Sender } from './send.ts';
import type { EarlyStamps } from './submit.ts';

/** Takes texts for contacts. */
export class Speaker {
  readonly #parts: Parts;
  readonly #sender: Sender;
  readonly #early: EarlyStamps;
  /** Looking up a contact takes time; texts keep their order all the same. */
  #order: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts, sender: Sender, early: EarlyStamps) {
    this.#parts = parts;
    this.#sender = sender;
    this.#early = early;
  }

  /**
   * Says a text to a contact; before they accepted it waits as it is.
   * @param inner 16 bytes as hex: the same one is the same message
   * @param typed it was the unfinished text for them, which is forgotten in the same commit
   * @throws NOT_FOUND, AMBIGUOUS, BLOCKED, NOT_ACCEPTED, as Sender.say
   */
  async send(who: string, text: string, inner: string | null, typed: boolean): Promise<Message> {
    const found = this.#order.then(() => findContact(this.#parts.store, who));
    this.#order = found.catch(() => undefined);
    const contact = await found;
    demandSpoken(contact);
    const innerId = inner === null ? freshInner() : unhex(inner);
    const draft = contact.conversation === null ? await keepDraft(this.#parts, contact, innerId, text, typed) : null;
    if (draft !== null) return draft;
    const { conversation } = contact.conversation === null ? await findContact(this.#parts.store, hex(bytesOf(contact.root))) : contact;
    if (conversation === null) throw new SottoError('INTERNAL', 'A conversation is missing.');
    return this.#say(conversation, innerId, text, typed ? contact.root : null);
  }

  /** Sends a failed or expired message again, at the end. @throws NOT_FOUND, BAD_INPUT, as Sender.say */
  async resend(id: string): Promise<Message> {
    await sayAnew(this.#parts, id);
    return this.#said(id);
  }

  async #say(conversation: B64, inner: Bytes, text: string, typedFor: B64 | null): Promise<Message> {
    const { me } = this.#parts.self();
    const what = { case: 'text' as const, value: create(TextSchema, { text }) };
    await this.#sender.say({ conversation, inner, what, ...(typedFor === null ? {} : { typedFor }) });
    return this.#said(messageId(me.root, me.device, inner));
  }

  async #said(id: string): Promise<Message> {
    const message = await messageById(this.#parts, this.#early, id);
    if (message === null) throw new SottoError('INTERNAL', 'A message is missing after its commit.');
    return message;
  }
}

function demandSpoken(contact: ContactRecord): void {
  if (contact.blocked) throw new SottoError('BLOCKED');
  if (contact.state === 'asking') throw new SottoError('NOT_ACCEPTED', 'They asked you: accept the request first.');
  if (contact.state === 'rejected') throw new SottoError('NOT_ACCEPTED', 'You rejected this contact.');
}
