// A device that finds itself copied stops for good, whatever happens right after it noticed (H7).
import { create } from '@bufbuild/protobuf';
import { expect, onTestFinished, test } from 'vitest';
import { compose, freshInner } from '../../core/peer/compose.ts';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { recipientsOf } from '../../core/peer/recipients.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { encodeContent } from '../../core/session/content.ts';
import { encryptContent } from '../../core/session/encrypt.ts';
import { heldManifest } from '../../core/session/held.ts';
import { wrapEnvelope } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { TextSchema } from '../../core/wire/gen/content_pb.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation, pushed } from '../support/review-log.ts';

async function person(name: string, relay: string): Promise<Person> {
  const one = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

/** What a copy of the person's device writes: made with its keys, unknown to its store. */
async function writtenByACopy(one: Person): Promise<Uint8Array<ArrayBuffer>> {
  const { parts } = one.engine;
  const { conversation } = await onlyConversation(one);
  const copy = new Change(parts.store);
  const theirs = await heldManifest(copy, bytesOf(conversation.contact));
  if (theirs === null) throw new Error('no manifest');
  const self = parts.self();
  const what = { case: 'text' as const, value: create(TextSchema, { text: 'from the copy' }) };
  const content = encodeContent(compose(self, freshInner(), what, { now: parts.clock.now(), lamport: 9 }, null));
  const wrapped = await encryptContent(copy, self.me, content, recipientsOf(self, theirs), parts.clock.now());
  return wrapEnvelope(bytesOf(currentGeneration(conversation).key), wrapped);
}

async function aliceWithBob(): Promise<Person> {
  const relay = await townRelay();
  const [alice, bob] = [await person('Alice', relay.address), await person('Bob', relay.address)];
  await becomeContacts(alice, bob);
  await alice.kill();
  return alice.start();
}

test('Alice learns of a copy, is warned, and sends nothing any more', async () => {
  const alice = await aliceWithBob();
  await pushed(alice, await writtenByACopy(alice));
  expect(await alice.warned()).toEqual(['cloned']);
  await expect(alice.send('Bob', 'anything')).rejects.toMatchObject({ code: 'CLONED' });
});

test('a crash right after the entry of the copy was taken does not make Alice forget it', async () => {
  const alice = await aliceWithBob();
  const envelope = await writtenByACopy(alice);
  alice.store.stopAt(1, 'after');
  void pushed(alice, envelope);
  await alice.store.stopped;
  await alice.kill();
  await alice.start();
  expect(alice.engine.parts.self().cloned).toBe(true);
  await expect(alice.send('Bob', 'anything')).rejects.toMatchObject({ code: 'CLONED' });
});

test('a copy that connects with her key is noticed by Alice, and said once', async () => {
  const relay = await townRelay();
  const alice = await person('Alice', relay.address);
  const copy = await Person.over('Alice', alice.disk).start();
  onTestFinished(() => copy.end());
  await copy.goOnline();
  const warned = () => alice.events.filter((event) => event.event === 'warning' && event.warning.kind === 'cloned').length;
  await until(() => warned() > 0, 'Alice is warned');
  await until(
    () => copy.events.some((event) => event.event === 'warning' && event.warning.kind === 'cloned'),
    'the copy is warned as well',
  );
  expect(warned()).toBe(1);
});

test('coming back after a cut is nobody else', async () => {
  const relay = await townRelay();
  const alice = await person('Alice', relay.address);
  await alice.restart();
  await until(() => alice.events.some((event) => event.event === 'relay' && event.relay.state === 'connected'), 'she is back');
  await alice.sync();
  expect(await alice.warned()).toEqual([]);
});
