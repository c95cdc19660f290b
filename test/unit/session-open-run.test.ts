// A run opened away from the store: the same outcomes as one by one, the ratchets' steps as writes, and a stop wherever more is needed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { owned } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { encodeContent } from '../../core/session/content.ts';
import { sessionKey } from '../../core/session/keys.ts';
import type { RatchetPart } from '../../core/session/open-part.ts';
import { RunOpener, type RunToOpen } from '../../core/session/open-run.ts';
import { packOutcomes, unpackOutcomes } from '../../core/session/opened-chunk.ts';
import type { BytesOutcome } from '../../core/session/outcome.ts';
import { readWrapped } from '../../core/session/read-wrapped.ts';
import { packParts, unpackParts } from '../../core/session/run-parts.ts';
import { aContent, aliceAndBob, type Person } from '../support/session.ts';

/** Alice and Bob in the middle of a conversation, so that her next messages need nothing but the session. */
async function midway(): Promise<{ alice: Person; bob: Person }> {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('one', bob));
  await alice.open(await bob.write('two', alice));
  return { alice, bob };
}

/** What there is for the ratchet of a device. */
function partsOf(at: Person, ...wrapped: readonly Bytes[]): RatchetPart[] {
  return wrapped.map((one) => readWrapped(at.me, one)).filter((read) => read.kind === 'part');
}

/** A part of nobody. */
const noise = (type: number): RatchetPart => ({
  kind: 'part',
  claimed: { root: random(32), device: 1 },
  type,
  message: random(60),
  commit: random(32),
  body: random(40),
});

/** What a device keeps of the other, with the run. */
async function runOf(at: Person, from: Person, ...wrapped: readonly Bytes[]): Promise<RunToOpen> {
  const wanted = [sessionKey('manifest', from.me.root), sessionKey('session', from.me.root, from.me.device)];
  const values = await at.store.getMany(wanted);
  return { parts: partsOf(at, ...wrapped), records: wanted.flatMap((key, i) => (values[i] == null ? [] : [{ key, value: values[i] }])) };
}

async function openAway(at: Person, run: RunToOpen, opener = new RunOpener(at.me)): Promise<BytesOutcome[]> {
  const outcomes: BytesOutcome[] = [];
  const writes = await opener.open(run, (outcome) => outcomes.push(outcome));
  await at.do(async (change) => {
    for (const { key, value } of writes) value === null ? change.delete(key) : change.put(key, owned(value));
  });
  return outcomes;
}

const kinds = (outcomes: readonly BytesOutcome[]) => outcomes.map(({ kind }) => kind);

const texts = (outcomes: readonly BytesOutcome[]) =>
  outcomes.map((one) => (one.kind === 'content' ? Buffer.from(one.bytes).toString().slice(-1) : one.kind));

test('Bob opens a run of Alice in its order, and goes on by himself behind it', async () => {
  const { alice, bob } = await midway();
  const [a, b, c] = [await alice.write('a', bob), await alice.write('b', bob), await alice.write('c', bob)];
  expect(texts(await openAway(bob, await runOf(bob, alice, a, b, c)))).toEqual(['a', 'b', 'c']);
  expect(await bob.open(await alice.write('d', bob))).toMatchObject({ kind: 'content' });
  expect(kinds(await openAway(bob, await runOf(bob, alice, b)))).toEqual(['duplicate']);
});

test('A run may follow another without waiting for what that one writes', async () => {
  const { alice, bob } = await midway();
  const [a, b, c] = [await alice.write('a', bob), await alice.write('b', bob), await alice.write('c', bob)];
  const opener = new RunOpener(bob.me);
  expect(texts(await openAway(bob, await runOf(bob, alice, a), opener))).toEqual(['a']);
  expect(texts(await openAway(bob, { records: null, parts: partsOf(bob, b) }, opener))).toEqual(['b']);
  expect(texts(await openAway(bob, await runOf(bob, alice, c), opener))).toEqual(['c']);
});

