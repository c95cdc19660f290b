// A conversation without a relay gets one: its history is carried there in its order, once, whoever adds it and whoever dies meanwhile.
import { describe, expect, it } from 'vitest';
import { findContact } from '../../core/peer/contacts.ts';
import { homeOf, loadConversation } from '../../core/peer/conversations.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { cast, meetDirectly, sameOrder, say, settledOrder } from '../support/people-direct.ts';
import { twoRelays } from '../support/people-town.ts';
import { rest, stillTalk } from '../support/people-verdict.ts';
import { bySize } from '../support/size.ts';
import type { Moment } from '../support/store-faulty.ts';

/** Every how many commits the story stops. */
const STRIDE = bySize({ usual: 12, full: 6, slow: 1 });

const town = twoRelays();

const numbers = Array.from({ length: 8 }, (_, n) => n);

/** Both have said eight things without a relay; answers them in the order that both saw. */
async function talk(alice: Person, bob: Person): Promise<string[]> {
  await Promise.all([say(alice, 'Bob', ...numbers.map((n) => `a${n}`)), say(bob, 'Alice', ...numbers.map((n) => `b${n}`))]);
  return (await sameOrder(alice, bob, 16)).map(String);
}

async function bothSettled(alice: Person, bob: Person, count: number): Promise<string[]> {
  const [hers, his] = await Promise.all([settledOrder(alice, 'Bob', count), settledOrder(bob, 'Alice', count)]);
  expect(hers).toEqual(his);
  return hers.map((line) => line.slice(line.indexOf(' ') + 1));
}

describe('a relay added to a conversation without one', () => {
  it.each(['Alice', 'Bob'] as const)('by %s takes the history in its order, then what is new', async (who) => {
    const { alice, bob } = await meetDirectly();
    const before = await talk(alice, bob);
    await (who === 'Alice' ? alice : bob).addRelay(town.relay);
    expect(await bothSettled(alice, bob, 16)).toEqual(before);
    await Promise.all([say(alice, 'Bob', 'new from Alice'), say(bob, 'Alice', 'new from Bob')]);
    const after = await bothSettled(alice, bob, 18);
    expect(after.slice(0, 16)).toEqual(before);
    await rest(alice, bob);
    await stillTalk(alice, bob);
    expect([await alice.warned(), await bob.warned()]).toEqual([[], []]);
  });

  it('by both at once ends in one log, the same for both', async () => {
    const { alice, bob } = await meetDirectly();
    const before = await talk(alice, bob);
    await Promise.all([alice.addRelay(town.relay), bob.addRelay(town.second)]);
    expect(await bothSettled(alice, bob, 16)).toEqual(before);
    expect(await homeLog(alice, 'Bob')).toBe(await homeLog(bob, 'Alice'));
    await rest(alice, bob);
    await stillTalk(alice, bob);
    expect([await alice.warned(), await bob.warned()]).toEqual([[], []]);
  });

  it('while the other is away: nothing is carried before it has answered, and then everything', async () => {
    const { alice, bob } = await meetDirectly();
    const before = await talk(alice, bob);
    await alice.leave();
    await bob.addRelay(town.relay);
    await say(bob, 'Alice', 'with a relay now');
    expect((await bob.history('Alice')).filter(({ seq }) => seq !== null)).toEqual([]);
    await (await alice.start()).goOnline();
    await say(alice, 'Bob', 'good');
    const after = await bothSettled(alice, bob, 18);
    expect(after.slice(0, 16)).toEqual(before);
  });

  it('writing goes on meanwhile, and nothing is lost or doubled', async () => {
    const { alice, bob } = await meetDirectly();
    const before = await talk(alice, bob);
    const more = numbers.map((n) => n + 8);
    await Promise.all([
      bob.addRelay(town.relay),
      say(alice, 'Bob', ...more.map((n) => `a${n}`)),
      say(bob, 'Alice', ...more.map((n) => `b${n}`)),
    ]);
    const after = await bothSettled(alice, bob, 32);
    expect(after.slice(0, 16)).toEqual(before);
    for (const name of ['a', 'b']) {
      const own = after.filter((text) => text.startsWith(name));
      expect(own).toEqual([...numbers, ...more].map((n) => `${name}${n}`));
    }
  });

  it('by one who is asked: what was said before is carried when the one who asked has a relay', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await alice.addRelay(town.relay);
    await becomeContacts(alice, bob);
    await Promise.all([say(alice, 'Bob', 'one'), say(bob, 'Alice', 'two')]);
    expect(await bothSettled(alice, bob, 2)).toHaveLength(2);
  });
});

async function homeLog(person: Person, who: string): Promise<string> {
  const { conversation } = await findContact(person.engine.parts.store, who);
  return homeOf(await loadConversation(person.engine.parts.store, conversation ?? ''))?.log ?? 'none';
}

describe.each(['Alice', 'Bob'] as const)('%s', (who) => {
  it.each(['before', 'after'] as const)(
    'dies %s any commit of it: the history still stands in its order, once',
    async (moment) => {
      const commits = await carryStopped(who, null, moment);
      const offset = 1 + (who === 'Alice' ? STRIDE >> 1 : 0) + (moment === 'before' ? 1 : 0);
      for (let n = Math.min(offset, commits); n <= commits; n += STRIDE) await carryStopped(who, n, moment);
    },
    bySize({ usual: 120_000, full: 120_000, slow: 900_000 }),
  );
});

/** Bob adds a relay, and `who` dies at the n-th commit from then on, or never; answers how many commits there were. */
async function carryStopped(who: 'Alice' | 'Bob', n: number | null, moment: Moment): Promise<number> {
  const [alice, bob] = await Promise.all([Person.create('Alice'), Person.create('Bob', { listens: true })]);
  try {
    await Promise.all([alice.start(), bob.start()]);
    await Promise.all([alice.goOnline(), bob.goOnline()]);
    await becomeContacts(alice, bob);
    const before = await talk(alice, bob);
    const mortal = who === 'Alice' ? alice : bob;
    const first = mortal.store.commits;
    if (n !== null) mortal.store.stopAt(n, moment);
    void bob.addRelay(town.relay).catch(() => undefined);
    // No two runs have quite the same commits: one that comes to its end before it was stopped is a run as well.
    const carried = bothSettled(alice, bob, 16).then(
      () => 'carried',
      () => 'not carried',
    );
    const end = await Promise.race([carried, mortal.store.stopped.then(() => 'stopped')]);
    const commits = mortal.store.commits - first;
    if (end !== 'stopped') mortal.store.behave();
    if (mortal.hasStopped) {
      await mortal.restart();
      await bob.addRelay(town.relay);
    }
    await Promise.all([say(alice, 'Bob', 'last of Alice'), say(bob, 'Alice', 'last of Bob')]);
    const after = await bothSettled(alice, bob, 18);
    expect(after.slice(0, 16), `${who} stopped ${moment} commit ${n}`).toEqual(before);
    await rest(alice, bob);
    expect([await alice.warned(), await bob.warned()], 'no false alarm').toEqual([[], []]);
    return commits;
  } catch (error) {
    throw new Error(`${who} stopped ${moment} commit ${n}: ${String(error)}`, { cause: error });
  } finally {
    await Promise.all([alice.end(), bob.end()]);
  }
}
