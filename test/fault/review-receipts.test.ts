// A slot that the relay or our own disk refuses for now is written once they can: nobody waits for the next word to be known as read.
import { expect, onTestFinished, test } from 'vitest';
import { SottoError } from '../../core/base/errors.ts';
import type { Answer, RelayConnection } from '../../core/net/relay-connection.ts';
import { ReceiptWriter } from '../../core/peer/receipt-writer.ts';
import type { RefusalName } from '../../core/wire/codes.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';
import { rest } from '../support/people-verdict.ts';
import { onlyConversation } from '../support/review-log.ts';

/** A relay that takes Bob's slots, or refuses them. */
interface Slots {
  refusal: { name: RefusalName; retryAfter: number } | null;
  /** When Bob asked, ms of his monotonic clock. */
  readonly asked: number[];
}

interface Scene {
  readonly alice: Person;
  readonly bob: Person;
  readonly slots: Slots;
}

/** Alice said something to Bob, who has it; from now on his relay is as `slots` says. */
async function scene(): Promise<Scene> {
  const relay = await townRelay();
  const slots: Slots = { refusal: null, asked: [] };
  const tamper = (real: RelayConnection) =>
    replace(real, {
      putSlot: async (...slot): Promise<Answer<void>> => {
        slots.asked.push(bob.clock.monotonic());
        if (slots.refusal === null) return real.putSlot(...slot);
        return { ok: false, refusal: { ...slots.refusal, detail: '', head: null } };
      },
    });
  const alice = await Person.create('Alice');
  const bob = await Person.create('Bob', { tamper });
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await alice.send('Bob', 'do you read me?');
  await rest(alice, bob);
  slots.asked.length = 0;
  return { alice, bob, slots };
}

const isRead = (alice: Person) =>
  alice.sees('Bob', (all) => all.length > 0 && all.every(({ state }) => state === 'read'), 'that Bob read it');

test.each(['BUSY', 'QUOTA', 'RATE', 'STORE'] as const)(
  'Bob’s read mark that the relay refuses once (%s) is given again, unasked',
  async (name) => {
    const { alice, bob, slots } = await scene();
    slots.refusal = { name, retryAfter: 0 };
    await bob.markRead('Alice');
    await until(() => slots.asked.length > 0, 'Bob gave it once');
    await bob.engine.parts.serial(async () => undefined);
    expect(bob.engine.receiptsFlushed, 'it is still owed').toBe(false);
    slots.refusal = null;
    await isRead(alice);
    await until(() => bob.engine.receiptsFlushed, 'nothing is owed any more');
  },
);

test('a relay’s advice when to come again is followed, and what Bob reads meanwhile asks no earlier', async () => {
  const { alice, bob, slots } = await scene();
  slots.refusal = { name: 'BUSY', retryAfter: 30_000 };
  await bob.markRead('Alice');
  await until(() => slots.asked.length === 1, 'Bob gave it once');
  await until(async () => !bob.engine.receiptsFlushed, 'it is still owed');
  const { conversation } = await onlyConversation(bob);
  bob.engine.touchReceipt(conversation.id);
  bob.clock.pass(29_000);
  await bob.engine.parts.serial(async () => undefined);
  expect(slots.asked).toHaveLength(1);
  slots.refusal = null;
  bob.clock.pass(2_000);
  await isRead(alice);
});

test('a relay that always refuses is asked ever more seldom, and at least once a minute', async () => {
  const { bob, slots } = await scene();
  slots.refusal = { name: 'QUOTA', retryAfter: 0 };
  await bob.markRead('Alice');
  for (let times = 1; times <= 12; times += 1) {
    await until(() => {
      bob.clock.pass(20 * 2 ** Math.min(times, 8));
      return slots.asked.length >= times;
    }, `Bob gave it ${times} times`);
  }
  const pauses = slots.asked.slice(1).map((at, n) => at - (slots.asked[n] ?? 0));
  expect(Math.max(...pauses)).toBeGreaterThan(30_000);
  expect(Math.max(...pauses)).toBeLessThan(70_000);
  expect(pauses.slice(0, 5).every((pause, n) => pause < (pauses[n + 1] ?? 0))).toBe(true);
  expect(bob.engine.receiptsFlushed).toBe(false);
});

test('a relay that refuses for good is not asked again, and keeps no visit waiting', async () => {
  const { bob, slots } = await scene();
  slots.refusal = { name: 'CAPABILITY', retryAfter: 0 };
  await bob.markRead('Alice');
  await until(() => slots.asked.length === 1, 'Bob gave it once');
  expect((await bob.sync()).complete).toBe(true);
  bob.clock.pass(120_000);
  await bob.engine.parts.serial(async () => undefined);
  expect(slots.asked).toHaveLength(1);
});

test('a new line is asked at once, whatever the one before advised', async () => {
  const { alice, bob, slots } = await scene();
  slots.refusal = { name: 'BUSY', retryAfter: 30_000 };
  await bob.markRead('Alice');
  await until(() => slots.asked.length === 1, 'Bob gave it once');
  slots.refusal = null;
  const { home } = await onlyConversation(bob);
  await bob.engine.online?.hub.line(home.peerId)?.connection?.close();
  await isRead(alice);
});

test('a disk that cannot be read when the slot is written is tried again', async () => {
  const { alice, bob, slots } = await scene();
  await bob.markRead('Alice').catch(() => undefined);
  await isRead(alice);
  const { conversation } = await onlyConversation(bob);
  slots.asked.length = 0;
  const { parts, online } = bob.engine;
  if (online === null) throw new Error('Bob is offline');
  let faults = 1;
  const serial: typeof parts.serial = (task) => {
    if (faults === 0) return parts.serial(task);
    faults -= 1;
    return Promise.reject(new SottoError('STORE_FAILED'));
  };
  const writer = new ReceiptWriter({ ...parts, serial }, online, () => undefined);
  writer.touch(conversation.id);
  await until(() => faults === 0, 'the disk was asked');
  await Promise.resolve();
  expect(writer.flushed).toBe(false);
  await until(() => slots.asked.length === 1 && writer.flushed, 'the slot was written');
});
