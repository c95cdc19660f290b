// What one window of Alice hears of what another one does, and what she can know of one message.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type CallName, type CallOutput, calls, event, type PeerEvent } from '../../core/api.ts';
import { unhex } from '../../core/base/bytes.ts';
import { messageDetail } from '../../core/peer/detail.ts';
import { conversationWith } from '../../core/peer/history.ts';
import { fieldOf } from '../../core/peer/records.ts';
import { saveTyped, typed } from '../../core/peer/typed.ts';
import { warn } from '../../core/peer/warnings.ts';
import { Change } from '../../core/store/change.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, type Person } from '../support/people.ts';
import { cast, meetDirectly, say, texts } from '../support/people-direct.ts';
import { townRelay } from '../support/people-town.ts';

/** What the contract lets through of an answer: all of it, or the test fails. */
function asPromised<N extends CallName>(name: N, answer: CallOutput<N>): CallOutput<N> {
  return v.parse(calls[name][1], answer) as CallOutput<N>;
}

const unfinished = async (person: Person) => (await typed(person.engine.parts)).map(({ text }) => text);
const type = (person: Person, who: string, text: string) => saveTyped(person.engine.parts, who, text, person.engine.parts.announce);
const sendTyped = (person: Person, who: string, text: string, id: string | null = null) => person.engine.send(who, text, id, true);

/** What a person's windows were told of this kind, each as the contract promises it. */
function heard<K extends PeerEvent['event']>(person: Person, kind: K): Extract<PeerEvent, { event: K }>[] {
  const told = person.events.filter((one): one is Extract<PeerEvent, { event: K }> => one.event === kind);
  for (const one of told) v.parse(event, one);
  return told;
}

const detailOf = async (person: Person, id: string) =>
  asPromised('detail', await messageDetail(person.engine.parts, person.engine.early, id));

