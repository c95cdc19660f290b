// The direct path beside a relay: shown at once, settled when the stamp comes, once, in one order; also when an author says two things.
import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { CARRY_AFTER_MS, CARRY_JITTER_MS } from '../../core/peer/carry.ts';
import { compose, freshInner } from '../../core/peer/compose.ts';
import { findContact } from '../../core/peer/contacts.ts';
import { currentGeneration, homeOf, loadConversation } from '../../core/peer/conversations.ts';
import { takeOffer } from '../../core/peer/direct-in.ts';
import { takeRun } from '../../core/peer/receive.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { encodeContent } from '../../core/session/content.ts';
import { encryptContent } from '../../core/session/encrypt.ts';
import { wrapEnvelope } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { TextSchema } from '../../core/wire/gen/content_pb.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, type Person } from '../support/people.ts';
import { cast, sameOrder, say, settledOrder, texts } from '../support/people-direct.ts';
import { lineTo, townRelay } from '../support/people-town.ts';
import { rest } from '../support/people-verdict.ts';

/** Alice and Bob with one relay, which both reach over a line that a test can black out, and directly. */
async function meetBothWays() {
  const line = await lineTo(await townRelay());
  const [alice, bob] = await Promise.all([cast('Alice', { listens: true }), cast('Bob', { listens: true })]);
  await Promise.all([alice.addRelay(line.address), bob.addRelay(line.address)]);
  await becomeContacts(alice, bob);
  await Promise.all([talksDirectly(alice, 'Bob'), talksDirectly(bob, 'Alice')]);
  return { alice, bob, line };
}

async function talksDirectly(person: Person, who: string): Promise<void> {
  const { root } = await findContact(person.engine.parts.store, who);
  await until(() => person.engine.direct?.standing(root) === 'done', `${person.name} reaches ${who} directly`);
}

describe('with a relay and a direct line', () => {
  it('a message is shown before its stamp, and takes its place when the stamp comes', async () => {
    const { alice, bob, line } = await meetBothWays();
    line.pause();
    const [sent] = await say(alice, 'Bob', 'straight to you');
    const [early] = await bob.sees('Alice', (all) => all.length === 1, 'the message');
    expect(early).toMatchObject({ text: 'straight to you', provisional: true, seq: null });
    expect((await alice.settled(sent?.id ?? ''))[0]).toMatchObject({ state: 'delivered', provisional: true });
    line.resume();
    expect(await settledOrder(bob, 'Alice', 1)).toEqual(await settledOrder(alice, 'Bob', 1));
    expect((await alice.history('Bob'))[0]).toMatchObject({ state: 'delivered', seq: 1 });
    expect(
      bob.events.filter(({ event }) => event === 'message'),
      'told as new once',
    ).toHaveLength(1);
  });

  it('both write while the relay is away: one order then, one order after, nothing doubled', async () => {
    const { alice, bob, line } = await meetBothWays();
    line.pause();
    const numbers = Array.from({ length: 10 }, (_, n) => n);
    await Promise.all([say(alice, 'Bob', ...numbers.map((n) => `a${n}`)), say(bob, 'Alice', ...numbers.map((n) => `b${n}`))]);
    await sameOrder(alice, bob, 20);
    await bob.markRead('Alice');
    await alice.sees('Bob', (all) => all.every(({ direction, state }) => direction === 'in' || state === 'read'), 'that Bob read all');
    line.resume();
    expect(await settledOrder(alice, 'Bob', 20)).toEqual(await settledOrder(bob, 'Alice', 20));
    expect(
      (await bob.history('Alice')).filter(({ direction, state }) => direction === 'in' && state !== 'read'),
      'what was read stays read',
    ).toEqual([]);
    expect(
      (await alice.history('Bob')).filter(({ direction, state }) => direction === 'out' && state !== 'read'),
      'nothing is taken back',
    ).toEqual([]);
    await rest(alice, bob);
    expect([await alice.warned(), await bob.warned()]).toEqual([[], []]);
  });

  it('both go on after a kill with entries that only came directly', async () => {
    const { alice, bob, line } = await meetBothWays();
    line.pause();
    await say(alice, 'Bob', 'one', 'two');
    await sameOrder(alice, bob, 2);
    await Promise.all([alice.kill(), bob.kill()]);
    line.resume();
    await Promise.all([alice.start(), bob.start()]);
    await Promise.all([alice.goOnline(), bob.goOnline()]);
    expect(await settledOrder(alice, 'Bob', 2)).toEqual(await settledOrder(bob, 'Alice', 2));
  });

  it('the receiver carries what the author did not bring to the log in time', async () => {
    const { alice, bob, line } = await meetBothWays();
    line.pause();
    await say(alice, 'Bob', 'only to you');
    await sameOrder(alice, bob, 1);
    await alice.leave();
    line.cutAll();
    line.resume();
    bob.engine.online?.hub.hurry();
    const id = (await findContact(bob.engine.parts.store, 'Alice')).conversation ?? '';
    await until(() => bob.engine.online?.log(id)?.caughtUp === true, 'Bob is at the log again');
    expect((await bob.history('Alice'))[0], 'not at once').toMatchObject({ provisional: true });
    bob.clock.pass(CARRY_AFTER_MS + CARRY_JITTER_MS);
    const his = await settledOrder(bob, 'Alice', 1);
    await (await alice.start()).goOnline();
    expect(await settledOrder(alice, 'Bob', 1)).toEqual(his);
    await rest(alice, bob);
    expect(await texts(bob, 'Alice')).toEqual(['only to you']);
  });
});

