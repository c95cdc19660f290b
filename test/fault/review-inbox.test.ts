// An inbox that lost letters or shows others than before (C5, H1): Bob is told once, and what the relay has now is read.
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/net-wait.ts';
import { Person } from '../support/people.ts';
import { type TownRelay, townRelay } from '../support/people-town.ts';

async function arrive(name: string, relay: TownRelay): Promise<Person> {
  const person = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => person.end());
  await person.addRelay(relay.address);
  return person;
}

async function asks(name: string, relay: TownRelay, link: string): Promise<void> {
  await (await arrive(name, relay)).add(link, 'Bob');
}

async function isAsked(bob: Person, times: number): Promise<void> {
  await until(async () => (await bob.requests()).length === times, `Bob was asked by ${times}`);
}

/** Bob has taken Alice's and Carol's requests, of which his relay, back from a backup, knows nothing; he is away. */
async function afterBackup() {
  const relay = await townRelay();
  const bob = await arrive('Bob', relay);
  const { link } = await bob.invite(true);
  const copy = await relay.backup();
  await asks('Alice', relay, link);
  await asks('Carol', relay, link);
  await isAsked(bob, 2);
  await bob.sync();
  await bob.kill();
  await relay.restore(copy);
  return { relay, bob, link };
}

test('Bob is told that his relay lost letters he has, once, and the next letter reaches him', async () => {
  const { relay, bob, link } = await afterBackup();
  await (await bob.start()).goOnline();
  await until(async () => (await bob.warnings()).length > 0, 'Bob is told');
  await asks('Dora', relay, link);
  await isAsked(bob, 3);
  await bob.restart();
  await bob.sync();
  const warnings = await bob.warnings();
  expect(warnings.map(({ kind, conversation }) => [kind, conversation])).toEqual([['restored', null]]);
  expect(warnings[0]?.text).toContain('letters');
});

test('Bob is told that his relay shows other letters than before, once, and reads them', async () => {
  const { relay, bob, link } = await afterBackup();
  await asks('Dora', relay, link);
  await asks('Erin', relay, link);
  await (await bob.start()).goOnline();
  await isAsked(bob, 4);
  await bob.restart();
  await bob.sync();
  expect((await bob.warnings()).map(({ kind, conversation }) => [kind, conversation])).toEqual([['fork', null]]);
});
