// Without any relay: first contact, talk, receipts, one order; and who is answered nothing.
import { describe, expect, it } from 'vitest';
import { random } from '../../core/base/clock.ts';
import type { Discovery, OnFound } from '../../core/net/discovery.ts';
import { carriedAfter } from '../../core/peer/carry-records.ts';
import { findContact } from '../../core/peer/contacts.ts';
import { loadConversation } from '../../core/peer/conversations.ts';
import { revokeInvite } from '../../core/peer/invites.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { decodeLink } from '../../core/wire/link.ts';
import { until, within } from '../support/net-wait.ts';
import { PATIENCE, Person } from '../support/people.ts';
import { addressOf, cast, meetDirectly, sameOrder, say, strangerAt, texts } from '../support/people-direct.ts';

const nowhere = random(16);

async function conversationOf(person: Person, who: string): Promise<Uint8Array<ArrayBuffer>> {
  const { conversation } = await findContact(person.engine.parts.store, who);
  return bytesOf(conversation ?? '');
}

describe('two people without a relay', () => {
  it('meet over a link, talk both ways, and see what arrived and what was read', async () => {
    const { alice, bob } = await meetDirectly();
    const [hello] = await say(alice, 'Bob', 'hello Bob');
    const [settled] = await alice.settled(hello?.id ?? '');
    expect(settled).toMatchObject({ state: 'delivered', epoch: 0, seq: null, provisional: true });
    await say(bob, 'Alice', 'hello Alice');
    expect(await sameOrder(alice, bob, 2)).toEqual(['hello Bob', 'hello Alice']);
    await bob.markRead('Alice');
    await alice.sees('Bob', (all) => all.some(({ direction, state }) => direction === 'out' && state === 'read'), 'that Bob read it');
    expect(await alice.sync()).toMatchObject({ complete: true, waiting: 0 });
  });

  it('see one order when both write at once', async () => {
    const { alice, bob } = await meetDirectly();
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all([say(alice, 'Bob', ...numbers.map((n) => `a${n}`)), say(bob, 'Alice', ...numbers.map((n) => `b${n}`))]);
    const order = await sameOrder(alice, bob, 40);
    for (const name of ['a', 'b']) {
      expect(
        order.filter((text) => text?.startsWith(name)),
        'each in the order of its author',
      ).toEqual(numbers.map((n) => `${name}${n}`));
    }
  });

  it('keep what was said before the answer, and while the other was away', async () => {
    const [alice, bob] = await Promise.all([cast('Alice'), cast('Bob', { listens: true })]);
    const { link } = await bob.invite();
    await alice.add(link, 'Bob');
    await say(alice, 'Bob', 'before you answer');
    const { account } = await bob.asked();
    await alice.leave();
    await bob.accept(account, 'Alice');
    await say(bob, 'Alice', 'while you are away');
    expect(await bob.sync(200), 'nobody to give it to').toMatchObject({ complete: false, waiting: 2 });
    await (await alice.start()).goOnline();
    expect((await sameOrder(alice, bob, 2)).toSorted()).toEqual(['before you answer', 'while you are away']);
  });

  it('go on after both were killed, each once', async () => {
    const { alice, bob } = await meetDirectly();
    await say(alice, 'Bob', 'one');
    await sameOrder(alice, bob, 1);
    await Promise.all([alice.restart(), bob.restart()]);
    await Promise.all([say(alice, 'Bob', 'one', 'two'), say(bob, 'Alice', 'three')]);
    expect((await sameOrder(alice, bob, 3)).toSorted()).toEqual(['one', 'three', 'two']);
    expect([await alice.warned(), await bob.warned()]).toEqual([[], []]);
  });

  it('keep one connection when both can dial', async () => {
    const [alice, bob] = await Promise.all([cast('Alice', { listens: true }), cast('Bob', { listens: true })]);
    const { link } = await bob.invite();
    await alice.add(link, 'Bob');
    await bob.accept((await bob.asked()).account, 'Alice');
    await until(async () => (await alice.contact('Bob'))?.state === 'accepted', 'the answer comes');
    await Promise.all([alice.restart(), bob.restart()]);
    await Promise.all([say(alice, 'Bob', 'a'), say(bob, 'Alice', 'b')]);
    expect(await sameOrder(alice, bob, 2)).toHaveLength(2);
    await Promise.all([alice.sync(), bob.sync()]);
    await say(alice, 'Bob', 'c');
    expect(await sameOrder(alice, bob, 3)).toHaveLength(3);
  });

  it('find each other on the local network when the address they knew is no more', async () => {
    let tell: OnFound = () => undefined;
    const discovery: Discovery = {
      start: async (onFound) => {
        tell = onFound;
      },
      stop: async () => undefined,
    };
    const [alice, bob] = await Promise.all([cast('Alice', { discover: () => discovery }), cast('Bob', { listens: true })]);
    const { link } = await bob.invite();
    await alice.add(link, 'Bob');
    await bob.accept((await bob.asked()).account, 'Alice');
    await until(async () => (await alice.contact('Bob'))?.state === 'accepted', 'the answer comes');
    const before = addressOf(bob);
    await bob.end();
    // Bob's device has another address now, which only the local network tells.
    const later = await (await Person.over('Bob', bob.disk, { listens: true }).start()).goOnline();
    await say(alice, 'Bob', 'where are you?');
    tell(peerIdIn(addressOf(later)), [addressOf(later)]);
    expect(await sameOrder(alice, later, 1)).toEqual(['where are you?']);
    expect(addressOf(later)).not.toBe(before);
    await later.end();
  });
});