describe('what is being typed', () => {
  it('is told to every window when it changes, and only then', async () => {
    const { alice } = await meetDirectly();
    const account = (await alice.contact('Bob'))?.account;
    alice.events.length = 0;
    await type(alice, 'Bob', 'Dear');
    await type(alice, 'Bob', 'Dear');
    await type(alice, 'Bob', '');
    expect(heard(alice, 'typed')).toMatchObject([
      { account, text: 'Dear' },
      { account, text: '' },
    ]);
  });

  it('goes with the message it became, in one commit: a full disk takes neither, a kill behind the commit takes nothing back', async () => {
    const { alice } = await meetDirectly();
    await type(alice, 'Bob', 'Dear Bob');
    alice.store.failAt(1);
    await expect(sendTyped(alice, 'Bob', 'Dear Bob')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    alice.store.behave();
    expect(await unfinished(alice)).toEqual(['Dear Bob']);
    expect(await texts(alice, 'Bob')).toEqual([]);
    alice.store.stopAt(1, 'after');
    void sendTyped(alice, 'Bob', 'Dear Bob').catch(() => undefined);
    await alice.store.stopped;
    await alice.restart();
    expect(await unfinished(alice)).toEqual([]);
    expect(await texts(alice, 'Bob')).toEqual(['Dear Bob']);
  });

  it('is forgotten also where the message was there already, and stays where it was another text', async () => {
    const { alice } = await meetDirectly();
    const id = 'ab'.repeat(16);
    await alice.send('Bob', 'hello', id);
    await type(alice, 'Bob', 'hello');
    alice.events.length = 0;
    await sendTyped(alice, 'Bob', 'hello', id);
    expect(await texts(alice, 'Bob')).toEqual(['hello']);
    expect(await unfinished(alice)).toEqual([]);
    expect(heard(alice, 'typed')).toMatchObject([{ text: '' }]);
    await type(alice, 'Bob', 'something else');
    await alice.send('Bob', 'from the command line');
    expect(await unfinished(alice)).toEqual(['something else']);
  });

  it('goes with what waits for an answer too', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    await type(alice, 'Bob', 'are you there?');
    alice.store.failAt(1);
    await expect(sendTyped(alice, 'Bob', 'are you there?')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    alice.store.behave();
    expect(await unfinished(alice)).toEqual(['are you there?']);
    expect(await sendTyped(alice, 'Bob', 'are you there?')).toMatchObject({ state: 'queued' });
    expect(await unfinished(alice)).toEqual([]);
    expect(await texts(alice, 'Bob')).toEqual(['are you there?']);
  });
});

describe('what was read', () => {
  it('is told with the number that is left, once for each change', async () => {
    const { alice, bob } = await meetDirectly();
    await say(alice, 'Bob', 'one', 'two');
    await bob.sees('Alice', (all) => all.length === 2, 'both');
    expect(asPromised('conversation', await conversationWith(bob.engine.parts, bob.engine.early, 'Alice'))).toMatchObject({ unread: 2 });
    bob.events.length = 0;
    await bob.markRead('Alice');
    await bob.markRead('Alice');
    const { id } = await conversationWith(bob.engine.parts, bob.engine.early, 'alice');
    expect(heard(bob, 'unread')).toEqual([{ event: 'unread', conversation: id, unread: 0 }]);
  });

  it('is found by the account itself, whatever name Alice gave to somebody else', async () => {
    const { alice } = await meetDirectly();
    const carol = await cast('Carol', { listens: true });
    const account = (await alice.contact('Bob'))?.account ?? '';
    await alice.add((await carol.invite()).link, account);
    expect((await conversationWith(alice.engine.parts, alice.engine.early, account)).with.petname).toBe('Bob');
    expect(await texts(alice, account)).toEqual([]);
  });

  it('of one conversation is asked for by its contact; before there is one it is not found', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    await expect(conversationWith(alice.engine.parts, alice.engine.early, 'Bob')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(conversationWith(alice.engine.parts, alice.engine.early, 'Dave')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a direct connection', () => {
  it('to Bob is told when it opens and when he goes', async () => {
    const { alice, bob } = await meetDirectly();
    await until(async () => (await alice.contact('Bob'))?.direct === true, 'Alice is connected to Bob');
    await until(() => heard(alice, 'contact').at(-1)?.contact.direct === true, 'and was told');
    expect((await conversationWith(alice.engine.parts, alice.engine.early, 'Bob')).with.direct).toBe(true);
    await bob.end();
    await until(() => heard(alice, 'contact').at(-1)?.contact.direct === false, 'Alice is told that he went');
    expect((await alice.contact('Bob'))?.direct).toBe(false);
    await alice.leave();
    await alice.start();
    expect((await alice.contact('Bob'))?.direct).toBe(false);
  });
});

describe('the detail of a message', () => {
  it('that went directly says so, and that no relay has it', async () => {
    const { alice, bob } = await meetDirectly();
    const [sent] = await say(alice, 'Bob', 'hello');
    const id = sent?.id ?? '';
    await until(async () => (await detailOf(alice, id)).path === 'direct', 'Bob took it');
    expect(await detailOf(alice, id)).toMatchObject({ message: { id, provisional: true }, device: 1, relay: null, chain: 'waiting' });
    await bob.sees('Alice', (all) => all.length === 1, 'it');
    expect(await detailOf(bob, id)).toMatchObject({
      message: { direction: 'in' },
      device: 1,
      relay: null,
      path: 'direct',
      chain: 'waiting',
    });
  });

  it('that a relay has names the relay, and the chain once it was read back; a fork that was seen is not hidden', async () => {
    const relay = await townRelay();
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob')]);
    for (const one of [alice, bob]) await one.addRelay(relay.address);
    await becomeContacts(alice, bob);
    const [sent] = await say(alice, 'Bob', 'hello');
    const id = sent?.id ?? '';
    await alice.settled(id);
    expect(await detailOf(alice, id)).toMatchObject({ path: 'relay', relay: relay.address });
    for (const one of [alice, bob]) {
      await until(
        async () => (await messageDetail(one.engine.parts, one.engine.early, id).catch(() => null))?.chain === 'checked',
        'read back',
      );
      expect(await detailOf(one, id)).toMatchObject({
        message: { id, seq: expect.any(Number) },
        device: 1,
        path: 'relay',
        relay: relay.address,
      });
    }
    const conversation = fieldOf(unhex((await detailOf(bob, id)).message.conversation));
    const change = new Change(bob.engine.parts.store);
    warn(bob.engine.parts, change, [], {
      kind: 'fork',
      conversation,
      text: 'Another history was seen.',
      proof: JSON.stringify({ log: 'ff'.repeat(32) }),
    });
    await change.commit();
    expect((await detailOf(bob, id)).chain, 'that was about another log').toBe('checked');
    const second = new Change(bob.engine.parts.store);
    warn(bob.engine.parts, second, [], { kind: 'fork', conversation, text: 'The relay contradicts itself.' });
    await second.commit();
    expect((await detailOf(bob, id)).chain).toBe('differs');
  });

  it('that waits says that it is nowhere yet, and one that is not here is not found', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    const { id } = await alice.send('Bob', 'are you there?');
    expect(await detailOf(alice, id)).toMatchObject({ message: { id, state: 'queued' }, relay: null, path: null, chain: 'waiting' });
    await expect(messageDetail(alice.engine.parts, alice.engine.early, '00'.repeat(16))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
