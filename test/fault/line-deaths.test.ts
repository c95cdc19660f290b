// Real processes that die at random moments while two streams of numbered messages run: 0 lost, 0 doubled, 0 reordered.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../support/net-wait.ts';
import { type Death, PersonOfTheirOwn, RelayOfItsOwn } from '../support/people-process.ts';
import { canCutPower, setDiskFault } from '../support/power.ts';
import { bySize } from '../support/size.ts';
import { temporaryFolder } from '../support/store-files.ts';

/** Numbers each of the two says, and how often somebody dies: each of the three at least once. */
const { NUMBERS, DEATHS } = bySize({
  usual: { NUMBERS: 150, DEATHS: 3 },
  full: { NUMBERS: 500, DEATHS: 6 },
  slow: { NUMBERS: 10_000, DEATHS: 60 },
});

interface Scene {
  readonly folder: string;
  readonly relay: RelayOfItsOwn;
  readonly alice: PersonOfTheirOwn;
  readonly bob: PersonOfTheirOwn;
}

async function contacts(death: Death): Promise<Scene> {
  const folder = temporaryFolder();
  const relay = await RelayOfItsOwn.start(join(folder, 'relay'), death);
  const [alice, bob] = await Promise.all(
    (['Alice', 'Bob'] as const).map((name) => new PersonOfTheirOwn(name, join(folder, name), death).start()),
  );
  if (alice === undefined || bob === undefined) throw new Error('nobody came');
  for (const person of [alice, bob]) await person.call('addRelay', { relay: relay.address });
  const { link } = await bob.call('createInvite', { public: false, expiresInMs: 0 });
  await alice.call('addContact', { link, petname: 'Bob' });
  await until(async () => (await bob.call('requests', {})).length > 0, 'Bob is asked', 20_000);
  await bob.call('accept', { who: 'Alice', petname: 'Alice' });
  await until(async () => (await alice.call('contacts', {}))[0]?.state === 'accepted', 'Alice is answered', 20_000);
  return { folder, relay, alice, bob };
}

/** Streams of both while somebody dies again and again; each death is somewhere in the middle of the work. */
async function liveAndDie({ relay, alice, bob }: Scene): Promise<number> {
  const streams = Promise.all([alice.stream('Bob', NUMBERS), bob.stream('Alice', NUMBERS)]);
  let running = true;
  const over = streams.finally(() => {
    running = false;
  });
  over.catch(() => undefined);
  let deaths = 0;
  for (const mortals = [alice, relay, bob]; running && deaths < DEATHS; deaths += 1) {
    await wait(randomInt(50, 400));
    await mortals[deaths % mortals.length]?.die(randomInt(2 ** 31));
  }
  await over;
  return deaths;
}

async function verdict({ alice, bob }: Scene, count = NUMBERS): Promise<void> {
  for (const _round of [1, 2]) {
    for (const person of [alice, bob]) {
      await until(async () => (await person.call('sync', { timeoutMs: 10_000 })).complete, `${person.name} comes to rest`, 60_000);
    }
  }
  const numbers = (name: string) => Array.from({ length: count }, (_, at) => `${name} ${at + 1}`);
  const [hers, his] = [await alice.history('Bob'), await bob.history('Alice')];
  expect(hers.map(({ id, seq }) => `${seq} ${id}`)).toEqual(his.map(({ id, seq }) => `${seq} ${id}`));
  for (const history of [hers, his]) {
    for (const name of ['Alice', 'Bob']) {
      const said = history.map(({ text }) => text).filter((text) => text?.startsWith(`${name} `));
      expect(said, `${name}: nothing lost, doubled or reordered`).toEqual(numbers(name));
    }
    expect(history.length).toBe(2 * count);
  }
  for (const person of [alice, bob]) expect((await person.call('warnings', {})).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([]);
}

const timeout = bySize({ usual: 110_000, full: 110_000, slow: 900_000 });

describe('with kill -9 of sender, relay and receiver at random moments', () => {
  it('nothing is lost, doubled or reordered', { timeout }, async () => {
    const scene = await contacts('kill -9');
    expect(await liveAndDie(scene)).toBeGreaterThan(1);
    await verdict(scene);
  });
});

describe.runIf(canCutPower())('with the power of sender, relay and receiver cut at random moments', () => {
  it('nothing is lost, doubled or reordered', { timeout }, async () => {
    const scene = await contacts('power cut');
    expect(await liveAndDie(scene)).toBeGreaterThan(1);
    await verdict(scene);
  });

  it('a full disk of the relay stops nobody from writing, and everything arrives once there is room', { timeout }, async () => {
    const scene = await contacts('power cut');
    const { folder, alice, bob } = scene;
    await Promise.all([alice.stream('Bob', 50), bob.stream('Alice', 50)]);
    setDiskFault(join(folder, 'relay'), 'full', true);
    await Promise.all([alice.stream('Bob', 100), bob.stream('Alice', 100)]);
    expect(await alice.call('sync', { timeoutMs: 1_000 })).toMatchObject({ complete: false, reason: expect.stringMatching(/\w/) });
    setDiskFault(join(folder, 'relay'), 'full', false);
    await verdict(scene, 100);
  });

  it('a full disk of Alice refuses what she says, with the reason, and goes on once there is room', { timeout }, async () => {
    const scene = await contacts('power cut');
    const { folder, alice, bob } = scene;
    await Promise.all([alice.stream('Bob', 50), bob.stream('Alice', 50)]);
    setDiskFault(join(folder, 'Alice'), 'full', true);
    await expect(alice.stream('Bob', 60)).rejects.toThrow(/disk/);
    await bob.stream('Alice', 100);
    setDiskFault(join(folder, 'Alice'), 'full', false);
    await until(
      () =>
        alice.stream('Bob', 100).then(
          () => true,
          () => false,
        ),
      'Alice can write again',
      30_000,
    );
    await verdict(scene, 100);
  });
});
