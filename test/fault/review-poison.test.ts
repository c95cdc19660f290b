// One entry or letter that cannot be answered never blocks what stands behind it, nor the other conversations of its relay (H3, H9).
import { create } from '@bufbuild/protobuf';
import { onTestFinished, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { freshInner } from '../../core/peer/compose.ts';
import { allConversations } from '../../core/peer/conversations.ts';
import { rowsFrom, settledPlace } from '../../core/peer/places.ts';
import { bytesOf, decodeRecord, type RowRecord } from '../../core/peer/records.ts';
import { createDevice } from '../../core/session/device.ts';
import { type CheckedManifest, deviceBinding, signManifest } from '../../core/session/manifest.ts';
import { ManifestChangeSchema, NewSessionSchema, TextSchema } from '../../core/wire/gen/content_pb.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { townRelay } from '../support/people-town.ts';

/** Bob's list of devices with a second one that nobody has a session with. */
function withSecondDevice(bob: Person): CheckedManifest {
  const self = bob.engine.parts.self();
  return signManifest(self.rootKey, {
    version: self.manifest.version + 1,
    devices: [deviceBinding(self.me), deviceBinding(createDevice(self.me.root, 2))],
    relays: self.manifest.relays,
    directory: self.manifest.directory,
  });
}

function account(person: Person): string {
  return hex(person.engine.parts.self().me.root);
}

async function person(name: string, relay: string): Promise<Person> {
  const one = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

test('a contact that asks for messages to be said again to a device nobody has a session with blocks nothing', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await person('Alice', relay.address), await person('Bob', relay.address)];
  await becomeContacts(alice, bob);
  const sent = await alice.send('Bob', 'say this again');
  await alice.settled(sent.id);
  await bob.sees('Alice', (all) => all.length === 1, 'the message');

  const { parts, sender } = bob.engine;
  const [conversation] = await allConversations(parts.store);
  if (conversation === undefined) throw new Error('no conversation');
  const signed = withSecondDevice(bob);
  const outer: string[] = [];
  for await (const { value } of parts.store.range(rowsFrom(conversation.id, settledPlace(0, 0)))) {
    const row = decodeRecord<RowRecord>(value);
    if (row.kind === 'message' && row.outer !== null) outer.push(row.outer);
  }
  const say = (what: Parameters<typeof sender.say>[0]['what']) => sender.say({ conversation: conversation.id, inner: freshInner(), what });
  await say({ case: 'manifestChange', value: create(ManifestChangeSchema, { signedManifest: signed.bytes }) });
  await say({ case: 'newSession', value: create(NewSessionSchema, { unopened: outer.map(bytesOf) }) });
  await say({ case: 'text', value: create(TextSchema, { text: 'still here' }) });
  await alice.sees('Bob', (all) => all.some(({ text }) => text === 'still here'), 'what stands behind it');
});

test('a letter that cannot be answered does not keep the letters behind it', async () => {
  const relay = await townRelay();
  const all = [await person('One', relay.address), await person('Two', relay.address)];
  const [alice, bob] = all.sort((a, b) => (account(a) < account(b) ? -1 : 1));
  const carol = await person('Carol', relay.address);
  if (alice === undefined || bob === undefined) throw new Error('nobody came');
  // Alice asked Bob, so she answers his request by herself; he lists a device that she has no session with.
  await alice.add((await bob.invite()).link, 'Bob');
  const self = bob.engine.parts.self();
  const links = [(await alice.invite()).link, (await alice.invite()).link];
  bob.engine.become({ ...self, manifest: withSecondDevice(bob) });
  await bob.add(links[0] ?? '', 'Alice');
  await until(() => bob.engine.parts.outbox.size === 0, 'his letter is posted');
  await carol.add(links[1] ?? '', 'Alice');
  await until(async () => (await alice.requests()).some(({ claimedName }) => claimedName === 'Carol'), "Carol's request arrives");
});
