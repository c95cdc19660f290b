// A backlog: Alice has written to Bob while he was away, and all of it waits at the relay.
import { onTestFinished } from 'vitest';
import type { Store } from '../../core/store/store.ts';
import { until } from './net-wait.ts';
import { becomeContacts, Person } from './people.ts';
import { townRelay } from './people-town.ts';

/** Alice, Bob's disk, and what she said. */
export interface Backlog {
  readonly alice: Person;
  readonly bob: Person;
  /** Conversation id, hex. */
  readonly conversation: string;
  readonly said: readonly string[];
}

async function somebody(name: string, relay: string): Promise<Person> {
  const one = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

/** Bob, who is away and spoke before, so that the ratchet has turned; `count` messages wait for him. */
export async function backlogOf(count: number): Promise<Backlog> {
  const relay = await townRelay();
  const [alice, bob] = [await somebody('Alice', relay.address), await somebody('Bob', relay.address)];
  await becomeContacts(alice, bob);
  await bob.send('Alice', 'Write to me while I am away.');
  await alice.sees('Bob', (messages) => messages.length === 1, "Bob's words");
  await bob.leave();
  const said = Array.from({ length: count }, (_, at) => `${at}: while you were away`);
  await Promise.all(said.map((text) => alice.send('Bob', text)));
  const all = await alice.sees(
    'Bob',
    (messages) => messages.filter(({ state }) => state === 'stored').length === count,
    'all of it stored',
  );
  return { alice, bob, conversation: all[0]?.conversation ?? '', said };
}

/** Bob over a disk, not online yet, with his thread up, so that what waits is opened by it. */
export async function bobOver(disk: Store): Promise<Person> {
  const bob = Person.over('Bob', disk);
  onTestFinished(() => bob.end());
  await bob.start();
  bob.engine.parts.opener.warm();
  await until(() => bob.engine.parts.opener.isUp, "Bob's thread is up");
  return bob;
}

/** What Alice said, as Bob has it. */
export async function heard(bob: Person): Promise<(string | null)[]> {
  return (await bob.history('Alice')).filter(({ direction }) => direction === 'in').map(({ text }) => text);
}
