// Contacts whose list names a device that nobody can encrypt to yet: others go on talking, and the device is given what it missed.
import { expect, onTestFinished, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { bytesOf, fieldOf } from '../../core/peer/records.ts';
import { updateAccount } from '../../core/peer/self.ts';
import { UPKEEP_MS } from '../../core/peer/upkeep.ts';
import { signPreKeys } from '../../core/session/directory.ts';
import { holdManifest } from '../../core/session/held.ts';
import { deviceBinding, signManifest } from '../../core/session/manifest.ts';
import { dropAllSessions } from '../../core/session/reset.ts';
import { unwrapEnvelope } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { MemoryStore } from '../../core/store/memory.ts';
import { capabilityHash } from '../../core/wire/capability.ts';
import { GENERATION_LIFETIME_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation } from '../support/review-log.ts';
import { type Person as Device, person as newDevice } from '../support/session.ts';

/** What somebody gave to the relay, in order. */
class Posted {
  readonly envelopes: Bytes[] = [];
  readonly tamper: Person['tamper'] = (real) =>
    replace(real, {
      append: async (handle, envelopes) => {
        const answer = await real.append(handle, envelopes);
        this.envelopes.push(...envelopes.slice(0, answer.stamps.length));
        return answer;
      },
    });
}

/** A second device of Bob that reads what is posted, with the wrap keys it is told. */
class Telephone {
  readonly device: Device;
  readonly texts: string[] = [];
  readonly #keys: Bytes[];
  #at = 0;

  constructor(device: Device, key: Bytes) {
    this.device = device;
    this.#keys = [key];
  }

  async read(posted: Posted): Promise<string[]> {
    for (; this.#at < posted.envelopes.length; this.#at += 1) {
      const envelope = posted.envelopes[this.#at] as Bytes;
      const wrapped = this.#keys.map((key) => unwrapEnvelope(key, envelope)).find((found) => found !== null) ?? null;
      const outcome = wrapped === null ? null : await this.device.open(wrapped);
      if (outcome?.kind !== 'content') continue;
      const { what } = outcome.content;
      if (what.case === 'generation') this.#keys.push(new Uint8Array(what.value.key));
      if (what.case === 'text') this.texts.push(what.value.text);
    }
    return this.texts;
  }
}

async function somebody(name: string, relay: string, tamper?: Person['tamper']): Promise<Person> {
  const one = await (await (await Person.create(name, tamper === undefined ? {} : { tamper })).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

/** Bob's list names a device that has no prekeys anywhere yet. */
async function withTelephone(bob: Person): Promise<Device> {
  const { parts } = bob.engine;
  const self = parts.self();
  const device = await newDevice(new MemoryStore(), 2, self.rootKey);
  const { version, relays, directory } = self.manifest;
  const devices = [deviceBinding(self.me), deviceBinding(device.me)];
  const manifest = signManifest(self.rootKey, { version: version + 1, devices, relays, directory });
  await parts.serial(async () => {
    const change = new Change(parts.store);
    await holdManifest(change, manifest);
    await updateAccount(change, { manifest: fieldOf(manifest.bytes) });
    await change.commit();
  });
  bob.engine.become({ ...self, manifest });
  await device.hold(manifest);
  return device;
}

/** The device's prekeys are with Bob's relay from now on. */
async function publish(bob: Person, device: Device): Promise<void> {
  const { directoryKey, contactCapability } = bob.engine.parts.self();
  const [line] = bob.engine.online?.hub.lines() ?? [];
  const answer = await line?.connection?.putPreKeys(signPreKeys(directoryKey, capabilityHash(contactCapability), device.pool));
  expect(answer?.ok).toBe(true);
}

async function aliceAndBobWithTelephone() {
  const relay = await townRelay();
  const posted = new Posted();
  const [alice, bob] = [await somebody('Alice', relay.address, posted.tamper), await somebody('Bob', relay.address)];
  await becomeContacts(alice, bob);
  const device = await withTelephone(bob);
  await device.hold(alice.engine.parts.self().manifest);
  await bob.send('Alice', 'I have a telephone now');
  await alice.sees('Bob', (all) => all.length === 1, 'his message');
  const { conversation } = await onlyConversation(alice);
  const telephone = new Telephone(device, bytesOf(currentGeneration(conversation).key));
  return { alice, bob, posted, telephone };
}

test('a device without prekeys keeps nobody from writing to Bob, and is given what it missed once it has some', async () => {
  const { alice, bob, posted, telephone } = await aliceAndBobWithTelephone();
  for (const text of ['one', 'two']) await alice.send('Bob', text);
  await bob.sees('Alice', (all) => all.length === 3, 'both');
  await alice.sees('Bob', (all) => all.slice(1).every(({ state }) => state === 'delivered'), 'that they came');
  expect(await telephone.read(posted)).toEqual([]);
  await publish(bob, telephone.device);
  alice.clock.pass(UPKEEP_MS);
  await until(async () => (await telephone.read(posted)).length === 2, 'the telephone has both');
  await alice.send('Bob', 'three');
  await until(async () => (await telephone.read(posted)).length === 3, 'and what follows');
  expect(telephone.texts).toEqual(['one', 'two', 'three']);
  const three = await bob.sees('Alice', (all) => all.some(({ text }) => text === 'three'), 'all');
  expect(three.map(({ text }) => text)).toEqual(['I have a telephone now', 'one', 'two', 'three']);
  expect((await alice.history('Bob')).map(({ text }) => text)).toEqual(three.map(({ text }) => text));
  expect(await alice.warned()).toEqual(['identity']);
});

test('what a device without a session is owed survives a restart', async () => {
  const { alice, bob, posted, telephone } = await aliceAndBobWithTelephone();
  const { id } = await alice.send('Bob', 'before the restart');
  await alice.settled(id);
  await alice.restart();
  await publish(bob, telephone.device);
  await until(() => alice.engine.online?.hub.lines().some(({ connection }) => connection !== null) ?? false, 'Alice is back');
  alice.clock.pass(UPKEEP_MS);
  await until(async () => (await telephone.read(posted)).length === 1, 'the telephone has it');
  expect(telephone.texts).toEqual(['before the restart']);
});

test('a wrap key that came into use meanwhile is given too, under one that the device has', async () => {
  const { alice, bob, posted, telephone } = await aliceAndBobWithTelephone();
  await alice.send('Bob', 'under the first key');
  alice.clock.wrong = GENERATION_LIFETIME_MS + 1;
  await alice.send('Bob', 'under the second');
  await bob.sees('Alice', (all) => all.length === 3, 'both');
  await publish(bob, telephone.device);
  alice.clock.pass(UPKEEP_MS);
  await until(async () => (await telephone.read(posted)).length === 2, 'the telephone has both');
  expect(telephone.texts).toEqual(['under the first key', 'under the second']);
});

test('Alice can ask Bob although his list names a device without prekeys', async () => {
  const relay = await townRelay();
  const posted = new Posted();
  const [alice, bob] = [await somebody('Alice', relay.address, posted.tamper), await somebody('Bob', relay.address)];
  const device = await withTelephone(bob);
  await Promise.all((bob.engine.online?.homes() ?? []).map((home) => home.refreshManifest()));
  await becomeContacts(alice, bob);
  await alice.send('Bob', 'hello');
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
  await device.hold(alice.engine.parts.self().manifest);
  const { conversation } = await onlyConversation(alice);
  const telephone = new Telephone(device, bytesOf(currentGeneration(conversation).key));
  await publish(bob, device);
  alice.clock.pass(UPKEEP_MS);
  await until(async () => (await telephone.read(posted)).length === 1, 'the telephone has it');
});

test('Bob can accept Alice although her list names a device without prekeys', async () => {
  const relay = await townRelay();
  const [alice, bob] = [await somebody('Alice', relay.address), await somebody('Bob', relay.address)];
  await withTelephone(alice);
  await becomeContacts(alice, bob);
  await bob.send('Alice', 'hello');
  await alice.sees('Bob', (all) => all.length === 1, 'his message');
});

test('a contact without any device that can read is told so at once, as ever', async () => {
  const { alice } = await aliceAndBobWithTelephone();
  const { parts } = alice.engine;
  const { conversation } = await onlyConversation(alice);
  await parts.serial(async () => {
    const change = new Change(parts.store);
    await dropAllSessions(change);
    await change.commit();
  });
  await expect(alice.send('Bob', 'anybody?')).rejects.toMatchObject({ code: 'SESSION_BROKEN' });
  expect(parts.outbox.count(conversation.id)).toBe(0);
});
