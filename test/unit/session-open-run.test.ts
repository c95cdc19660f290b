// A run opened away from the store: the same outcomes as one by one, the ratchets' steps as writes, and a stop wherever more is needed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { owned } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { encodeContent } from '../../core/session/content.ts';
import { sessionKey } from '../../core/session/keys.ts';
import { type OpenedAway, openRun, type RunToOpen } from '../../core/session/open-run.ts';
import { packOutcomes, unpackOutcomes } from '../../core/session/opened-chunk.ts';
import { wrapEnvelope } from '../../core/session/wrap.ts';
import { aContent, aliceAndBob, type Person } from '../support/session.ts';

const KEY = random(32);

/** Alice and Bob in the middle of a conversation, so that her next messages need nothing but the session. */
async function midway(): Promise<{ alice: Person; bob: Person; envelope: (text: string) => Promise<Bytes> }> {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('one', bob));
  await alice.open(await bob.write('two', alice));
  return { alice, bob, envelope: async (text) => wrapEnvelope(KEY, await alice.write(text, bob)) };
}

/** The run with what a device keeps of the other. */
async function runOf(at: Person, from: Person, envelopes: readonly Bytes[], keys: readonly Bytes[] = [KEY]): Promise<RunToOpen> {
  const wanted = [sessionKey('manifest', from.me.root), sessionKey('session', from.me.root, from.me.device)];
  const values = await at.store.getMany(wanted);
  return { keys, envelopes, records: wanted.flatMap((key, i) => (values[i] == null ? [] : [{ key, value: values[i] }])) };
}

async function openAway(at: Person, run: RunToOpen): Promise<OpenedAway[]> {
  const outcomes: OpenedAway[] = [];
  const writes = await openRun(at.me, run, (outcome) => outcomes.push(outcome));
  await at.do(async (change) => {
    for (const { key, value } of writes) value === null ? change.delete(key) : change.put(key, owned(value));
  });
  return outcomes;
}

const kinds = (outcomes: readonly OpenedAway[]) => outcomes.map(({ kind }) => kind);

test('Bob opens a run of Alice in its order, and goes on by himself behind it', async () => {
  const { alice, bob, envelope } = await midway();
  const envelopes = [await envelope('a'), await envelope('b'), await envelope('c')];
  const outcomes = await openAway(bob, await runOf(bob, alice, envelopes));
  expect(kinds(outcomes)).toEqual(['content', 'content', 'content']);
  expect(outcomes.map((one) => (one.kind === 'content' ? Buffer.from(one.bytes).toString().slice(-1) : ''))).toEqual(['a', 'b', 'c']);
  expect(await bob.open(await alice.write('d', bob))).toMatchObject({ kind: 'content' });
  expect(await openAway(bob, await runOf(bob, alice, envelopes.slice(1, 2)))).toMatchObject([{ kind: 'duplicate' }]);
});

test('What nobody made, what lacks its wrap key and what was tampered with is told apart and stops nothing', async () => {
  const { alice, bob, envelope } = await midway();
  const bent = await envelope('bent');
  bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
  const envelopes = [random(200), await envelope('a'), wrapEnvelope(random(32), random(100)), bent, await envelope('b')];
  expect(kinds(await openAway(bob, await runOf(bob, alice, envelopes)))).toEqual(['no-wrap', 'content', 'no-key', 'no-wrap', 'content']);
});

test('It stops behind what may change the keys, and in front of what needs more of the store', async () => {
  const { alice, bob, envelope } = await midway();
  const control = encodeContent(aContent({ what: { case: 'generation', value: { number: 2, key: random(32) } } }));
  const changed = wrapEnvelope(KEY, await alice.writeContent(control, bob));
  expect(kinds(await openAway(bob, await runOf(bob, alice, [await envelope('a'), changed, await envelope('b')])))).toEqual([
    'content',
    'content',
  ]);

  const { alice: carol, bob: dave } = await aliceAndBob();
  const first = wrapEnvelope(KEY, await carol.write('first of all', dave));
  const run = await runOf(dave, carol, [first]);
  expect(await openAway(dave, run)).toEqual([]);
  expect(await openAway(dave, { ...run, records: [] })).toEqual([]);
});

test('First messages behind the very first one need no prekey any more, and are opened', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('one', bob));
  const envelopes = [wrapEnvelope(KEY, await alice.write('two', bob)), wrapEnvelope(KEY, await alice.write('three', bob))];
  expect(kinds(await openAway(bob, await runOf(bob, alice, envelopes)))).toEqual(['content', 'content']);
});

const author = fc.record({ root: fc.constantFrom(random(32), random(32)), device: fc.integer({ min: 1, max: 3 }) });
const outcome: fc.Arbitrary<OpenedAway> = fc.oneof(
  fc
    .record({ author, bytes: fc.uint8Array({ maxLength: 40 }) })
    .map(({ author, bytes }) => ({ kind: 'content' as const, ...author, bytes: owned(bytes) })),
  author.map((claimed) => ({ kind: 'duplicate' as const, claimed })),
  fc.constant({ kind: 'no-wrap' }),
);

test('Outcomes come over between threads as they were, in their order', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 254 }), (outcomes) => {
      expect(unpackOutcomes(structuredClone(packOutcomes(outcomes)))).toEqual(outcomes);
    }),
  );
});
