// Messages between people over their ratchets: what opens, what does not, and that nothing hostile moves a session.

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PreKeySignalMessage, SignalMessage } from '@signalapp/libsignal-client';
import { expect, test } from 'vitest';
import { type Bytes, owned } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { ONE_TIME_NONCE, seal } from '../../core/session/aead.ts';
import { commitOf } from '../../core/session/commit.ts';
import { encodeContent } from '../../core/session/content.ts';
import { encryptDirect } from '../../core/session/encrypt.ts';
import { sessionKey } from '../../core/session/keys.ts';
import { dropAllSessions } from '../../core/session/reset.ts';
import { missingSessions, startSession } from '../../core/session/start.ts';
import { generationId, unwrapEnvelope, wrapEnvelope } from '../../core/session/wrap.ts';
import { RecipientSchema, type Wrapped, WrappedSchema } from '../../core/wire/gen/content_pb.ts';
import { aContent, aliceAndBob, aText, manifestOf, NOW, type Person, person, said } from '../support/session.ts';

// On a copy: what is read lies on the bytes it was read from.
const read = (wrapped: Bytes): Wrapped => fromBinary(WrappedSchema, wrapped.slice());
const write = (wrapped: Wrapped): Bytes => toBinary(WrappedSchema, wrapped);

function partFor(wrapped: Bytes, kind: number) {
  const part = read(wrapped).recipients.find((recipient) => recipient.kind === kind);
  if (part === undefined) throw new Error(`no part of kind ${kind}`);
  return part;
}

const session = (of: Person, withWhom: Person) => of.store.get(sessionKey('session', withWhom.me.root, withWhom.me.device));

test('Alice and Bob write to each other, first message to hundredth, each way', async () => {
  const { alice, bob } = await aliceAndBob();
  expect(said(await bob.open(await alice.write('Hello Bob', bob)))).toBe('Hello Bob');
  for (let turn = 0; turn < 50; turn += 1) {
    expect(said(await alice.open(await bob.write(`to Alice ${turn}`, alice)))).toBe(`to Alice ${turn}`);
    expect(said(await bob.open(await alice.write(`to Bob ${turn}`, bob)))).toBe(`to Bob ${turn}`);
  }
});

test('the author is the account and device whose ratchet opened it', async () => {
  const { alice, bob } = await aliceAndBob();
  const outcome = await bob.open(await alice.write('Hello', bob));
  expect(outcome).toMatchObject({ kind: 'content', root: alice.me.root, device: 1 });
});

test('every message of a session has the post-quantum ratchet on and is PQXDH', async () => {
  const { alice, bob } = await aliceAndBob();
  const first = await alice.write('one', bob);
  expect(PreKeySignalMessage.deserialize(owned(partFor(first, 3).message)).version()).toBe(4);
  await bob.open(first);
  for (let turn = 0; turn < 30; turn += 1) {
    const [from, to] = turn % 2 === 0 ? [bob, alice] : [alice, bob];
    const wrapped = await from.write(`turn ${turn}`, to);
    const message = SignalMessage.deserialize(owned(partFor(wrapped, 2).message));
    expect(message.pqRatchet().length).toBeGreaterThan(0);
    expect(message.messageVersion()).toBe(4);
    expect(said(await to.open(wrapped))).toBe(`turn ${turn}`);
  }
});

test('messages that come in any order open once each; a second copy is a duplicate', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  const sent: Bytes[] = [];
  for (let n = 0; n < 20; n += 1) sent.push(await alice.write(`message ${n}`, bob));
  for (let n = 19; n >= 0; n -= 1) expect(said(await bob.open(sent[n] as Bytes))).toBe(`message ${n}`);
  for (const wrapped of sent) expect(said(await bob.open(wrapped))).toBe('duplicate');
});

test('both starting at once ends in one working conversation', async () => {
  const [alice, bob] = [await person(), await person()];
  await alice.meet(bob);
  await bob.meet(alice);
  const [fromAlice, fromBob] = [await alice.write('I was first', bob), await bob.write('no, I', alice)];
  expect(said(await bob.open(fromAlice))).toBe('I was first');
  expect(said(await alice.open(fromBob))).toBe('no, I');
  for (let turn = 0; turn < 6; turn += 1) {
    expect(said(await bob.open(await alice.write(`${turn}`, bob)))).toBe(`${turn}`);
    expect(said(await alice.open(await bob.write(`${turn}`, alice)))).toBe(`${turn}`);
  }
});

