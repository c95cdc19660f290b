// What a window asks beside reading and sending: unfinished texts, other names, pages forward and the first unread message.
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CallName, type CallOutput, calls, type Message } from '../../core/api.ts';
import { utf8 } from '../../core/base/bytes.ts';
import { history, historyAfter } from '../../core/peer/history.ts';
import { createHome } from '../../core/peer/home.ts';
import { markRead } from '../../core/peer/mark-read.ts';
import { openPeer } from '../../core/peer/peer.ts';
import { rename, setName } from '../../core/peer/rename.ts';
import { saveTyped, typed } from '../../core/peer/typed.ts';
import { firstUnread } from '../../core/peer/unread.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, type Person } from '../support/people.ts';
import { cast, meetDirectly, say, texts } from '../support/people-direct.ts';
import { townRelay } from '../support/people-town.ts';
import { filesWith, temporaryFolder } from '../support/store-files.ts';

/** What the contract lets through of an answer: all of it, or the test fails. */
function asPromised<N extends CallName>(name: N, answer: CallOutput<N>): CallOutput<N> {
  return v.parse(calls[name][1], answer) as CallOutput<N>;
}

function following(person: Person, who: string, limit: number, cursor: string | null) {
  return historyAfter(person.engine.parts, person.engine.early, who, limit, cursor);
}

const textsOf = (messages: readonly Message[]) => messages.map(({ text }) => text);
const unfinished = async (person: Person) => asPromised('typed', await typed(person.engine.parts)).map(({ text }) => text);

