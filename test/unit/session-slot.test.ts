// Slots: whose word a receipt is.
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import type { ReceiptState } from '../../core/session/receipt.ts';
import { openSlot, sealSlot, slotGeneration } from '../../core/session/slot.ts';
import { generationId } from '../../core/session/wrap.ts';
import { aliceAndBob, manifestOf, person } from '../support/session.ts';

const log = new Uint8Array(32).fill(1);
const chain = new Uint8Array(32).fill(2);

function receipt(seq: number, read = 0, exceptions: readonly number[] = []): ReceiptState {
  return { log, delivered: seq === 0 ? null : { seq, chain }, exceptions, read, lamportDelivered: 0, lamportRead: 0 };
}

test('Bob’s receipt is his signed word to the members, and shows a relay nothing but its generation', async () => {
  const { alice, bob } = await aliceAndBob();
  const key = random(32);
  const value = sealSlot(key, bob.me, 7, [receipt(40, 38, [3, 9])]);
  expect(slotGeneration(value)).toEqual(generationId(key));
  expect(openSlot(key, value, [alice.manifest, bob.manifest])).toEqual({
    root: bob.me.root,
    device: 1,
    counter: 7,
    receipts: [receipt(40, 38, [3, 9])],
  });
  expect(openSlot(random(32), value, [bob.manifest])).toBeNull();
});

test('epoch 0, where there is no log, has receipts by Lamport counter', async () => {
  const { bob } = await aliceAndBob();
  const key = random(32);
  const state: ReceiptState = { ...receipt(0), log: new Uint8Array(), lamportDelivered: 12, lamportRead: 11 };
  expect(openSlot(key, sealSlot(key, bob.me, 1, [state]), [bob.manifest])?.receipts).toEqual([state]);
});

test('a slot of somebody who is no member’s device, or carried over from another conversation, is nothing', async () => {
  const { alice, bob } = await aliceAndBob();
  const key = random(32);
  const impostor = await person(undefined, 1, alice.rootKey);
  expect(openSlot(key, sealSlot(key, bob.me, 1, [receipt(1)]), [alice.manifest])).toBeNull();
  expect(openSlot(key, sealSlot(key, impostor.me, 1, [receipt(1)]), [alice.manifest])).toBeNull();
  expect(openSlot(key, sealSlot(key, impostor.me, 1, [receipt(1)]), [manifestOf(alice.rootKey, [impostor.me], 2)])).not.toBeNull();
});

test('a slot that lists an impossible exception, too many, or none in order, is nothing', async () => {
  const { bob } = await aliceAndBob();
  const key = random(32);
  const many = Array.from({ length: 129 }, (_, index) => index + 1);
  for (const state of [receipt(5, 0, [6]), receipt(9, 0, [3, 2]), receipt(500, 0, many)])
    expect(openSlot(key, sealSlot(key, bob.me, 1, [state]), [bob.manifest])).toBeNull();
});

test('no changed bit of a slot is believed', async () => {
  const { bob } = await aliceAndBob();
  const key = random(32);
  const value = sealSlot(key, bob.me, 1, [receipt(4)]);
  for (let at = 0; at < value.length; at += 13) {
    const changed = value.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x80;
    expect(openSlot(key, changed, [bob.manifest])).toBeNull();
  }
});
