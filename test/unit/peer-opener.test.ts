// A backlog is opened by a thread of its own; whatever becomes of the thread, every message is taken once and in order.
import { expect, it } from 'vitest';
import { random, systemClock } from '../../core/base/clock.ts';
import { MIN_AWAY, Opener } from '../../core/peer/opener.ts';
import { sessionKey } from '../../core/session/keys.ts';
import type { RatchetPart } from '../../core/session/open-part.ts';
import { readWrapped } from '../../core/session/read-wrapped.ts';
import { until } from '../support/net-wait.ts';
import type { Person } from '../support/people.ts';
import { backlogOf, bobOver, heard } from '../support/people-backlog.ts';
import { aliceAndBob } from '../support/session.ts';

/** More than is taken at once, so that a run is prepared while another is kept. */
const BACKLOG = 16 * MIN_AWAY;

/** Bob, for whom a backlog of Alice waits; his thread is up, and he is not online yet. */
async function backlog(count = BACKLOG): Promise<{ alice: Person; bob: Person; said: readonly string[] }> {
  const { alice, bob, said } = await backlogOf(count);
  return { alice, bob: await bobOver(bob.disk), said };
}

it('Bob takes a long backlog with the help of the thread: all of it, once, in order', async () => {
  const { alice, bob, said } = await backlog();
  let [away, behind] = [0, 0];
  const { opener } = bob.engine.parts;
  const begin = opener.begin.bind(opener);
  opener.begin = (run) => {
    const opening = begin(run);
    if (opening !== null) away += run.parts.length;
    if (opening !== null && run.records === null) behind += run.parts.length;
    return opening;
  };
  await bob.goOnline();
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  expect(await heard(bob)).toEqual(said);
  expect(away).toBeGreaterThanOrEqual(MIN_AWAY);
  expect(behind).toBeGreaterThanOrEqual(MIN_AWAY);
  await alice.send('Bob', 'and one more');
  await until(async () => (await heard(bob)).at(-1) === 'and one more', 'the ratchet goes on');
});

it('A thread that comes up in the middle of a run opens the rest of it', async () => {
  const { bob, said } = await backlog();
  const { opener } = bob.engine.parts;
  const begin = opener.begin.bind(opener);
  let [looked, first] = [0, 0];
  // Up in truth; seen to be up when the twentieth message is to be opened.
  Object.defineProperty(opener, 'isUp', { get: () => ++looked > 20 });
  opener.begin = (run) => {
    const opening = looked > 20 ? begin(run) : null;
    if (opening !== null && first === 0) first = run.parts.length;
    return opening;
  };
  await bob.goOnline();
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  expect(await heard(bob)).toEqual(said);
  expect(first).toBeGreaterThanOrEqual(MIN_AWAY);
});

it('What Bob says while the backlog is taken costs nothing but what was prepared', async () => {
  const { alice, bob, said } = await backlog();
  const { opener } = bob.engine.parts;
  const begin = opener.begin.bind(opener);
  let spoken: Promise<unknown> | null = null;
  opener.begin = (run) => {
    if (run.records === null) spoken ??= bob.send('Alice', 'I am back');
    return begin(run);
  };
  await bob.goOnline();
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  await spoken;
  expect(await heard(bob)).toEqual(said);
  await alice.sees('Bob', (messages) => messages.at(-1)?.text === 'I am back', 'what he said');
});

it('Bob takes all of it though the thread dies in the middle of a run', async () => {
  const { bob, said } = await backlog();
  const { opener } = bob.engine.parts;
  const begin = opener.begin.bind(opener);
  let died = 0;
  opener.begin = (run) => {
    const opening = begin(run);
    if (opening === null || died > 0) return opening;
    died += 1;
    return {
      writes: opening.writes,
      next: async () => {
        const outcomes = await opening.next();
        void opener.stop();
        return outcomes;
      },
    };
  };
  await bob.goOnline();
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  expect(died).toBe(1);
  expect(await heard(bob)).toEqual(said);
});

it('A run is opened here when it is short, and while the thread is not up', async () => {
  const { bob } = await backlog(1);
  const none: RatchetPart = {
    kind: 'part',
    claimed: bob.engine.parts.self().me,
    type: 9,
    message: random(60),
    commit: random(32),
    body: random(40),
  };
  const run = (length: number) => ({ records: [], parts: Array.from({ length }, () => none) });
  expect(bob.engine.parts.opener.begin(run(MIN_AWAY - 1))).toBeNull();
  const { clock, self } = bob.engine.parts;
  const fresh = new Opener(clock, () => self().me);
  expect(fresh.begin(run(MIN_AWAY))).toBeNull();
  await until(() => fresh.isUp, 'it is started by being asked');
  const opening = fresh.begin(run(MIN_AWAY));
  expect(await opening?.next()).toHaveLength(32);
  await fresh.stop();
  await expect((async () => void ((await opening?.next()) ?? (await opening?.next())))()).rejects.toMatchObject({ code: 'INTERNAL' });
});

it('The thread may be stopped in the middle of a run, again and again, and the process lives on', async () => {
  const { alice, bob } = await aliceAndBob();
  await bob.open(await alice.write('one', bob));
  await alice.open(await bob.write('two', alice));
  const parts: RatchetPart[] = [];
  for (let at = 0; at < 4 * MIN_AWAY; at += 1) parts.push(readWrapped(bob.me, await alice.write(`${at}`, bob)) as RatchetPart);
  const key = sessionKey('session', alice.me.root, alice.me.device);
  const value = await bob.store.get(key);
  if (value === null) throw new Error('there is no session');
  for (let stop = 0; stop < 8; stop += 1) {
    const opener = new Opener(systemClock, () => bob.me);
    opener.warm();
    await until(() => opener.isUp, 'the thread is up');
    const run = opener.begin({ records: [{ key, value }], parts });
    expect(await run?.next()).toHaveLength(32);
    await opener.stop();
    expect(opener.isUp).toBe(false);
  }
});