describe('what is being typed', () => {
  it('is there again after Alice was killed, with its account and time, until it is empty', async () => {
    const { alice } = await meetDirectly();
    await saveTyped(alice.engine.parts, 'bob', 'Dear B', alice.engine.parts.announce);
    await saveTyped(alice.engine.parts, 'bob', 'Dear Bob,\n', alice.engine.parts.announce);
    const before = alice.clock.now();
    await alice.restart();
    const [only, ...others] = asPromised('typed', await typed(alice.engine.parts));
    expect(only).toMatchObject({ account: (await alice.contact('Bob'))?.account, text: 'Dear Bob,\n' });
    expect(Math.abs((only?.at ?? 0) - before)).toBeLessThan(10_000);
    expect(others).toEqual([]);
    await saveTyped(alice.engine.parts, 'Bob', '', alice.engine.parts.announce);
    await saveTyped(alice.engine.parts, 'Bob', '', alice.engine.parts.announce);
    expect(await unfinished(alice)).toEqual([]);
    await alice.restart();
    expect(await unfinished(alice)).toEqual([]);
  });

  it('is kept for those who have not accepted yet, the newest first, and is never said', async () => {
    const [alice, bob, carol] = await Promise.all([cast('Alice'), cast('Bob', { listens: true }), cast('Carol', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    await alice.add((await carol.invite()).link, 'Carol');
    await saveTyped(alice.engine.parts, 'Bob', 'to Bob', alice.engine.parts.announce);
    alice.clock.wrong += 1_000;
    await saveTyped(alice.engine.parts, 'Carol', 'to Carol', alice.engine.parts.announce);
    expect(await unfinished(alice)).toEqual(['to Carol', 'to Bob']);
    alice.clock.wrong += 1_000;
    await saveTyped(alice.engine.parts, 'Bob', 'to Bob, again', alice.engine.parts.announce);
    expect(await unfinished(alice)).toEqual(['to Bob, again', 'to Carol']);
    await bob.accept((await bob.asked()).account, 'Alice');
    await say(alice, 'Bob', 'hello');
    await until(async () => (await texts(bob, 'Alice')).length > 0, 'Bob hears from Alice');
    expect(await texts(bob, 'Alice')).toEqual(['hello']);
    expect(await unfinished(alice)).toEqual(['to Bob, again', 'to Carol']);
    await expect(saveTyped(alice.engine.parts, 'Dave', 'who?', alice.engine.parts.announce)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps every text when several are saved at once', async () => {
    const [alice, bob, carol] = await Promise.all([cast('Alice'), cast('Bob', { listens: true }), cast('Carol', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    await alice.add((await carol.invite()).link, 'Carol');
    const saved = ['B', 'Bo', 'Bob'].flatMap((text) => [
      saveTyped(alice.engine.parts, 'Bob', text, alice.engine.parts.announce),
      saveTyped(alice.engine.parts, 'Carol', `${text}?`, alice.engine.parts.announce),
    ]);
    await Promise.all(saved);
    expect((await unfinished(alice)).toSorted()).toEqual(['Bob', 'Bob?']);
  });

  it('has an end that the contract names', () => {
    const [input] = calls.saveTyped;
    expect(v.is(input, { who: 'bob', text: 'x'.repeat(131_072) })).toBe(true);
    expect(v.is(input, { who: 'bob', text: 'x'.repeat(131_073) })).toBe(false);
  });
});

describe('a home on a real disk', () => {
  it('holds nothing of what is being typed in clear, and answers it and the new name through the contract', async () => {
    const folder = temporaryFolder();
    const [home, other] = [join(folder, 'alice'), join(folder, 'bob')];
    await createHome(home, { name: 'Alice', passphrase: null });
    await createHome(other, { name: 'Bob', passphrase: null });
    const open = (at: string, listen: string[]) => openPeer({ home: at, passphrase: null, listen, online: true });
    const bob = await open(other, ['/ip4/127.0.0.1/tcp/0/ws']);
    onTestFinished(() => bob.close());
    const { link } = await bob.api.createInvite({ public: false, expiresInMs: 0 });
    const alice = await open(home, []);
    await alice.api.addContact({ link, petname: 'Bob' });
    const secret = 'under the old lighthouse';
    await alice.api.saveTyped({ who: 'Bob', text: secret });
    expect(asPromised('setName', await alice.api.setName({ name: 'Alice of Oz' })).name).toBe('Alice of Oz');
    expect(asPromised('rename', await alice.api.rename({ who: 'Bob', petname: 'Robert' })).petname).toBe('Robert');
    expect(asPromised('firstUnread', await alice.api.firstUnread({ who: 'Robert' }))).toEqual({ cursor: null });
    expect(asPromised('historyAfter', await alice.api.historyAfter({ who: 'Robert', limit: 9, after: null })).messages).toEqual([]);
    await alice.close();
    expect(filesWith(folder, utf8(secret))).toEqual([]);
    const again = await openPeer({ home, passphrase: null, online: false });
    onTestFinished(() => again.close());
    expect(asPromised('typed', await again.api.typed({}))).toMatchObject([{ text: secret }]);
    expect((await again.api.identity({})).name).toBe('Alice of Oz');
  });
});

describe('another name', () => {
  it('for Bob is told to the window, and found by; the old one is free', async () => {
    const { alice } = await meetDirectly();
    const bob = await alice.contact('Bob');
    alice.events.length = 0;
    const renamed = asPromised('rename', await rename(alice.engine.parts, 'bob', 'Robert'));
    expect(renamed).toEqual({ ...bob, petname: 'Robert' });
    expect(alice.events).toContainEqual({ event: 'contact', contact: renamed });
    await expect(texts(alice, 'Bob-by-mistake')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await texts(alice, 'robert')).toEqual([]);
    expect((await rename(alice.engine.parts, renamed.account, null)).petname).toBeNull();
    expect(await alice.contact('Robert')).toBeNull();
  });

  it('that Carol has already is refused, however it is written; his own in other letters is not', async () => {
    const { alice, bob } = await meetDirectly();
    const carol = await cast('Carol', { listens: true });
    await alice.add((await carol.invite()).link, 'Carol');
    await expect(rename(alice.engine.parts, 'Bob', 'cAROL')).rejects.toMatchObject({ code: 'ALREADY' });
    expect((await alice.contact(bob.name))?.petname).toBe('Bob');
    expect((await rename(alice.engine.parts, 'Bob', 'BOB')).petname).toBe('BOB');
    await expect(rename(alice.engine.parts, 'Bob', 'B\u202eob')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const both = ['Bob', 'Carol'].map((who) => rename(alice.engine.parts, who, 'Darling'));
    expect((await Promise.allSettled(both)).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('of Alice goes out with her next request, and is hers after a restart', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await setName(alice.engine, 'Alice Liddell');
    await alice.add((await bob.invite()).link, 'Bob');
    expect((await bob.asked()).claimedName).toBe('Alice Liddell');
    await alice.restart();
    expect(alice.engine.parts.self().name).toBe('Alice Liddell');
    for (const bad of ['', ' ', 'A\nB', 'x'.repeat(65), 'A\u202eecilA', '\u2067A', 'A\u200f'])
      await expect(setName(alice.engine, bad)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(alice.engine.parts.self().name).toBe('Alice Liddell');
  });
});

describe('pages forward', () => {
  it('show everything once and in order, in pages of any size', async () => {
    const { alice, bob } = await meetDirectly();
    const said = Array.from({ length: 7 }, (_, n) => `m${n}`);
    await say(alice, 'Bob', ...said);
    await until(async () => (await texts(bob, 'Alice')).length === said.length, 'Bob hears all');
    for (const limit of [1, 2, 3, 7, 8]) {
      const read: (string | null)[] = [];
      let cursor: string | null = null;
      do {
        const page: CallOutput<'historyAfter'> = asPromised('historyAfter', await following(bob, 'Alice', limit, cursor));
        expect(page.messages.length).toBeLessThanOrEqual(limit);
        read.push(...textsOf(page.messages));
        cursor = page.after;
      } while (cursor !== null);
      expect(read, `by ${limit}`).toEqual(said);
    }
    await expect(following(bob, 'Alice', 1, 'nonsense')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('meet those backward at the first unread message, which moves as Bob reads', async () => {
    const { alice, bob } = await meetDirectly();
    const all = ['one', 'two', 'three', 'four'];
    for (const text of all) await say(alice, 'Bob', text);
    const heard = await bob.sees('Alice', (messages) => messages.length === all.length, 'all four');
    await markRead(bob.engine.parts, 'Alice', heard[1]?.id ?? null, bob.engine.parts.announce);
    await say(bob, 'Alice', 'mine');
    const { cursor } = asPromised('firstUnread', { cursor: await firstUnread(bob.engine.parts, 'Alice') });
    expect(textsOf((await history(bob.engine.parts, bob.engine.early, 'Alice', 9, cursor)).messages)).toEqual(['one', 'two']);
    expect(textsOf((await following(bob, 'Alice', 9, cursor)).messages)).toEqual(['three', 'four', 'mine']);
    const { before } = await history(bob.engine.parts, bob.engine.early, 'Alice', 2, null);
    expect(textsOf((await following(bob, 'Alice', 9, before)).messages), 'cursors of history fit').toEqual(['four', 'mine']);
    await bob.markRead('Alice');
    expect(await firstUnread(bob.engine.parts, 'Alice')).toBeNull();
    await alice.sees('Bob', (messages) => textsOf(messages).includes('mine'), 'what Bob said');
    const hers = await firstUnread(alice.engine.parts, 'Bob');
    expect(textsOf((await following(alice, 'Bob', 9, hers)).messages)).toEqual(['mine']);
  });

  it('begin behind what Bob read of messages that a relay put in order', async () => {
    const relay = await townRelay();
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob')]);
    for (const one of [alice, bob]) await one.addRelay(relay.address);
    await becomeContacts(alice, bob);
    for (const text of ['one', 'two', 'three', 'four']) await say(alice, 'Bob', text);
    const heard = await bob.sees('Alice', (all) => all.length === 4 && all.every(({ seq }) => seq !== null), 'all four, in their order');
    await markRead(bob.engine.parts, 'Alice', heard[2]?.id ?? null, bob.engine.parts.announce);
    const cursor = await firstUnread(bob.engine.parts, 'Alice');
    expect(textsOf((await following(bob, 'Alice', 9, cursor)).messages)).toEqual(['four']);
    expect((await history(bob.engine.parts, bob.engine.early, 'Alice', 1, cursor)).messages).toEqual([{ ...heard[2], state: 'read' }]);
    await bob.markRead('Alice');
    expect(await firstUnread(bob.engine.parts, 'Alice')).toBeNull();
  });

  it('show what waits until Bob accepts', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    for (const text of ['a', 'b', 'c']) await say(alice, 'Bob', text);
    const first = await following(alice, 'Bob', 2, null);
    expect(textsOf(first.messages)).toEqual(['a', 'b']);
    expect(await following(alice, 'Bob', 2, first.after)).toMatchObject({ messages: [{ text: 'c', state: 'queued' }], after: null });
    expect(await firstUnread(alice.engine.parts, 'Bob')).toBeNull();
  });
});

describe('a request that nobody could answer', () => {
  it('is not sent: Alice, who has no relay and takes no connections, is told before Bob hears of her', async () => {
    const relay = await townRelay();
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob')]);
    await bob.addRelay(relay.address);
    const { link } = await bob.invite();
    await expect(alice.add(link, 'Bob')).rejects.toThrow(expect.objectContaining({ code: 'OFFLINE' }));
    expect(await alice.contact('Bob')).toBeNull();
    await alice.addRelay(relay.address);
    await alice.add(link, 'Bob');
    await bob.asked();
  });
});
