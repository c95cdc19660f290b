// A relay that leaves out, repeats, reorders, equivocates, withholds, turns its clock back or comes back from an old backup: noticed and named.
import { describe, expect, it, onTestFinished } from 'vitest';

import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { Entries, RelayConnection } from '../../core/net/relay-connection.ts';
import { cursorOf } from '../../core/peer/chain-check.ts';
import { saveConversation } from '../../core/peer/conversations.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { repair } from '../../core/peer/repair.ts';
import { Change } from '../../core/store/change.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { LyingRelay, showing } from '../support/people-relay.ts';
import { type TownRelay, townRelay } from '../support/people-town.ts';
import { rest, stillTalk, verdict } from '../support/people-verdict.ts';
import { onlyConversation } from '../support/review-log.ts';

interface Scene {
  readonly relay: TownRelay;
  readonly alice: Person;
  readonly bob: Person;
  /** What Bob is told by his relay. */
  readonly liar: LyingRelay;
  readonly said: { alice: string[]; bob: string[] };
}

async function arrive(name: string, address: string, liar?: LyingRelay): Promise<Person> {
  const person = await (await (await Person.create(name, liar === undefined ? {} : { tamper: liar.tamper })).start()).goOnline();
  onTestFinished(() => person.end());
  await person.addRelay(address);
  return person;
}

/** Alice and Bob, who have said three things each. */
async function scene(): Promise<Scene> {
  const relay = await townRelay();
  const liar = new LyingRelay();
  const alice = await arrive('Alice', relay.address);
  const bob = await arrive('Bob', relay.address, liar);
  await becomeContacts(alice, bob);
  const said = { alice: [] as string[], bob: [] as string[] };
  const set = { relay, alice, bob, liar, said };
  await talk(set, 3);
  await rest(alice, bob);
  return set;
}

async function talk({ alice, bob, said }: Scene, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await say(alice, 'Bob', said.alice);
    await say(bob, 'Alice', said.bob);
  }
}

async function say(from: Person, to: string, said: string[]): Promise<void> {
  said.push((await from.send(to, `${from.name} ${said.length + 1}`)).text ?? '');
}

async function warned(person: Person, kind: string): Promise<void> {
  await until(async () => (await person.warned()).includes(kind), `${person.name} is warned: ${kind}`);
}

describe('Bob notices a relay that contradicts itself, and gets everything once it is honest', () => {
  const lies: Record<string, (run: Entries, give: (run: Entries) => void) => void> = {
    'leaves out an entry': (run, give) => run.entries.length > 0 && give({ ...run, entries: run.entries.slice(1) }),
    'numbers an entry wrongly': (run, give) => give({ ...run, entries: run.entries.map((entry) => ({ ...entry, seq: entry.seq + 1 })) }),
    'turns its clock back': (run, give) => give({ ...run, entries: run.entries.map((entry) => ({ ...entry, time: 1 })) }),
    'stamps another time than it signed': (run, give) =>
      give({ ...run, entries: run.entries.map((entry) => ({ ...entry, time: entry.time + 1 })) }),
    'hands out other bytes than it signed': (run, give) =>
      give({ ...run, entries: run.entries.map((entry) => ({ ...entry, envelope: random(1_024) })) }),
  };
  it.each(Object.entries(lies))('%s', async (_what, lie) => {
    const set = await scene();
    set.liar.lie = lie;
    await say(set.alice, 'Bob', set.said.alice);
    await say(set.alice, 'Bob', set.said.alice);
    await warned(set.bob, 'fork');
    set.liar.lie = null;
    await set.liar.hangUp();
    await rest(set.alice, set.bob);
    await verdict(set.alice, set.bob, set.said);
    await stillTalk(set.alice, set.bob);
    expect(await set.alice.warned()).toEqual([]);
  });
});

it('A relay that leaves out letters of his inbox is named, and Bob is asked once it is honest', async () => {
  const relay = await townRelay();
  const liar = new LyingRelay();
  const [alice, carol, bob] = [
    await arrive('Alice', relay.address),
    await arrive('Carol', relay.address),
    await arrive('Bob', relay.address, liar),
  ];
  liar.inboxLie = (run, give) => give({ ...run, entries: run.entries.map((entry) => ({ ...entry, seq: entry.seq + 1 })) });
  const [one, two] = [await bob.invite(), await bob.invite()];
  await alice.add(one.link, 'Bob');
  await warned(bob, 'fork');
  expect(await bob.requests()).toEqual([]);
  liar.inboxLie = null;
  await carol.add(two.link, 'Bob');
  await rest(bob);
  await until(async () => (await bob.requests()).length === 2, 'both ask Bob');
});

