// An entry whose key is still on its way is neither delivered nor in anybody's place (H9, C5).
import { expect, onTestFinished, test } from 'vitest';
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { RelayConnection } from '../../core/net/relay-connection.ts';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { ownSlot } from '../../core/peer/receipts.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { repair } from '../../core/peer/repair.ts';
import { upkeep } from '../../core/peer/upkeep.ts';
import { openSlot } from '../../core/session/slot.ts';
import { rangeOf } from '../../core/store/keys.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { KEY_WAIT_MS } from '../../core/wire/limits.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation, pushed } from '../support/review-log.ts';

async function aliceAndBob(): Promise<{ readonly alice: Person; readonly bob: Person }> {
  const relay = await townRelay();
  const [alice, bob] = await Promise.all(
    ['Alice', 'Bob'].map(async (name) => {
      const one = await (await (await Person.create(name)).start()).goOnline();
      onTestFinished(() => one.end());
      await one.addRelay(relay.address);
      return one;
    }),
  );
  if (alice === undefined || bob === undefined) throw new Error('nobody came');
  await becomeContacts(alice, bob);
  for (const one of [alice, bob]) {
    await one.kill();
    await one.start();
  }
  return { alice, bob };
}

/** Wrapped under a key that nobody has. */
function unknownKey(): Bytes {
  return concat(Uint8Array.of(1), random(1_023));
}

/** The envelope of the one text that waits in the outbox of `author`. */
async function written(author: Person, text: string): Promise<Bytes> {
  await author.send(author.name === 'Bob' ? 'Alice' : 'Bob', text);
  const { waiting } = await import('../../core/peer/outbox.ts');
  const all = await waiting(author.engine.parts.store);
  return bytesOf(all.at(-1)?.record.envelope ?? '');
}

async function exceptionsOf(person: Person): Promise<readonly number[]> {
  const { parts } = person.engine;
  const { conversation } = await onlyConversation(person);
  const { value } = await ownSlot(parts, conversation.id);
  return openSlot(bytesOf(currentGeneration(conversation).key), value, [parts.self().manifest])?.receipts[0]?.exceptions ?? [];
}

test('a receipt does not cover an entry whose key has not come, neither before nor after it got a row', async () => {
  const { alice, bob } = await aliceAndBob();
  await pushed(alice, await written(bob, 'one'));
  const seq = await pushed(alice, unknownKey());
  expect(await exceptionsOf(alice)).toEqual([seq]);
  alice.clock.pass(KEY_WAIT_MS + 1_000);
  await upkeep(alice.engine.parts);
  expect(await exceptionsOf(alice)).toEqual([seq]);
});

test('an entry that waited for its key when the relay lost it takes no place of what the relay has there now', async () => {
  const { alice, bob } = await aliceAndBob();
  const { conversation, home } = await onlyConversation(alice);
  const seq = await pushed(alice, unknownKey());
  expect(seq).toBe(1);
  const start = chainStart(bytesOf(home.log));
  const head = async () => ({ ok: true, value: { log: bytesOf(home.log), seq: 0, chain: start, time: 0, signature: new Uint8Array(64) } });
  const connection = { head } as unknown as RelayConnection;
  const cursor = { seq, chain: 'not the same', time: 1 };
  expect(
    await repair(alice.engine.parts, {
      conversation: conversation.id,
      epoch: home,
      connection,
      handle: 1,
      cursor,
      name: 'AHEAD',
      head: null,
    }),
  ).toBe(true);
  await pushed(alice, await written(bob, 'stands at its place'));
  alice.clock.pass(KEY_WAIT_MS + 1_000);
  await upkeep(alice.engine.parts);
  expect((await alice.history('Bob')).map(({ text }) => text)).toEqual(['stands at its place']);
});

test('a relay that gives one entry two numbers makes neither a second message nor an accusation', async () => {
  const { alice, bob } = await aliceAndBob();
  const envelope = await written(bob, 'once');
  await pushed(alice, envelope, envelope);
  expect((await alice.history('Bob')).map(({ text }) => text)).toEqual(['once']);
  expect(await exceptionsOf(alice)).toEqual([]);
  await pushed(alice, envelope);
  expect((await alice.history('Bob')).map(({ text }) => text)).toEqual(['once']);
});

test('entries under keys that nobody has wait in a bounded number, and never cover a true one', async () => {
  const { alice, bob } = await aliceAndBob();
  const { conversation } = await onlyConversation(alice);
  for (let run = 0; run < 3; run += 1) await pushed(alice, ...Array.from({ length: 100 }, unknownKey));
  await pushed(alice, await written(bob, 'true'));
  let held = 0;
  for await (const _ of alice.engine.parts.store.range(rangeOf('held', [conversation.id]))) held += 1;
  expect(held).toBeLessThanOrEqual(64);
  expect((await alice.history('Bob')).at(-1)?.text).toBe('true');
});

test('what somebody else can bring about with every entry is said once, not a thousand times', async () => {
  const { alice, bob } = await aliceAndBob();
  const self = bob.engine.parts.self();
  // He speaks under a list of devices that she was never given.
  bob.engine.become({ ...self, manifest: { ...self.manifest, hash: new Uint8Array(32) } });
  for (let n = 0; n < 5; n += 1) await pushed(alice, await written(bob, `under another list ${n}`));
  expect(await alice.warned()).toEqual(['manifest']);
});
