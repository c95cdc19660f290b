// Accepting and rejecting those who ask: the acceptor makes the conversation, its keys and its home, and says so to their inbox.
import { create } from '@bufbuild/protobuf';
import type { Contact } from '../api.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { heldManifest } from '../session/held.ts';
import { generationId } from '../session/wrap.ts';
import { Change } from '../store/change.ts';
import { AcceptSchema, ConversationSchema, type Conversation as WireConversation } from '../wire/gen/content_pb.ts';
import { checkPetname, findContact, putContact } from './contacts.ts';
import { addConversation } from './conversations.ts';
import { epochRecord, newEpoch } from './epochs.ts';
import { writeLetter } from './inbox-out.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord, RelayRecord } from './people-records.ts';
import { type B64, bytesOf, type ConversationRecord, fieldOf } from './records.ts';
import { ownReturnInbox } from './return-inbox.ts';
import { sayDrafts } from './say-drafts.ts';
import { contactView } from './views.ts';

/** A conversation as it begins, from what the acceptor decided. */
export function newConversation(
  contact: B64,
  wire: WireConversation,
  mine: boolean,
  peerId: string | null,
  now: number,
): ConversationRecord {
  const { epoch } = wire;
  const epochs = epoch === undefined || peerId === null ? [] : [epochRecord(epoch, peerId, mine)];
  return {
    id: fieldOf(wire.id),
    contact,
    secret: fieldOf(wire.secret),
    epochs,
    opening: null,
    generations: [
      { number: 1, id: fieldOf(generationId(wire.generationKey)), key: fieldOf(wire.generationKey), since: now, place: null, outer: null },
    ],
    lamport: 0,
    readTo: [0, 0],
    readLamport: 0,
    deliveredLamport: 0,
    unread: 0,
    exceptions: [],
    receipt: { epoch: 0, delivered: 0, read: 0, exceptions: [], lamportDelivered: 0, lamportRead: 0 },
    entriesInGeneration: 0,
    unwrapFailures: 0,
    manifestSent: 0,
    repairs: 0,
    at: now,
    lastAt: now,
  };
}

/** Says yes to whoever asks. @param home our relay that holds the conversation; null: direct only. @throws NOT_FOUND, AMBIGUOUS, ALREADY */
export async function accept(parts: Parts, who: string, petname: string | null, home: RelayRecord | null): Promise<Contact> {
  const found = await findContact(parts.store, who);
  await checkPetname(parts.store, petname, found.root);
  return parts.serial(async () => {
    const change = new Change(parts.store);
    const news: (() => void)[] = [];
    const contact = await acceptInto(parts, change, found.root, petname, home, news);
    await change.commit();
    for (const tell of news) tell();
    return contactView(contact, parts.direct);
  });
}

/** The same as part of a change: what accepts on its own when two people asked each other. */
export async function acceptInto(
  parts: Parts,
  change: Change,
  root: B64,
  petname: string | null,
  home: RelayRecord | null,
  news: (() => void)[],
): Promise<ContactRecord> {
  const contact = await findContact(change, Buffer.from(bytesOf(root)).toString('hex'));
  if (contact.state === 'accepted') throw new SottoError('ALREADY', 'You are in touch already.');
  if (contact.answerTo === null) throw new SottoError('NOT_FOUND', 'This contact did not ask for anything.');
  const manifest = await heldManifest(change, bytesOf(root));
  if (manifest === null) throw new SottoError('INTERNAL', 'A manifest is missing.');
  const self = parts.self();
  const wire = wireConversation(home);
  const conversation = newConversation(root, wire, true, home?.peerId ?? null, parts.clock.now());
  const next: ContactRecord = { ...contact, petname: petname ?? contact.petname, state: 'accepted', conversation: conversation.id };
  await addConversation(change, { ...conversation, manifestSent: self.manifest.version });
  await putContact(change, next);
  const what = { case: 'accept' as const, value: create(AcceptSchema, { name: self.name, conversation: wire }) };
  const returnInbox = await ownReturnInbox(parts, change, parts.addresses());
  await writeLetter(parts, change, { contact: root, manifest, target: contact.answerTo, what, returnInbox }, news);
  await sayDrafts(parts, change, root, conversation.id, news);
  news.push(() => parts.announce({ event: 'contact', contact: contactView(next, parts.direct) }));
  news.push(() => parts.conversationOpened(conversation.id));
  return next;
}

function wireConversation(home: RelayRecord | null): WireConversation {
  const secret = random(32);
  const front = { id: random(16), secret, generationKey: random(32) };
  if (home === null) return create(ConversationSchema, front);
  return create(ConversationSchema, { ...front, epoch: newEpoch(secret, home, 1) });
}

/** Says no, in silence: they learn nothing (H5). @throws NOT_FOUND, AMBIGUOUS, ALREADY */
export async function reject(parts: Parts, who: string): Promise<void> {
  await parts.serial(async () => {
    const change = new Change(parts.store);
    const found = await findContact(change, who);
    if (found.state === 'accepted') throw new SottoError('ALREADY', 'You are in touch already; you can block this contact.');
    await putContact(change, { ...found, state: 'rejected' });
    await change.commit();
  });
}