test('A run of which nothing opened writes nothing, whatever the one before it wrote', async () => {
  const { alice, bob } = await midway();
  const opener = new RunOpener(bob.me);
  await openAway(bob, await runOf(bob, alice, await alice.write('a', bob)), opener);
  expect(await opener.open({ records: null, parts: [noise(9)] }, () => undefined)).toEqual([]);
  await bob.open(await alice.write('b', bob));
  expect(await opener.open({ ...(await runOf(bob, alice)), parts: [noise(9)] }, () => undefined)).toEqual([]);
  expect(await opener.open({ records: [], parts: partsOf(bob, await alice.write('c', bob)) }, () => undefined)).toEqual([]);
});

test('What is no message of theirs or was tampered with stops nothing', async () => {
  const { alice, bob } = await midway();
  const run = await runOf(bob, alice, await alice.write('a', bob), await alice.write('bent', bob), await alice.write('b', bob));
  const [a, bent, b] = run.parts as [RatchetPart, RatchetPart, RatchetPart];
  const message = bent.message.map((byte, at) => (at === bent.message.length - 1 ? byte ^ 1 : byte));
  const body = Uint8Array.from(bent.body, (byte, at) => (at === 0 ? byte ^ 1 : byte));
  const parts = [noise(9), a, { ...bent, message }, { ...bent, body }, bent, b];
  expect(texts(await openAway(bob, { ...run, parts }))).toEqual(['failed', 'a', 'failed', 'versions-differ', 't', 'b']);
});

test('It stops behind what may change the keys, and nothing follows it then', async () => {
  const { alice, bob } = await midway();
  const control = encodeContent(aContent({ what: { case: 'generation', value: { number: 2, key: random(32) } } }));
  const [a, changed, b] = [await alice.write('a', bob), await alice.writeContent(control, bob), await alice.write('b', bob)];
  const opener = new RunOpener(bob.me);
  expect(kinds(await openAway(bob, await runOf(bob, alice, a, changed, b), opener))).toEqual(['content', 'content']);
  expect(await openAway(bob, { records: null, parts: partsOf(bob, b) }, opener)).toEqual([]);
  expect(texts(await openAway(bob, await runOf(bob, alice, b), opener))).toEqual(['b']);
});

test('It stops in front of what needs more of the store: the first message of a session, and one of nobody known', async () => {
  const { alice, bob } = await aliceAndBob();
  const run = await runOf(bob, alice, await alice.write('first of all', bob));
  expect(await openAway(bob, run)).toEqual([]);
  expect(await openAway(bob, { ...run, records: [] })).toEqual([]);
});

test('First messages behind the very first one need no prekey any more, and are opened', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('1', bob));
  expect(texts(await openAway(bob, await runOf(bob, alice, await alice.write('2', bob), await alice.write('3', bob))))).toEqual(['2', '3']);
});

const author = fc.record({ root: fc.constantFrom(random(32), random(32)), device: fc.integer({ min: 1, max: 3 }) });
const outcome: fc.Arbitrary<BytesOutcome> = fc.oneof(
  fc
    .record({ author, bytes: fc.uint8Array({ maxLength: 40 }) })
    .map(({ author, bytes }) => ({ kind: 'content' as const, ...author, bytes: owned(bytes) })),
  author.map((claimed) => ({ kind: 'duplicate' as const, claimed })),
  author.map((claimed) => ({ kind: 'failed' as const, reason: 'undecryptable' as const, claimed })),
);

test('Outcomes come over between threads as they were, in their order', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 254 }), (outcomes) => {
      expect(unpackOutcomes(structuredClone(packOutcomes(outcomes)))).toEqual(outcomes);
    }),
  );
});

const part: fc.Arbitrary<RatchetPart> = fc
  .record({
    claimed: author,
    type: fc.integer({ min: 0, max: 0xffff_ffff }),
    message: fc.uint8Array(),
    body: fc.uint8Array({ minLength: 32 }),
  })
  .map(({ message, body, ...rest }) => ({ kind: 'part', ...rest, message: owned(message), body, commit: random(32) }));

test('Parts come over between threads as they were, in their order', () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(unpackParts(structuredClone(packParts(parts)))).toEqual(parts);
    }),
  );
});
