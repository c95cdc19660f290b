// Makes Bob's home a big one, through the product's own stations for keeping what was opened: its records exactly, no ratchet steps. Alice is
// real and stays so; the others are true accounts whose devices nobody runs. What is old stands in an epoch before the log that runs now, so
// that the relay need not hold a million entries that its lifetime would have taken long ago.
import { create } from '@bufbuild/protobuf';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { newConversation } from '../../core/peer/answer.ts';
import { beginBatch, commitBatch } from '../../core/peer/batch.ts';
import { putContact } from '../../core/peer/contacts.ts';
import { addConversation, allConversations } from '../../core/peer/conversations.ts';
import { Engine } from '../../core/peer/engine.ts';
import { newEpoch } from '../../core/peer/epochs.ts';
import { openHome } from '../../core/peer/home.ts';
import { keepMessage, slotAt } from '../../core/peer/keep.ts';
import type { ContactRecord, RelayRecord } from '../../core/peer/people-records.ts';
import { type B64, bytesOf, fieldOf } from '../../core/peer/records.ts';
import { allRelays } from '../../core/peer/relays.ts';
import { createDevice } from '../../core/session/device.ts';
import { holdManifest } from '../../core/session/held.ts';
import { createSerial } from '../../core/session/lock.ts';
import { deviceBinding, signManifest } from '../../core/session/manifest.ts';
import { Change } from '../../core/store/change.ts';
import { directoryAddress } from '../../core/wire/capability.ts';
import { ContentSchema, ConversationSchema, TextSchema } from '../../core/wire/gen/content_pb.ts';
import { tell, workerInput } from './processes.ts';
import { messageText, nameOfContact, pauseBefore, shares } from './window-words.ts';

/** Which home, and how much it gets. */
export interface SeedInput {
  readonly home: string;
  /** Conversations in all, with Alice's. */
  readonly conversations: number;
  /** Messages in all. */
  readonly messages: number;
  /** Messages of the conversation with Alice. */
  readonly longest: number;
}

/** Messages of one commit. */
const BATCH = 1_000;
/** Contacts of one commit. */
const TOGETHER = 100;
/** Epoch of what is old. */
const BEFORE = 0;
/** Every so many conversations have something unread, and how much of it. */
const UNREAD_EVERY = 9;
const UNREAD = 3;

const input = workerInput<SeedInput>();
let now = Date.now();
const store = await openHome(input.home, null);
const clock = { ...systemClock, now: () => now };
const engine = await Engine.start({ store, clock, serial: createSerial(), announce: () => undefined });
const { parts } = engine;
const end = Date.now() - 3_600_000;

const [withAlice] = await allConversations(store);
const [relay] = await allRelays(store);
if (withAlice === undefined || relay === undefined) throw new Error('there is no conversation in this home');
const counts = shares(input.conversations - 1, input.messages - input.longest);
const others = await befriend(counts.length, relay);
await fill(withAlice.id, 0, input.longest);
for (const [rank, conversation] of others.entries()) await fill(conversation, rank + 1, counts[rank] ?? 0);
await engine.close();
await store.close();
tell({ done: true });

/** So many contacts more, each with a conversation whose log the first line to the relay makes. */
async function befriend(count: number, home: RelayRecord): Promise<B64[]> {
  const conversations: B64[] = [];
  while (conversations.length < count) {
    const change = new Change(store);
    for (let n = 0; n < TOGETHER && conversations.length < count; n += 1)
      conversations.push(await befriendOne(change, home, nameOfContact(conversations.length)));
    await change.commit();
  }
  return conversations;
}

async function befriendOne(change: Change, home: RelayRecord, petname: string): Promise<B64> {
  const [key, directory] = [signingKey(), signingKey()];
  const device = createDevice(key.publicKey, 1);
  const fields = { version: 1, devices: [deviceBinding(device)], relays: [home.address], directory: directoryAddress(directory.publicKey) };
  await holdManifest(change, signManifest(key, fields));
  const root = fieldOf(key.publicKey);
  const secret = random(32);
  const wire = create(ConversationSchema, { id: random(16), secret, generationKey: random(32), epoch: newEpoch(secret, home, 1) });
  const conversation = { ...newConversation(root, wire, true, home.peerId, now), manifestSent: parts.self().manifest.version };
  await addConversation(change, conversation);
  const contact: ContactRecord = {
    root,
    petname,
    claimedName: petname,
    state: 'accepted',
    verified: false,
    blocked: false,
    answerTo: null,
    profileKey: fieldOf(random(32)),
    contactCapability: fieldOf(random(32)),
    direct: [],
    conversation: conversation.id,
    at: now,
  };
  await putContact(change, contact);
  return conversation.id;
}

/** A long history; the conversation of the lowest rank spoke last. */
async function fill(id: B64, rank: number, messages: number): Promise<void> {
  const pauses = Array.from({ length: messages }, (_, at) => pauseBefore(rank, at));
  let time = end - rank * 600_000 - pauses.reduce((sum, pause) => sum + pause, 0);
  for (let done = 0; done < messages; done += BATCH) {
    const change = new Change(store);
    const batch = await beginBatch(parts, change, id);
    const contact = bytesOf(batch.conversation.contact);
    for (let at = done; at < Math.min(done + BATCH, messages); at += 1) {
      time += pauses[at] ?? 0;
      now = time;
      const seq = at + 1;
      const mine = (seq * 7 + rank) % 5 < 2;
      const author = { root: mine ? parts.self().me.root : contact, device: 1 };
      const slot = slotAt(BEFORE, { seq, time, chain: random(32), id: random(32) });
      const words = messageText(rank, at);
      const what = { case: 'text' as const, value: create(TextSchema, { text: words }) };
      const content = create(ContentSchema, { id: random(16), sentAt: BigInt(time), lamport: BigInt(seq), what });
      await keepMessage(batch, slot, author, content, words);
    }
    const unread = rank % UNREAD_EVERY === 4 && done + BATCH >= messages ? UNREAD : 0;
    batch.update({ unread, readTo: unread > 0 ? [BEFORE, messages - UNREAD * 2] : batch.conversation.readTo });
    await commitBatch(batch);
  }
}