test('fifty sends and fifty receives at the same time use every message key once', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  const incoming = await Promise.all(Array.from({ length: 50 }, (_, n) => bob.write(`in ${n}`, alice)));
  const mixed = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      const [sent, received] = await Promise.all([alice.write(`out ${n}`, bob), alice.open(incoming[n] as Bytes)]);
      return { sent, received };
    }),
  );
  const counters = mixed.map(({ sent }) => SignalMessage.deserialize(owned(partFor(sent, 2).message)));
  const keys = counters.map((message) => `${Buffer.from(message.serialize().slice(0, 40)).toString('hex')}:${message.counter()}`);
  expect(new Set(keys).size).toBe(50);
  expect(mixed.map(({ received }) => said(received))).toEqual(incoming.map((_, n) => `in ${n}`));
  for (const [n, { sent }] of mixed.entries()) expect(said(await bob.open(sent))).toBe(`out ${n}`);
});

test('content is encrypted once and opens on every device of every member, the sender’s other devices too', async () => {
  const [alice, bob, carol] = [await person(), await person(), await person()];
  const laptop = await person(undefined, 2, alice.rootKey);
  const both = manifestOf(alice.rootKey, [alice.me, laptop.me], 2);
  for (const device of [alice, laptop, bob, carol]) await device.hold(both);
  laptop.manifest = both;
  await alice.do((change) => startSession(change, alice.me, laptop.address, laptop.bundle(), NOW));
  await alice.meet(bob);
  await alice.meet(carol);
  const wrapped = await alice.write('to all', bob, carol, laptop);
  for (const reader of [bob, carol, laptop]) expect(said(await reader.open(wrapped))).toBe('to all');
  expect(read(wrapped).recipients).toHaveLength(4);
});

test('who is not a recipient is told so, and nothing of its state moves', async () => {
  const { alice, bob } = await aliceAndBob();
  const carol = await person();
  await carol.hold(alice.manifest);
  expect(await carol.open(await alice.write('for Bob', bob))).toMatchObject({ kind: 'not-for-me' });
});

test('a device knows its own entries, and a forged claim to be its own proves nothing', async () => {
  const { alice, bob } = await aliceAndBob();
  const content = encodeContent(aText('mine'));
  const wrapped = await alice.writeContent(content, bob);
  expect(await alice.open(wrapped)).toEqual({ kind: 'own', commit: commitOf(content), proven: true });
  const forged = read(await bob.open(wrapped).then(async () => bob.write('as if by Alice', alice)));
  forged.author = alice.me.root;
  forged.device = alice.me.device;
  expect(await alice.open(write(forged))).toMatchObject({ kind: 'own', proven: false });
  const moved = read(wrapped);
  moved.commit = random(32);
  expect(await alice.open(write(moved))).toMatchObject({ kind: 'own', proven: false });
});

test('an author that sends different words to two devices is found out by the one that got others', async () => {
  const { alice, bob } = await aliceAndBob();
  const carol = await person();
  await alice.meet(carol);
  await carol.hold(alice.manifest);
  const toBob = read(await alice.write('pay Bob 100', bob));
  const toCarol = read(await alice.write('pay Carol 100', carol));
  // One entry, Bob's words in the common part, and for Carol the key and commitment of other words.
  const mixed = create(WrappedSchema, { ...toBob, recipients: [...toBob.recipients, ...toCarol.recipients] });
  expect(said(await bob.open(write(mixed)))).toBe('pay Bob 100');
  expect(said(await carol.open(write(mixed)))).toBe('versions-differ');
});

test('an author whose words do not fit the commitment in front of everybody is never shown', async () => {
  const { alice, bob } = await aliceAndBob();
  const [words, others] = [encodeContent(aText('these words')), encodeContent(aText('other words'))];
  const [key, commit] = [random(32), commitOf(words)];
  const part = await alice.do((change) => encryptDirect(change, alice.me, new Uint8Array([...key, ...commit]), bob.address, NOW));
  const honest = read(await alice.write('frame', bob));
  const lie = create(WrappedSchema, {
    ...honest,
    commit,
    body: seal({ key, nonce: ONE_TIME_NONCE }, commit, others),
    recipients: [create(RecipientSchema, { account: bob.me.tag, device: 1, ...part })],
  });
  expect(said(await bob.open(write(lie)))).toBe('versions-differ');
});

test('a member that swaps the body or the commitment of somebody’s entry cannot use up the key of the true one', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  const wrapped = await alice.write('the true words', bob);
  const [swapped, recommitted] = [read(wrapped), read(wrapped)];
  swapped.body = random(swapped.body.length);
  recommitted.commit = random(32);
  expect(said(await bob.open(write(swapped)))).toBe('versions-differ');
  expect(said(await bob.open(write(recommitted)))).toBe('versions-differ');
  expect(said(await bob.open(wrapped))).toBe('the true words');
});