function peerIdIn(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1);
}

describe('a device that answers direct dials', () => {
  it('tells a stranger nothing, and takes nothing from one', async () => {
    const { alice, bob } = await meetDirectly();
    const stranger = await strangerAt(bob);
    const conversation = await conversationOf(bob, 'Alice');
    expect(await stranger.offer(conversation, [random(1024)])).toMatchObject({ ok: false, refusal: { name: 'NOT_ACCEPTED' } });
    expect(await stranger.putSlot(conversation, random(200))).toMatchObject({ ok: false, refusal: { name: 'NOT_ACCEPTED' } });
    expect(await stranger.offer(nowhere, [random(1024)])).toMatchObject({ ok: false, refusal: { name: 'NOT_FOUND' } });
    expect(await stranger.getContact(random(32))).toMatchObject({ ok: false, refusal: { name: 'CAPABILITY' } });
    expect(await stranger.putInbox(random(32), random(2000))).toMatchObject({ ok: false, refusal: { name: 'CAPABILITY' } });
    expect(await texts(alice, 'Bob')).toEqual([]);
  });

  it('hands out keys through a living link five times a day, and through one that is over or revoked never', async () => {
    const bob = await cast('Bob', { listens: true });
    const stranger = await strangerAt(bob);
    const { link } = await bob.invite();
    await revokeInvite(bob.engine.parts, link);
    expect(await stranger.getContact(decodeLink(link).capability)).toMatchObject({ ok: false, refusal: { name: 'EXPIRED' } });
    const open = decodeLink((await bob.invite(true)).link).capability;
    for (let n = 0; n < 5; n += 1) expect(await stranger.getContact(open)).toMatchObject({ ok: true });
    expect(await stranger.getContact(open)).toMatchObject({ ok: false, refusal: { name: 'RATE' } });
    bob.clock.wrong += 86_400_000;
    expect(await stranger.getContact(open)).toMatchObject({ ok: true });
    bob.clock.wrong += 8 * 86_400_000;
    expect(await stranger.getContact(open)).toMatchObject({ ok: false, refusal: { name: 'EXPIRED' } });
  });

  it('lets one person in through a link for one', async () => {
    const [alice, bob, carol] = await Promise.all([cast('Alice'), cast('Bob', { listens: true }), cast('Carol')]);
    const { link } = await bob.invite();
    await alice.add(link, 'Bob');
    await bob.asked();
    await expect(carol.add(link, 'Bob')).rejects.toMatchObject({ code: 'LINK_EXPIRED' });
  });

  it('takes nothing from a blocked contact, and gives nothing to them', async () => {
    const { alice, bob } = await meetDirectly();
    const key = alice.engine.parts.self().me.peer;
    const conversation = await conversationOf(bob, 'Alice');
    await bob.engine.setBlocked('Alice', true);
    await alice.leave();
    const blocked = await strangerAt(bob, key);
    expect(await blocked.offer(conversation, [random(1024)])).toMatchObject({ ok: false, refusal: { name: 'NOT_ACCEPTED' } });
    expect(await blocked.putSlot(conversation, random(200))).toMatchObject({ ok: false, refusal: { name: 'NOT_ACCEPTED' } });
  });

  it('does not dial, nor keep talking to, somebody it has not accepted', async () => {
    const [alice, bob] = await Promise.all([cast('Alice', { listens: true }), cast('Bob', { listens: true })]);
    await alice.add((await bob.invite()).link, 'Bob');
    const { account } = await bob.asked();
    await alice.leave();
    const { root } = await findContact(bob.engine.parts.store, account);
    expect(bob.engine.direct?.standing(root)).toBe('away');
    expect(bob.engine.direct?.reason(root), 'never tried').toBeNull();
  });

  it('takes an entry once, however often it is offered', async () => {
    const { alice, bob } = await meetDirectly();
    const conversation = await conversationOf(bob, 'Alice');
    await say(alice, 'Bob', 'once');
    await sameOrder(alice, bob, 1);
    const id = (await findContact(alice.engine.parts.store, 'Bob')).conversation ?? '';
    const kept = await carriedAfter(alice.engine.parts.store, id, [0, 0], 10);
    const envelopes = kept.map(({ record }) => bytesOf(record.envelope));
    const key = alice.engine.parts.self().me.peer;
    await alice.leave();
    const again = await strangerAt(bob, key);
    const answers = await within(
      Promise.all([again.offer(conversation, envelopes), again.offer(conversation, envelopes)]),
      'answers',
      PATIENCE,
    );
    for (const answer of answers) expect(answer).toMatchObject({ ok: true, value: { length: envelopes.length } });
    expect(await texts(bob, 'Alice')).toEqual(['once']);
    expect((await loadConversation(bob.engine.parts.store, id)).unread).toBe(1);
  });

  it('says so when the first entry of an offer does not open, and keeps nothing of it', async () => {
    const { alice, bob } = await meetDirectly();
    const conversation = await conversationOf(bob, 'Alice');
    const key = alice.engine.parts.self().me.peer;
    await alice.leave();
    const liar = await strangerAt(bob, key);
    expect(await liar.offer(conversation, [random(1024)])).toMatchObject({ ok: false, refusal: { name: 'UNOPENED' } });
    expect(await texts(bob, 'Alice')).toEqual([]);
  });
});