describe('an author who says two things under one id (C2)', () => {
  it('directly first: the settled one takes its place, and that is said', async () => {
    const { alice, bob } = await offline();
    const [first, second] = await twoVersions(alice, 'Bob', ['pay Carol 1', 'pay Carol 100']);
    await offer(bob, 'Alice', alice, first);
    expect(await texts(bob, 'Alice')).toEqual(['pay Carol 1']);
    await stamp(bob, 'Alice', [second]);
    expect((await bob.history('Alice')).map(({ text, provisional }) => ({ text, provisional }))).toEqual([
      { text: 'pay Carol 100', provisional: false },
    ]);
    expect(await bob.warned()).toEqual(['versions']);
    await offer(bob, 'Alice', alice, first);
    expect(await texts(bob, 'Alice'), 'and it does not come back').toEqual(['pay Carol 100']);
  });

  it('by the log first: what comes directly changes nothing, and that is said', async () => {
    const { alice, bob } = await offline();
    const [first, second] = await twoVersions(alice, 'Bob', ['pay Carol 1', 'pay Carol 100']);
    await stamp(bob, 'Alice', [first]);
    await offer(bob, 'Alice', alice, second);
    expect(await texts(bob, 'Alice')).toEqual(['pay Carol 1']);
    expect(await bob.warned()).toEqual(['versions']);
  });

  it('by both: the lower place counts, the other is never shown', async () => {
    const { alice, bob } = await offline();
    const [first, second] = await twoVersions(alice, 'Bob', ['pay Carol 1', 'pay Carol 100']);
    await offer(bob, 'Alice', alice, first);
    await stamp(bob, 'Alice', [second, first]);
    expect(await texts(bob, 'Alice')).toEqual(['pay Carol 100']);
    expect((await bob.history('Alice'))[0]).toMatchObject({ seq: 1 });
  });
});

/** In touch, with a home log, and neither says anything by itself any more. */
async function offline() {
  const { alice, bob } = await meetBothWays();
  await Promise.all([alice.leave(), bob.leave()]);
  await Promise.all([alice.start(), bob.start()]);
  return { alice, bob };
}

/** Envelopes of Alice's device with other words under one inner id and one counter. */
async function twoVersions(author: Person, who: string, words: readonly [string, string]): Promise<[Bytes, Bytes]> {
  const { parts } = author.engine;
  const contact = await findContact(parts.store, who);
  const conversation = await loadConversation(parts.store, contact.conversation ?? '');
  const inner = freshInner();
  const made: Bytes[] = [];
  await parts.serial(async () => {
    const change = new Change(parts.store);
    for (const [at, text] of words.entries()) {
      const what = { case: 'text' as const, value: create(TextSchema, { text }) };
      const content = compose(parts.self(), inner, what, { now: Date.now(), lamport: 100 + at }, null);
      const to = [{ root: bytesOf(contact.root), device: 1 }];
      const wrapped = await encryptContent(change, parts.self().me, encodeContent(content), to, Date.now());
      made.push(wrapEnvelope(bytesOf(currentGeneration(conversation).key), wrapped));
    }
    await change.commit();
  });
  return made as [Bytes, Bytes];
}

async function offer(reader: Person, who: string, author: Person, envelope: Bytes): Promise<void> {
  const { conversation } = await findContact(reader.engine.parts.store, who);
  const peer = author.engine.parts.self().me.peer.publicKey;
  const { answer } = await takeOffer(reader.engine.parts, conversation ?? '', peer, [envelope]);
  expect(answer).toMatchObject({ ok: true, value: { length: 1 } });
}

/** What the relay would push, stamped behind what is there. */
async function stamp(reader: Person, who: string, envelopes: readonly Bytes[]): Promise<void> {
  const { parts } = reader.engine;
  const conversation = await loadConversation(parts.store, (await findContact(parts.store, who)).conversation ?? '');
  const epoch = homeOf(conversation);
  if (epoch === null) throw new Error('there is no home log');
  let chain = chainStart(bytesOf(epoch.log));
  for (const [at, envelope] of envelopes.entries()) chain = chainNext(chain, at + 1, 5, envelopeId(envelope));
  const head = { log: bytesOf(epoch.log), seq: envelopes.length, time: 5, chain, signature: new Uint8Array(64) };
  const run = { handle: 1, first: 1, head, entries: envelopes.map((envelope, at) => ({ seq: at + 1, time: 5, envelope })) };
  expect(await takeRun(parts, conversation.id, epoch, [run])).toMatchObject({ kind: 'taken' });
}
