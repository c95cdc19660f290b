// The conductor outward: compose, encrypt, wrap, outbox; one commit (commit 1) for everything said in the same turn.
import { SottoError } from '../base/errors.ts';
import { commitOf } from '../session/commit.ts';
import { encodeContent } from '../session/content.ts';
import { encryptContent } from '../session/encrypt.ts';
import { heldManifest } from '../session/held.ts';
import { wrapEnvelope } from '../session/wrap.ts';
import { Change } from '../store/change.ts';
import { envelopeId } from '../wire/envelope.ts';
import { compose, type Saying, seenPoint } from './compose.ts';
import { currentGeneration, homeOf, loadConversation, saveConversation } from './conversations.ts';
import { messageId } from './message-id.ts';
import { enqueue } from './outbox.ts';
import { noteOwed, splitReaders } from './owed.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { queuedPlace } from './places.ts';
import { recipientsOf } from './recipients.ts';
import {
  type B64,
  bytesOf,
  type ConversationRecord,
  type CursorRecord,
  fieldOf,
  keys,
  type RowRecord,
  readRecord,
  writeRecord,
} from './records.ts';
import { forgetTyped } from './typed.ts';
import { messageView } from './views.ts';

/** Something to say in a conversation. */
export interface Utterance {
  readonly conversation: B64;
  /** 16 random bytes; the same inner id twice is the same message. */
  readonly inner: Uint8Array<ArrayBuffer>;
  readonly what: Saying;
  /** Id of a message of ours that is said again, since a device could not open it: a new envelope, the same message. */
  readonly again?: string;
  /** Wrap key for a device that has no newer one; the one in use where it is left out. */
  readonly under?: B64;
  /** Root key of the contact whose unfinished text this was: forgotten in the same commit. */
  readonly typedFor?: B64;
}

/** Envelopes are encrypted together, and committed together, up to this many at a time: an fsync is dearer than a ratchet step. */
const TURN = 64;
/** Value of the record that says: this commitment is ours. */
const OWN = new Uint8Array([1]);

/** Says what must come first, as part of the change. */
export type Before = (change: Change, conversation: B64, news: (() => void)[]) => Promise<void>;

interface Wanted {
  readonly utterance: Utterance;
  readonly done: (failure: SottoError | null) => void;
}

/** Encrypts and queues what is said, in the order it was said. */
export class Sender {
  readonly #parts: Parts;
  readonly #before: Before;
  readonly #queued: () => void;
  #wanted: Wanted[] = [];
  #running = false;

  /**
   * @param before what must be said first in a conversation: new keys, new manifests
   * @param queued called after each commit: something waits in the outbox
   */
  constructor(parts: Parts, before: Before, queued: () => void) {
    this.#parts = parts;
    this.#before = before;
    this.#queued = queued;
  }