it('A relay that changes its history without end is told so at last, and left alone', async () => {
  const set = await scene();
  const { conversation, home } = await onlyConversation(set.bob);
  const { parts } = set.bob.engine;
  const change = new Change(parts.store);
  saveConversation(change, { ...conversation, repairs: 64 });
  await change.commit();
  const before = (await set.bob.history('Alice')).length;
  const head = async () => ({ ok: false as const, refusal: { name: 'NOT_FOUND' as const, detail: '', retryAfter: 0, head: null } });
  const connection = { head } as unknown as RelayConnection;
  const cursor = await cursorOf(parts.store, home.log);
  expect(await repair(parts, { conversation: conversation.id, epoch: home, connection, handle: 1, cursor, name: 'FORK', head: null })).toBe(
    false,
  );
  expect(await set.bob.warned()).toEqual(['fork']);
  expect((await set.bob.history('Alice')).length).toBe(before);
});

it('A relay that pushes everything twice, and out of its order, doubles and mixes nothing', async () => {
  const set = await scene();
  let held: Entries | null = null;
  set.liar.lie = (run, give) => {
    give(run);
    if (held !== null) give(held);
    give(run);
    held = run;
  };
  await talk(set, 5);
  await rest(set.alice, set.bob);
  await verdict(set.alice, set.bob, set.said);
  expect([...(await set.alice.warned()), ...(await set.bob.warned())]).toEqual([]);
});

it('A relay that shows Bob another entry than Alice, with a chain that fits, is found out by both', async () => {
  const set = await scene();
  const { home } = await onlyConversation(set.bob);
  const cursor = await cursorOf(set.bob.engine.parts.store, home.log);
  const victim = cursor.seq + 1;
  const start = { log: bytesOf(home.log), chain: bytesOf(cursor.chain) };
  set.liar.lie = showing(start, (entry) => (entry.seq === victim ? { ...entry, envelope: broken(entry.envelope) } : entry));
  await say(set.alice, 'Bob', set.said.alice);
  await say(set.alice, 'Bob', set.said.alice);
  await set.bob.sees('Alice', (all) => all.some(({ text }) => text === 'Alice 5'), 'what came after the exchanged entry');
  await warned(set.alice, 'fork');
  await set.alice.send('Bob', 'do you see what I see?');
  set.said.alice.push('do you see what I see?');
  await warned(set.bob, 'fork');
  set.liar.lie = null;
  await set.liar.hangUp();
  await rest(set.alice, set.bob);
  await verdict(set.alice, set.bob, set.said);
});

it('A relay that withholds the newest from Bob is named after a minute of being behind', async () => {
  const set = await scene();
  set.liar.lie = () => undefined;
  await say(set.alice, 'Bob', set.said.alice);
  await rest(set.alice);
  // Alice's receipt tells how far she is; it comes through the slots, which still pass.
  await set.alice.markRead('Bob');
  const before = set.bob.events.length;
  await set.alice.sync();
  await until(() => {
    set.bob.clock.pass(1_000);
    return set.bob.events.length > before && set.bob.events.some((event) => event.event === 'warning');
  }, 'Bob is warned');
  await warned(set.bob, 'withheld');
  set.liar.lie = null;
  await set.liar.hangUp();
  await rest(set.alice, set.bob);
  await verdict(set.alice, set.bob, set.said);
});

it('A receipt that is faster than the entry it speaks of is no withholding', async () => {
  const set = await scene();
  let go: (() => void)[] = [];
  set.liar.lie = (run, give) => void go.push(() => give(run));
  await say(set.bob, 'Alice', set.said.bob);
  await set.alice.sees('Bob', (all) => all.length === 7, "Bob's word");
  await set.alice.sync();
  await until(async () => (await set.bob.history('Alice')).length === 7, 'the slot came');
  await set.bob.engine.parts.serial(async () => undefined);
  for (const give of go) give();
  go = [];
  set.liar.lie = null;
  await rest(set.alice, set.bob);
  await verdict(set.alice, set.bob, set.said);
  set.bob.clock.pass(59_000);
  set.bob.clock.pass(59_000);
  await set.bob.engine.parts.serial(async () => undefined);
  await stillTalk(set.alice, set.bob);
  expect(await set.bob.warned()).toEqual([]);
});

