// What a contact or a stranger may claim: links that were taken back, numbers out of reach, lists of devices that changed meanwhile.
import { create } from '@bufbuild/protobuf';
import { expect, onTestFinished, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { revoke } from '../../core/peer/calls.ts';
import { freshInner } from '../../core/peer/compose.ts';
import { allConversations, livingGenerations } from '../../core/peer/conversations.ts';
import { allInvites } from '../../core/peer/invites.ts';
import type { GenerationRecord } from '../../core/peer/records.ts';
import { heldManifest } from '../../core/session/held.ts';
import { Change } from '../../core/store/change.ts';
import { NewGenerationSchema } from '../../core/wire/gen/content_pb.ts';
import { ENTRY_LIFETIME_MS, GENERATION_LIFETIME_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';

async function person(name: string, relay: string): Promise<Person> {
  const one = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

test('Bob learns of a relay that Alice added between asking and his answer', async () => {
  const [relay, second] = [await townRelay(), await townRelay()];
  const [alice, bob] = [await person('Alice', relay.address), await person('Bob', relay.address)];
  await alice.add((await bob.invite()).link, 'Bob');
  const { account } = await bob.asked();
  await alice.addRelay(second.address);
  await bob.accept(account, 'Alice');
  await until(async () => (await alice.contact('Bob'))?.state === 'accepted', 'his answer comes');
  await alice.send('Bob', 'found me?');
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
  const { manifest, me } = alice.engine.parts.self();
  expect((await heldManifest(new Change(bob.engine.parts.store), me.root))?.version).toBe(manifest.version);
  expect(await bob.warned()).toEqual([]);
});

test('a request through a link that Bob took back is not shown, whatever the relay lets through', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await person('Alice', relay.address), await person('Bob', relay.address)];
  const [taken, living] = [(await bob.invite()).link, (await bob.invite()).link];
  // Her letter waits at the relay while he takes the link back.
  await bob.leave();
  await alice.add(taken, 'Bob');
  await until(() => alice.engine.parts.outbox.size === 0, 'her letter is posted');
  await bob.start();
  await revoke(bob.engine, taken);
  await bob.goOnline();
  const carol = await person('Carol', relay.address);
  await carol.add(living, 'Bob');
  await until(async () => (await bob.requests()).length > 0, 'a request comes');
  expect((await bob.requests()).map(({ claimedName }) => claimedName)).toEqual(['Carol']);
  expect((await allInvites(bob.engine.parts.store)).find(({ link }) => link === taken)?.used).toBe(0);
});

test('a contact cannot take the numbers of wrap keys away', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await person('Alice', relay.address), await person('Bob', relay.address)];
  await becomeContacts(alice, bob);
  const [conversation] = await allConversations(bob.engine.parts.store);
  const what = { case: 'generation' as const, value: create(NewGenerationSchema, { number: 0xffff_ffff, key: random(32) }) };
  await bob.engine.sender.say({ conversation: conversation?.id ?? '', inner: freshInner(), what });
  await bob.send('Alice', 'after it');
  await alice.sees('Bob', (all) => all.length === 1, 'his message');
  alice.clock.wrong = GENERATION_LIFETIME_MS + 1;
  await alice.send('Bob', 'under a new key');
  await bob.sees('Alice', (all) => all.some(({ text }) => text === 'under a new key'), 'her message');
});

test('wrap keys die with the lifetime of their last entry, save the newest, and are never without number', () => {
  const day = 86_400_000;
  const made = (number: number, since: number): GenerationRecord => ({ number, id: `${number}`, key: '', since, place: null, outer: null });
  const weekly = Array.from({ length: 20 }, (_, at) => made(at + 1, at * 7 * day));
  const now = 19 * 7 * day;
  const living = livingGenerations(weekly, now).map(({ number }) => number);
  expect(living.at(-1)).toBe(20);
  for (const { number } of weekly) {
    const replaced = number * 7 * day;
    if (now - replaced <= ENTRY_LIFETIME_MS) expect(living).toContain(number);
  }
  expect(living).not.toContain(1);
  expect(livingGenerations(weekly, now + 365 * day)).toHaveLength(8);
  expect(
    livingGenerations(
      Array.from({ length: 5_000 }, (_, at) => made(at, 0)),
      0,
    ).length,
  ).toBeLessThanOrEqual(256);
});
