// Alice and Bob talk over a relay that dies and comes back from a backup, in another folder and at another port: they notice, and bring back what it lacks.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProxy } from '../support/net-proxy.ts';
import { until } from '../support/net-wait.ts';
import { PersonOfTheirOwn } from '../support/people-process.ts';
import { sottoRelay, startRelayProcess } from '../support/relay-process.ts';
import { bySize } from '../support/size.ts';
import { temporaryFolder } from '../support/store-files.ts';

/** Numbers each says: before the backup, while it is made, after it. */
const STEP = bySize({ usual: 30, full: 100, slow: 1_000 });
const timeout = bySize({ usual: 110_000, full: 110_000, slow: 900_000 });

/** The number of the port in a multiaddr. */
const portOf = (address: string) => Number(/\/tcp\/(\d+)/.exec(address)?.[1]);

async function contacts(relay: string): Promise<readonly [PersonOfTheirOwn, PersonOfTheirOwn]> {
  const folder = temporaryFolder();
  const [alice, bob] = [
    new PersonOfTheirOwn('Alice', join(folder, 'a'), 'kill -9'),
    new PersonOfTheirOwn('Bob', join(folder, 'b'), 'kill -9'),
  ];
  await Promise.all([alice.start(), bob.start()]);
  for (const person of [alice, bob]) await person.call('addRelay', { relay });
  const { link } = await bob.call('createInvite', { public: false, expiresInMs: 0 });
  await alice.call('addContact', { link, petname: 'Bob' });
  await until(async () => (await bob.call('requests', {})).length > 0, 'Bob is asked', 20_000);
  await bob.call('accept', { who: 'Alice', petname: 'Alice' });
  await until(async () => (await alice.call('contacts', {}))[0]?.state === 'accepted', 'Alice is answered', 20_000);
  return [alice, bob];
}

async function rest(...people: readonly PersonOfTheirOwn[]): Promise<void> {
  for (const _round of [1, 2])
    for (const person of people)
      await until(async () => (await person.call('sync', { timeoutMs: 10_000 })).complete, `${person.name} comes to rest`, 60_000);
}

it('nothing that anybody still holds is lost, nothing is doubled or reordered, and both are told', { timeout }, async () => {
  const folder = temporaryFolder();
  const [data, backup, restored] = [join(folder, 'data'), join(folder, 'backup'), join(folder, 'restored')];
  const first = await startRelayProcess(data);
  const target = { host: '127.0.0.1', port: portOf(first.address) };
  const name = await startProxy({ target }); // what a name in the DNS is otherwise
  const [alice, bob] = await contacts(name.through(first.address));
  const both = (to: number) => Promise.all([alice.stream('Bob', to), bob.stream('Alice', to)]);
  await both(STEP);
  await rest(alice, bob);
  const [made] = await Promise.all([sottoRelay('backup', backup, '--data', data), both(2 * STEP)]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  await both(3 * STEP);
  await rest(alice, bob);
  await first.end('SIGKILL');
  expect(await sottoRelay('restore', backup, '--data', restored)).toMatchObject({ code: 0, stderr: '' });
  const second = await startRelayProcess(restored);
  target.port = portOf(second.address);
  expect([second.peerId, target.port === portOf(first.address)]).toEqual([first.peerId, false]);
  await both(4 * STEP);
  await rest(alice, bob);

  const numbers = (who: string) => Array.from({ length: 4 * STEP }, (_, at) => `${who} ${at + 1}`);
  const [hers, his] = [await alice.history('Bob'), await bob.history('Alice')];
  expect(hers.map(({ id, seq }) => `${seq} ${id}`)).toEqual(his.map(({ id, seq }) => `${seq} ${id}`));
  for (const who of ['Alice', 'Bob']) {
    const said = hers.map(({ text }) => text).filter((text) => text?.startsWith(`${who} `));
    expect(said, `${who}: nothing lost, doubled or reordered`).toEqual(numbers(who));
  }
  expect(hers).toHaveLength(8 * STEP);
  for (const person of [alice, bob]) expect((await person.call('warnings', {})).map(({ kind }) => kind)).toContain('restored');
  await name.stop();
});
