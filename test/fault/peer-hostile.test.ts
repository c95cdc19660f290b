// A contact, or whoever holds a capability, who puts anything at all into the log: no crash, nothing blocked, and what was done is named.
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Bytes, concat } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { freshInner } from '../../core/peer/compose.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { upkeep } from '../../core/peer/upkeep.ts';
import { heldManifest } from '../../core/session/held.ts';
import { generationId } from '../../core/session/wrap.ts';
import { Change } from '../../core/store/change.ts';
import { KEY_WAIT_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { copyOf } from '../support/people-disk.ts';
import { Forger } from '../support/people-forger.ts';
import { townRelay } from '../support/people-town.ts';
import { rest, stillTalk, verdict } from '../support/people-verdict.ts';
import { onlyConversation, pushed } from '../support/review-log.ts';

const MOST = 2n ** 53n - 1n;

let alice: Person;
let bob: Person;
let mallory: Forger;

async function arrive(name: string, address: string): Promise<Person> {
  const person = await (await (await Person.create(name)).start()).goOnline();
  onTestFinished(() => person.end());
  await person.addRelay(address);
  return person;
}

async function goOffline(person: Person): Promise<void> {
  await person.kill();
  await person.start();
}

/** Alice and Bob are contacts, both offline: what Bob forges is handed to Alice's engine as her relay would. */
beforeEach(async () => {
  const relay = await townRelay();
  alice = await arrive('Alice', relay.address);
  bob = await arrive('Bob', relay.address);
  await becomeContacts(alice, bob);
  await rest(alice, bob);
  await goOffline(alice);
  await goOffline(bob);
  mallory = new Forger(bob, alice);
});

async function shown(): Promise<(string | null)[]> {
  return (await alice.history('Bob')).map(({ text }) => text);
}

/** Whatever was done, the next honest word arrives and an answer can be said. */
async function lifeGoesOn(): Promise<void> {
  await pushed(alice, await mallory.text('still here'));
  expect((await shown()).at(-1)).toBe('still here');
  expect((await alice.send('Bob', 'so am I')).state).toBe('queued');
}

describe('what Bob writes', () => {
  it('in two versions is named and never shown as text (C6)', async () => {
    await pushed(alice, await mallory.twoVersions('pay Bob 1 euro', 'pay Bob 100 euro'));
    const [row] = await alice.history('Bob');
    expect(row).toMatchObject({ text: null, from: null, reason: expect.stringContaining('different versions') });
    expect(await alice.warned()).toContain('versions');
    await lifeGoesOn();
  });

  it("in Alice's own name is no alarm and no row (H7)", async () => {
    await pushed(alice, await mallory.inTheirName(), await mallory.inTheirName());
    expect(await shown()).toEqual([]);
    expect(await alice.warned()).toEqual([]);
    await lifeGoesOn();
  });

  it('as garbage inside a wrap that opens is a row that says so, once for each (H3)', async () => {
    await pushed(alice, await mallory.wrap(random(500)), await mallory.wrap(new Uint8Array(0)));
    const rows = await alice.history('Bob');
    expect(rows.map(({ text }) => text)).toEqual([null, null]);
    expect(rows.every(({ reason }) => reason !== null)).toBe(true);
    await lifeGoesOn();
  });

  it('twice with the same bytes is one message, in one run and in two', async () => {
    const envelope = await mallory.text('once');
    await pushed(alice, envelope, envelope);
    await pushed(alice, envelope);
    expect(await shown()).toEqual(['once']);
    await lifeGoesOn();
  });

  it('twice under one inner id counts at its lowest place', async () => {
    const id = freshInner();
    const [first, second] = [await mallory.text('first', { id }), await mallory.text('second', { id })];
    await pushed(alice, first, await mallory.text('between'), second);
    expect(await shown()).toEqual(['first', 'between']);
    await lifeGoesOn();
  });

  it.each([
    ['control characters', 'a\u0000b\u001b[31m\u202eabc\r\n'],
    ['64 KiB', 'x'.repeat(65_536)],
    ['what looks like a record', '{"kind":"control"}'],
  ])('with %s arrives as it is', async (_what, text) => {
    await pushed(alice, await mallory.text(text));
    expect(await shown()).toEqual([text]);
    await lifeGoesOn();
  });

  it.each([
    ['its times', { sentAt: MOST, lamport: 1n }],
    ['its counter', { lamport: MOST }],
    ['its list of devices', { manifestVersion: MOST }],
  ])('with the highest number in %s harms nobody', async (_what, part) => {
    await pushed(alice, await mallory.text('high', part));
    expect(await shown()).toEqual(['high']);
    await lifeGoesOn();
    expect((await alice.send('Bob', 'and again')).state).toBe('queued');
  });

  it('about points of the log that nobody saw is at most a warning', async () => {
    const { home } = await onlyConversation(alice);
    const log = bytesOf(home.log);
    await pushed(alice, await mallory.text('ahead', { seen: { log, seq: MOST, chain: random(32) } }));
    await pushed(alice, await mallory.text('of another log', { seen: { log: random(32), seq: 1n, chain: random(32) } }));
    await pushed(alice, await mallory.text('forked', { seen: { log, seq: 1n, chain: random(32) } }));
    expect(await shown()).toEqual(['ahead', 'of another log', 'forked']);
    expect(await alice.warned()).toEqual(['fork']);
    // It is Bob's claim and no proof: nobody knows yet whose fault it is.
    expect((await alice.warnings())[0]?.text).toBe(
      "Bob's device saw another history of this conversation than yours: the relay or Bob's device is at fault.",
    );
    await lifeGoesOn();
  });

  it('as lists of devices that are not his is warned of and not taken', async () => {
    const { manifest } = bob.engine.parts.self();
    const broken = Uint8Array.from(manifest.bytes, (byte, at) => (at === manifest.bytes.length - 1 ? byte ^ 1 : byte));
    for (const signedManifest of [random(100), broken, alice.engine.parts.self().manifest.bytes])
      await pushed(alice, await mallory.say({ what: { case: 'manifestChange', value: { signedManifest } } }));
    expect(new Set(await alice.warned())).toEqual(new Set(['manifest']));
    expect((await heldManifest(new Change(alice.engine.parts.store), manifest.root))?.version).toBe(manifest.version);
    await lifeGoesOn();
  });

  it('as thousands of wrap keys does not make the conversation grow without end', async () => {
    const envelopes: Bytes[] = [];
    for (let number = 2; number < 1_002; number += 1)
      envelopes.push(await mallory.say({ what: { case: 'generation', value: { number, key: random(32) } } }));
    for (let at = 0; at < envelopes.length; at += 250) await pushed(alice, ...envelopes.slice(at, at + 250));
    const { conversation } = await onlyConversation(alice);
    expect(conversation.generations.length).toBeLessThanOrEqual(256);
    expect((await alice.send('Bob', 'so am I')).state).toBe('queued');
  });
});

describe('a key that comes late (H9)', () => {
  it('opens what waited for it, in its place', async () => {
    const key = random(32);
    const early = await mallory.say({ what: { case: 'text', value: { text: 'under the new key' } } }, key);
    await pushed(alice, early, await mallory.text('in between'));
    expect(await shown()).toEqual(['in between']);
    await pushed(alice, await mallory.say({ what: { case: 'generation', value: { number: 2, key } } }));
    await upkeep(alice.engine.parts, () => undefined);
    expect(await shown()).toEqual(['under the new key', 'in between']);
    await lifeGoesOn();
  });

  it('or never: after a minute there is a row with the reason', async () => {
    await pushed(
      alice,
      await mallory.say({ what: { case: 'text', value: { text: 'lost' } } }, random(32)),
      await mallory.text('behind it'),
    );
    alice.clock.pass(KEY_WAIT_MS + 1);
    await upkeep(alice.engine.parts, () => undefined);
    const rows = await alice.history('Bob');
    expect(rows.map(({ text }) => text)).toEqual([null, 'behind it']);
    expect(rows[0]?.reason).toContain('never arrived');
    await lifeGoesOn();
  });
});

describe('somebody with the append capability alone', () => {
  it('adds to a count and to nothing else', async () => {
    const front = concat(Uint8Array.of(1), generationId(await mallory.key()));
    const garbage = Array.from({ length: 200 }, () => concat(front, random(1_024 - front.length)));
    await pushed(alice, ...garbage, random(1_024), new Uint8Array(1_024).fill(255));
    expect(await shown()).toEqual([]);
    expect((await onlyConversation(alice)).conversation.unwrapFailures).toBeGreaterThanOrEqual(200);
    expect(await alice.warned()).toEqual([]);
    await lifeGoesOn();
  });
});

it('Carol, to whom Bob gave the keys of his conversation with Alice, does not speak in it', async () => {
  const relay = await townRelay();
  const carol = await arrive('Carol', relay.address);
  await alice.goOnline();
  await alice.addRelay(relay.address);
  await becomeContacts(carol, alice);
  await rest(alice, carol);
  await goOffline(alice);
  const stranger = new Forger(carol, alice);
  const envelope = await stranger.say({ what: { case: 'text', value: { text: 'I am in' } } }, await mallory.key());
  await pushed(alice, envelope);
  expect((await alice.history('Bob')).filter(({ text }) => text !== null)).toEqual([]);
  await lifeGoesOn();
});

describe('with a relay', () => {
  it('a real copy of her device is noticed by Alice, and sending stops (H7)', async () => {
    const copy = Person.over('Alice', await copyOf(alice.disk));
    onTestFinished(() => copy.end());
    await alice.goOnline();
    await bob.goOnline();
    await rest(alice, bob);
    await (await copy.start()).goOnline();
    await copy.send('Bob', 'from the copy');
    await until(() => alice.engine.parts.self().cloned, 'Alice finds what she did not write', 20_000);
    expect(await alice.warned()).toContain('cloned');
    await expect(alice.send('Bob', 'from me')).rejects.toMatchObject({ code: 'CLONED' });
    await alice.restart();
    await expect(alice.send('Bob', 'from me')).rejects.toMatchObject({ code: 'CLONED' });
  });

  it('fifty at once on both sides: each arrives once, in the order it was said', async () => {
    await alice.goOnline();
    await bob.goOnline();
    const texts = (name: string) => Array.from({ length: 50 }, (_, n) => `${name} ${n}`);
    await Promise.all([
      ...texts('Alice').map((text) => alice.send('Bob', text)),
      ...texts('Bob').map((text) => bob.send('Alice', text)),
      alice.markRead('Bob'),
      bob.markRead('Alice'),
    ]);
    await rest(alice, bob);
    await verdict(alice, bob, { alice: texts('Alice'), bob: texts('Bob') });
    await stillTalk(alice, bob);
    expect([...(await alice.warned()), ...(await bob.warned())]).toEqual([]);
  });
});