  /** Resolves after commit 1; what was said before under the same inner id is not said again. @throws CLONED, SESSION_BROKEN, NO_POST_QUANTUM, TOO_LARGE, STORE_FAILED */
  say(utterance: Utterance): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ utterance, done: (failure) => (failure === null ? resolve() : reject(failure)) });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#wanted.length > 0) await this.#parts.serial(() => this.#turn(this.#wanted.splice(0, TURN)));
    this.#running = false;
  }

  async #turn(turn: readonly Wanted[]): Promise<void> {
    const change = new Change(this.#parts.store);
    const outcomes: (SottoError | null)[] = [];
    const news: (() => void)[] = [];
    for (const { utterance } of turn) {
      const step = change.nest();
      const stepNews: (() => void)[] = [];
      try {
        if (utterance.typedFor !== undefined) await forgetTyped(this.#parts, step, utterance.typedFor, stepNews);
        if (!(await isSaid(this.#parts, step, utterance))) {
          await this.#before(step, utterance.conversation, stepNews);
          await sayInto(this.#parts, step, utterance, stepNews);
        }
        outcomes.push(null);
        step.keep();
        news.push(...stepNews);
      } catch (error) {
        outcomes.push(asSottoError(error));
      }
    }
    const failure = await change.commit().then(() => null, asSottoError);
    if (failure === null) {
      for (const tell of news) tell();
      this.#queued();
    }
    for (const [at, { done }] of turn.entries()) done(failure ?? outcomes[at] ?? null);
  }
}

/** True when this very text is in the conversation already: a caller repeats itself after a lost answer. */
async function isSaid(parts: Parts, change: Change, utterance: Utterance): Promise<boolean> {
  const { me } = parts.self();
  if (utterance.again !== undefined || utterance.what.case !== 'text') return false;
  return (await change.get(keys.message(messageId(me.root, me.device, utterance.inner)))) !== null;
}

/**
 * Compose, encrypt, wrap and put into the outbox, as part of `change`, inside the one queue. Answers the outbox number.
 * @throws what Sender.say throws
 */
export async function sayInto(parts: Parts, change: Change, utterance: Utterance, news: (() => void)[]): Promise<number> {
  const self = parts.self();
  if (self.cloned) throw new SottoError('CLONED');
  const conversation = await loadConversation(change, utterance.conversation);
  await refuseBlocked(change, conversation);
  const theirs = await heldManifest(change, bytesOf(conversation.contact));
  if (theirs === null) throw new SottoError('INTERNAL', 'A manifest is missing.');
  const home = homeOf(conversation);
  const cursor = home === null ? null : await readRecord<CursorRecord>(change, keys.cursor(home.log));
  const lamport = conversation.lamport + 1;
  const now = parts.clock.now();
  const content = compose(self, utterance.inner, utterance.what, { now, lamport }, seenPoint(conversation, cursor));
  const bytes = encodeContent(content);
  const { readers, missing } = await splitReaders(change, recipientsOf(self, theirs), conversation.contact, now);
  const wrapped = await encryptContent(change, self.me, bytes, readers, now);
  const envelope = wrapEnvelope(bytesOf(utterance.under ?? currentGeneration(conversation).key), wrapped);
  change.put(keys.own(fieldOf(commitOf(bytes))), OWN);

  const n = parts.nextNumber();
  const outer = fieldOf(envelopeId(envelope));
  const relayTime = home === null ? null : parts.relayTimes.sure(home.peerId);
  const isText = utterance.what.case === 'text' && utterance.again === undefined;
  const id = isText ? messageId(self.me.root, self.me.device, utterance.inner) : null;
  const place = isText ? queuedPlace(n) : null;
  for (const device of utterance.again === undefined ? missing : []) {
    const wanted = await noteOwed(change, conversation, device, id, n);
    news.push(() => parts.sessionWanted(wanted));
  }
  enqueue(
    change,
    n,
    {
      conversation: conversation.id,
      contact: conversation.contact,
      inbox: null,
      envelope: fieldOf(envelope),
      outer,
      message: utterance.again === undefined ? id : null,
      inner: fieldOf(utterance.inner),
      again: utterance.again ?? null,
      lamport,
      at: now,
      ...(relayTime === null || home === null ? {} : { relayAt: [home.peerId, relayTime] as const }),
    },
    place,
  );
  news.push(() => parts.outbox.add(conversation.id, n));
  const next: ConversationRecord = { ...conversation, lamport, lastAt: isText ? now : conversation.lastAt };
  saveConversation(change, next);
  if (place !== null && id !== null && utterance.what.case === 'text') {
    const row = { ...ownRow(self, id, outer, utterance.what.value.text, lamport, now), inner: fieldOf(utterance.inner) };
    writeRecord(change, keys.row(conversation.id, place), row);
    news.push(() => parts.announce({ event: 'message', message: messageView(next, place, row) }));
  }
  return n;
}

function ownRow(
  self: { readonly me: { readonly root: Uint8Array; readonly device: number } },
  id: string,
  outer: B64,
  text: string,
  lamport: number,
  now: number,
): RowRecord {
  return {
    kind: 'message',
    id,
    outer,
    out: true,
    author: fieldOf(self.me.root),
    device: self.me.device,
    text,
    sentAt: now,
    storedAt: null,
    lamport,
    state: 'queued',
    reason: null,
    chain: null,
  };
}

async function refuseBlocked(change: Change, conversation: ConversationRecord): Promise<void> {
  const contact = await readRecord<ContactRecord>(change, keys.contact(conversation.contact));
  if (contact?.blocked !== false) throw new SottoError('BLOCKED');
}

function asSottoError(error: unknown): SottoError {
  return error instanceof SottoError ? error : new SottoError('INTERNAL', undefined, error);
}
