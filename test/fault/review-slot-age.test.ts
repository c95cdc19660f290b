// A slot has one writer and only ever grows: an older one, shown again by a relay, takes nothing back.
import { expect, test } from 'vitest';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { takeSlot } from '../../core/peer/receipts.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { sealSlot } from '../../core/session/slot.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation } from '../support/review-log.ts';

test('Bob’s older slot, shown again after a newer one, changes no state of Alice’s messages', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await Person.create('Alice'), await Person.create('Bob')];
  for (const one of [alice, bob]) {
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await Promise.all([alice.kill(), bob.kill()]);
  await Promise.all([alice.start(), bob.start()]);

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
  await Promise.all([alice.end(), bob.end()]);
});