test('an entry under another author’s name does not open, and names whom it claims', async () => {
  const { alice, bob } = await aliceAndBob();
  const mallory = await person();
  await mallory.meet(bob);
  await bob.hold(mallory.manifest);
  const claim = read(await mallory.write('I am Alice', bob));
  claim.author = alice.me.root;
  expect(await bob.open(write(claim))).toMatchObject({ kind: 'failed', reason: 'identity', claimed: { root: alice.me.root } });
});

test('nothing opens from an account whose manifest is not held', async () => {
  const [alice, bob] = [await person(), await person()];
  await alice.meet(bob);
  const wrapped = await alice.write('who am I?', bob);
  expect(said(await bob.open(wrapped))).toBe('failed: unknown-device');
  await bob.hold(alice.manifest);
  expect(said(await bob.open(wrapped))).toBe('who am I?');
});

test('a changed key at a known device is refused, for sessions and for first messages', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('it is me', bob));
  const thief = await person(undefined, 1, alice.rootKey);
  await thief.meet(bob, 1);
  expect(said(await bob.open(await thief.write('it is me too', bob)))).toBe('failed: identity');
  expect(await bob.hold(manifestOf(alice.rootKey, [thief.me], 2))).toBe('conflict');
  expect(said(await bob.open(await alice.write('still me', bob)))).toBe('still me');
});

test('a failed decrypt leaves the session as it was, byte for byte', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  const wrapped = await alice.write('second', bob);
  const before = await session(bob, alice);
  const broken = read(wrapped);
  for (const part of broken.recipients) part.message[part.message.length - 1] = (part.message.at(-1) ?? 0) ^ 1;
  expect(said(await bob.open(write(broken)))).toBe('failed: undecryptable');
  expect(await session(bob, alice)).toEqual(before);
  expect(said(await bob.open(wrapped))).toBe('second');
});

test('a reader that lost its sessions says so, and a first message makes a new one', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('first', bob));
  await alice.open(await bob.write('answer', alice));
  await bob.do(dropAllSessions);
  expect(await bob.open(await alice.write('lost', bob))).toMatchObject({ kind: 'no-session', claimed: { root: alice.me.root } });
  await bob.meet(alice);
  expect(said(await alice.open(await bob.write('start anew', alice)))).toBe('start anew');
  expect(said(await bob.open(await alice.write('gladly', bob)))).toBe('gladly');
});

test('encrypting without a session, or to oneself, is refused before anything is written', async () => {
  const [alice, bob] = [await person(), await person()];
  await alice.hold(bob.manifest);
  await expect(alice.write('too early', bob)).rejects.toMatchObject({ code: 'SESSION_BROKEN' });
  await expect(alice.write('to me', alice)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await alice.do((change) => missingSessions(change, [bob.address], NOW))).toEqual([bob.address]);
});

test('a session unanswered for thirty days counts as missing', async () => {
  const { alice, bob } = await aliceAndBob();
  const missing = (days: number) => alice.do((change) => missingSessions(change, [bob.address], NOW + days * 86_400_000));
  expect(await missing(1)).toEqual([]);
  expect(await missing(31)).toEqual([bob.address]);
});

test('a content that breaks a bound is not shown, and the next one is', async () => {
  const { alice, bob } = await aliceAndBob();
  const good = encodeContent(aContent());
  const bad = good.slice(0, good.length - 1);
  expect(said(await bob.open(await alice.writeContent(bad, bob)))).toBe('failed: content');
  expect(said(await bob.open(await alice.write('next', bob)))).toBe('next');
});

test('an envelope opens under its own generation key alone, and not when any bit of it changed', async () => {
  const [key, other, wrapped] = [random(32), random(32), random(700)];
  const envelope = wrapEnvelope(key, wrapped);
  expect(envelope.length).toBe(1_024);
  expect(envelope.slice(1, 17)).toEqual(generationId(key));
  expect(unwrapEnvelope(key, envelope)).toEqual(wrapped);
  expect(unwrapEnvelope(other, envelope)).toBeNull();
  for (let at = 0; at < envelope.length; at += 7) {
    const changed = envelope.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    expect(unwrapEnvelope(key, changed)).toBeNull();
  }
  expect(wrapEnvelope(key, wrapped)).not.toEqual(envelope);
});
