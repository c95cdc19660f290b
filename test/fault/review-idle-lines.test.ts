// A line to a relay is kept as long as something needs it, and no longer: who is connected can be seen there.
import { expect, onTestFinished, test } from 'vitest';
import { LINE_REST_MS } from '../../core/peer/online.ts';
import { UPKEEP_MS } from '../../core/peer/upkeep.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { type TownRelay, townRelay } from '../support/people-town.ts';

async function somebody(name: string, relay: TownRelay): Promise<Person> {
  const one = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay.address);
  return one;
}

const portsOf = (person: Person) =>
  (person.engine.online?.hub.lines() ?? []).map(({ address }) => Number(/\/tcp\/(\d+)/.exec(address)?.[1])).sort();

/** Long enough that a line which nobody asked for any more has been looked at. */
function longWhile(person: Person): void {
  for (let ms = 0; ms <= LINE_REST_MS + 2 * UPKEEP_MS; ms += UPKEEP_MS) person.clock.pass(UPKEEP_MS);
}

/** Time passes until one line is left. */
function givesUp(person: Person): Promise<void> {
  return until(() => {
    person.clock.pass(UPKEEP_MS);
    return portsOf(person).length === 1;
  }, `${person.name} gives up a line`);
}

test('Bob gives up his line to Alice’s relay once his answer is in her inbox there; what they share stays', async () => {
  const [hers, his] = [await townRelay(), await townRelay()];
  const [alice, bob] = [await somebody('Alice', hers), await somebody('Bob', his)];
  await becomeContacts(alice, bob);
  expect(portsOf(bob)).toEqual([hers.port, his.port].sort());
  await givesUp(bob);
  expect(portsOf(bob)).toEqual([his.port]);
  longWhile(alice);
  await alice.send('Bob', 'still here?');
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
  await bob.send('Alice', 'yes');
  await alice.sees('Bob', (all) => all.length === 2, 'his');
  expect(portsOf(alice)).toEqual([hers.port, his.port].sort());
});

test('a line is kept as long as a letter waits for it, and given up after', async () => {
  const [hers, his] = [await townRelay(), await townRelay()];
  const [alice, bob] = [await somebody('Alice', hers), await somebody('Bob', his)];
  await alice.add((await bob.invite()).link, 'Bob');
  const { account } = await bob.asked();
  await hers.stop();
  await bob.accept(account, 'Alice');
  await until(() => portsOf(bob).length === 2, 'he tries to reach her relay');
  longWhile(bob);
  await bob.send('Alice', 'are you there?');
  expect(portsOf(bob)).toEqual([hers.port, his.port].sort());
  await hers.start();
  bob.engine.online?.hub.hurry();
  await until(async () => (await alice.contact('Bob'))?.state === 'accepted', 'his answer reaches her');
  await givesUp(bob);
});

test('a line for the conversation with somebody blocked is given up, and back when they are not', async () => {
  const [hers, his] = [await townRelay(), await townRelay()];
  const [alice, bob] = [await somebody('Alice', hers), await somebody('Bob', his)];
  await becomeContacts(alice, bob);
  await alice.engine.setBlocked('Bob', true);
  await givesUp(alice);
  await alice.engine.setBlocked('Bob', false);
  await alice.send('Bob', 'sorry');
  await bob.sees('Alice', (all) => all.length === 1, 'her message');
});