describe('A relay that comes back from an old backup', () => {
  it('is recognised by both, and nothing is lost or doubled', async () => {
    const set = await scene();
    const backup = await set.relay.backup();
    await rest(set.alice, set.bob);
    await talk(set, 5);
    await rest(set.alice, set.bob);
    await set.relay.restore(backup);
    await rest(set.alice, set.bob);
    await warned(set.alice, 'restored');
    const repaired = async () => (await set.bob.warned()).some((kind) => kind === 'restored' || kind === 'fork');
    await until(repaired, 'Bob is warned');
    await rest(set.alice, set.bob);
    await sameSettled(set);
    await stillTalk(set.alice, set.bob);
  });

  it('with a wrap key, a list of devices and read marks made since', async () => {
    const set = await scene();
    const other = await townRelay();
    const backup = await set.relay.backup();
    await rest(set.alice, set.bob);
    set.alice.clock.wrong = 8 * 86_400_000;
    await talk(set, 2);
    await set.alice.addRelay(other.address);
    await talk(set, 2);
    await set.alice.markRead('Bob');
    await set.bob.markRead('Alice');
    await rest(set.alice, set.bob);
    await set.relay.restore(backup);
    await rest(set.bob, set.alice);
    await rest(set.alice, set.bob);
    await sameSettled(set);
    await stillTalk(set.alice, set.bob);
    for (const person of [set.alice, set.bob])
      expect(
        (await person.history(person === set.alice ? 'Bob' : 'Alice')).filter(({ text }) => text === null),
        'everything opened',
      ).toEqual([]);
  });

  it('while Bob was away the whole time', async () => {
    const set = await scene();
    const backup = await set.relay.backup();
    await rest(set.alice, set.bob);
    await set.bob.kill();
    for (let n = 0; n < 4; n += 1) await say(set.alice, 'Bob', set.said.alice);
    await rest(set.alice);
    await set.relay.restore(backup);
    await rest(set.alice);
    await warned(set.alice, 'restored');
    await (await set.bob.start()).goOnline();
    await rest(set.alice, set.bob);
    await verdict(set.alice, set.bob, set.said);
    await stillTalk(set.alice, set.bob);
  });
});

it('An envelope for Bob that the relay shows in the conversation with Carol still reaches Bob, once', async () => {
  const relay = await townRelay();
  const liar = new LyingRelay();
  const alice = await arrive('Alice', relay.address, liar);
  const [bob, carol] = [await arrive('Bob', relay.address), await arrive('Carol', relay.address)];
  await becomeContacts(alice, bob);
  await rest(alice, bob);
  const [withBob] = [...liar.push.keys()];
  await becomeContacts(alice, carol);
  await rest(alice, carol);
  const withCarol = [...liar.push.keys()].find((log) => log !== withBob) ?? '';
  const held: (() => void)[] = [];
  liar.lie = (run, give) => {
    liar.push.get(withCarol)?.(...run.entries.map(({ envelope }) => envelope));
    held.push(() => give(run));
  };
  await alice.send('Bob', 'for Bob alone');
  await until(() => held.length > 0, 'the relay has it');
  await alice.engine.parts.serial(async () => undefined);
  for (const give of held) give();
  liar.lie = null;
  const [mine] = await alice.sees('Bob', (all) => all[0]?.seq === 1, 'her word stamped');
  expect(mine).toMatchObject({ text: 'for Bob alone', seq: 1 });
  await bob.sees('Alice', (all) => all.length === 1, 'it');
  await until(async () => (await alice.history('Bob'))[0]?.state === 'delivered', 'it is delivered');
  expect(alice.engine.parts.outbox.size).toBe(0);
});

/** Bytes whose wrap names the right key and does not open. */
function broken(envelope: Uint8Array): Bytes {
  return Uint8Array.from(envelope, (byte, at) => (at === envelope.length - 1 ? byte ^ 1 : byte));
}

/** Both show the same messages in the same settled order, each once. */
async function sameSettled({ alice, bob, said }: Scene): Promise<void> {
  await until(async () => {
    const all = [...(await alice.history('Bob')), ...(await bob.history('Alice'))];
    return all.every(({ seq, provisional }) => seq !== null && !provisional);
  }, 'everything has its stamp again');
  await verdict(alice, bob, said);
}
