// Exceptions are numbers of one log: after a change of the home log none of an older one is taken for a number of the new one (H9).

import { create } from '@bufbuild/protobuf';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { beginBatch, commitBatch } from '../../core/peer/batch.ts';
import { currentGeneration, loadConversation, saveConversation } from '../../core/peer/conversations.ts';
import { takeHome } from '../../core/peer/epoch-zero.ts';
import { epochRecord, newEpoch } from '../../core/peer/epochs.ts';
import { slotAt } from '../../core/peer/keep.ts';
import { ownSlot, takeSlot } from '../../core/peer/receipts.ts';
import { bytesOf, type ConversationRecord, type EpochRecord, fieldOf, keys, writeRecord } from '../../core/peer/records.ts';
import { repair } from '../../core/peer/repair.ts';
import type { ReceiptState } from '../../core/session/receipt.ts';
import { openSlot, sealSlot } from '../../core/session/slot.ts';
import { Change } from '../../core/store/change.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { ContentSchema, HomeSchema } from '../../core/wire/gen/content_pb.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { Forger } from '../support/people-forger.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation, pushed } from '../support/review-log.ts';

let alice: Person;
let bob: Person;

/** Alice and Bob are contacts, both offline: entries are put into Alice's engine as her relay would. */
beforeEach(async () => {
  const relay = await townRelay();
  [alice, bob] = [await Person.create('Alice'), await Person.create('Bob')];
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await Promise.all([alice.kill(), bob.kill()]);
  await Promise.all([alice.start(), bob.start()]);
});

/** An entry under the wrap key of the conversation, with nothing in it that anybody can open. */
function broken(): Promise<Bytes> {
  return new Forger(bob, alice).wrap(random(400));
}

/** What Alice's receipt says of her home log. */
async function receipt(): Promise<ReceiptState | undefined> {
  const { parts } = alice.engine;
  const { conversation } = await onlyConversation(alice);
  const { value } = await ownSlot(parts, conversation.id);
  return openSlot(bytesOf(currentGeneration(conversation).key), value, [parts.self().manifest])?.receipts[0];
}

async function change(fields: (conversation: ConversationRecord) => Partial<ConversationRecord>): Promise<void> {
  const { parts } = alice.engine;
  const { conversation } = await onlyConversation(alice);
  const step = new Change(parts.store);
  saveConversation(step, { ...conversation, ...fields(conversation) });
  await step.commit();
}

/** The conversation moves to a new log at the same relay. */
async function moves(number: number): Promise<EpochRecord> {
  const { conversation, home } = await onlyConversation(alice);
  const epoch = newEpoch(bytesOf(conversation.secret), { address: home.relay, peerId: home.peerId }, number);
  const record = epochRecord(epoch, home.peerId, true);
  await change(({ epochs }) => ({ epochs: [...epochs, record] }));
  return record;
}

/** Alice has taken the home log up to `seq`. */
async function took(seq: number): Promise<void> {
  const { home } = await onlyConversation(alice);
  const step = new Change(alice.engine.parts.store);
  writeRecord(step, keys.cursor(home.log), { seq, chain: fieldOf(random(32)), time: 1 });
  await step.commit();
}

test('an entry that could not be opened in one epoch is no exception of the next', async () => {
  const seq = await pushed(alice, await broken());
  expect((await receipt())?.exceptions).toEqual([seq]);
  await moves(2);
  await took(seq + 5);
  expect(await receipt()).toMatchObject({ delivered: { seq: seq + 5 }, exceptions: [] });
  const second = await pushed(alice, await broken());
  expect((await receipt())?.exceptions).toEqual([second]);
});

test('exceptions kept before their log was are those of the first log, and of no other', async () => {
  const seq = await pushed(alice, await broken());
  const { parts } = alice.engine;
  const { conversation } = await onlyConversation(alice);
  const { exceptionsLog: _unknown, ...old } = conversation;
  const step = new Change(parts.store);
  saveConversation(step, old);
  await step.commit();
  expect((await receipt())?.exceptions).toEqual([seq]);
  await moves(2);
  await took(seq + 5);
  expect((await receipt())?.exceptions).toEqual([]);
});

test('a log that gave way to the other side’s leaves no numbers behind', async () => {
  await pushed(alice, await broken());
  await change(({ receipt: before }) => ({
    opening: { opener: true, n: 0, last: null },
    readTo: [1, 9],
    receipt: { ...before, epoch: 1, delivered: 9, read: 9, exceptions: [3] },
  }));
  const { conversation, home } = await onlyConversation(alice);
  const theirs = () => newEpoch(bytesOf(conversation.secret), { address: home.relay, peerId: home.peerId }, 1);
  let epoch = theirs();
  while (hex(epoch.log) >= hex(bytesOf(home.log))) epoch = theirs();
  const batch = await beginBatch(alice.engine.parts, new Change(alice.engine.parts.store), conversation.id);
  const author = { root: bytesOf(conversation.contact), device: 1 };
  const slot = { ...slotAt(1, { seq: 1, time: 1, chain: random(32), id: random(32) }), place: { zone: 1, a: 1, b: 1 } as const };
  takeHome(batch, slot, author, create(ContentSchema), create(HomeSchema, { epoch }));
  await commitBatch(batch);
  expect((await onlyConversation(alice)).home.log).toBe(fieldOf(epoch.log));
  await took(9);
  expect(await receipt()).toMatchObject({ delivered: { seq: 9 }, exceptions: [], read: 0 });
  const after = await loadConversation(alice.engine.parts.store, conversation.id);
  expect(after.receipt).toMatchObject({ epoch: 0, delivered: 0, read: 0, exceptions: [] });
});

test('a log that is repaired takes back nothing of a later one', async () => {
  await pushed(alice, await broken());
  const { conversation, home: first } = await onlyConversation(alice);
  await moves(2);
  await took(20);
  const seq = await pushed(alice, await broken());
  await change(({ receipt: before }) => ({ receipt: { ...before, epoch: 2, delivered: 9, read: 8, exceptions: [7] } }));
  const empty = { log: bytesOf(first.log), seq: 0, chain: chainStart(bytesOf(first.log)), time: 0, signature: new Uint8Array(64) };
  const connection = { head: async () => ({ ok: true, value: empty }) } as unknown as RelayConnection;
  const cursor = { seq: 1, chain: fieldOf(random(32)), time: 1 };
  await repair(alice.engine.parts, {
    conversation: conversation.id,
    epoch: first,
    connection,
    handle: 1,
    cursor,
    name: 'AHEAD',
    head: null,
  });
  expect((await receipt())?.exceptions).toEqual([seq]);
  const after = await loadConversation(alice.engine.parts.store, conversation.id);
  expect(after.receipt).toMatchObject({ epoch: 2, delivered: 9, read: 8, exceptions: [7] });
});

test('a receipt about a log that is not of this conversation says nothing about any message', async () => {
  const { conversation } = await onlyConversation(alice);
  const key = bytesOf(currentGeneration(conversation).key);
  const said = { log: random(32), delivered: { seq: 9, chain: random(32) }, exceptions: [3], read: 9, lamportDelivered: 0, lamportRead: 0 };
  await takeSlot(alice.engine.parts, conversation.id, sealSlot(key, bob.engine.parts.self().me, 2 ** 50, [said]));
  const after = await loadConversation(alice.engine.parts.store, conversation.id);
  expect(after.receipt).toMatchObject({ epoch: 0, delivered: 0, read: 0, exceptions: [] });
});
