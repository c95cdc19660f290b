// A slot has one writer and only ever grows: an older one, shown again by a relay, takes nothing back; one that comes too early waits.
import { expect, onTestFinished, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { waiting } from '../../core/peer/outbox.ts';
import { takeSlot } from '../../core/peer/receipts.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { SlotReader } from '../../core/peer/slot-reader.ts';
import { sealSlot } from '../../core/session/slot.ts';
import { GENERATION_LIFETIME_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation, pushed } from '../support/review-log.ts';

/** In touch, and both without their relay. */
async function aliceAndBob(): Promise<{ readonly alice: Person; readonly bob: Person }> {
  const relay = await townRelay();
  const [alice, bob] = [await Person.create('Alice'), await Person.create('Bob')];
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await Promise.all([alice.kill(), bob.kill()]);
  await Promise.all([alice.start(), bob.start()]);
  return { alice, bob };
}

test('Bob’s older slot, shown again after a newer one, changes no state of Alice’s messages', async () => {
  const { alice, bob } = await aliceAndBob();
  const { conversation } = await onlyConversation(alice);
  const key = bytesOf(currentGeneration(conversation).key);
  const slot = (counter: number, read: number) =>
    sealSlot(key, bob.engine.parts.self().me, counter, [
      { log: new Uint8Array(), delivered: null, exceptions: [], read: 0, lamportDelivered: read, lamportRead: read },
    ]);
  const receiptNow = async () => (await onlyConversation(alice)).conversation.receipt;
  const highest = Number.MAX_SAFE_INTEGER - 1;
  await takeSlot(alice.engine.parts, conversation.id, slot(highest, 5));
  const before = await receiptNow();
  await takeSlot(alice.engine.parts, conversation.id, slot(highest - 1, 9));
  expect(await receiptNow()).toEqual(before);
  await takeSlot(alice.engine.parts, conversation.id, slot(highest + 1, 9));
  expect((await receiptNow()).lamportRead).toBe(9);
});

test('Bob’s slot under a wrap key that Alice has yet to be told of counts once she has read as far', async () => {
  const { alice, bob } = await aliceAndBob();
  bob.clock.wrong = GENERATION_LIFETIME_MS;
  await bob.send('Alice', 'under a new key');
  const { conversation } = await onlyConversation(bob);
  expect(conversation.generations.length, 'Bob made a new key').toBe(2);
  const said = (await waiting(bob.engine.parts.store)).filter(({ record }) => record.conversation === conversation.id);
  const receipt = { log: new Uint8Array(), delivered: null, exceptions: [], read: 0, lamportDelivered: 9, lamportRead: 9 };
  const value = sealSlot(bytesOf(currentGeneration(conversation).key), bob.engine.parts.self().me, Number.MAX_SAFE_INTEGER, [receipt]);

  const reader = new SlotReader(alice.engine.parts, () => undefined);
  reader.push(conversation.id, { reader: random(32), counter: 1, value });
  await until(() => reader.idle, 'the slot was looked at');
  await pushed(alice, ...said.map(({ record }) => bytesOf(record.envelope)));
  reader.taken(conversation.id);
  await until(() => reader.idle, 'the slot was looked at again');
  expect((await onlyConversation(alice)).conversation.receipt.lamportRead).toBe(9);
});
