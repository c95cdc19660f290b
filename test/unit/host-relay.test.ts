// The relay on Alice's machine, over a starter that starts nothing: one port for ever, started again, and stopped when she says so.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MadeRelays, madeHost } from '../support/host.ts';
import { until } from '../support/net-wait.ts';
import { temporaryFolder } from '../support/store-files.ts';

const status = (address: string) => ({ address, peerId: '12D3KooWLocal', state: 'connected', reason: null });
const answers = { addRelay: (input: unknown) => status((input as { relay: string }).relay) };

it('is started once, becomes a relay of the account, and runs again at the same port when the home opens again', async () => {
  const home = join(temporaryFolder(), 'home');
  const relays = new MadeRelays();
  const made = await madeHost([{ keyFile: true }], { home, relay: relays }, answers);
  await made.reaches('open');
  expect(await made.host.api.localRelay({})).toEqual({ running: false, address: null });
  const [first, second] = await Promise.all([made.host.api.startLocalRelay({}), made.host.api.startLocalRelay({})]);
  expect(first).toEqual(second);
  expect(relays.started).toHaveLength(1);
  expect(relays.started[0]?.folder).toBe(join(home, 'relay'));
  expect(await made.host.api.localRelay({})).toEqual({ running: true, address: first.address });
  await made.host.close();
  expect(relays.running.size).toBe(0);
  const again = await madeHost([], { home, relay: relays }, answers);
  await again.reaches('open');
  await until(async () => (await again.host.api.localRelay({})).running, 'it runs again');
  expect((await again.host.api.localRelay({})).address).toBe(first.address);
  expect(again.asked, 'the account knows it already').toEqual([]);
});

it('that was stopped stays stopped, and comes back at its own port', async () => {
  const home = join(temporaryFolder(), 'home');
  const relays = new MadeRelays();
  const made = await madeHost([{ keyFile: true }], { home, relay: relays }, answers);
  await made.reaches('open');
  const { address } = await made.host.api.startLocalRelay({});
  expect(await made.host.api.stopLocalRelay({})).toEqual({ running: false, address: null });
  made.clock.pass(600_000);
  expect(relays.running.size).toBe(0);
  await made.host.close();
  const again = await madeHost([], { home, relay: relays }, answers);
  await again.reaches('open');
  expect(relays.started).toHaveLength(1);
  expect((await again.host.api.startLocalRelay({})).address).toBe(address);
});

it('that dies is started again, ever more seldom while that fails', async () => {
  const relays = new MadeRelays();
  const made = await madeHost([{ keyFile: true }], { relay: relays }, answers);
  await made.reaches('open');
  await made.host.api.startLocalRelay({});
  relays.fail = true;
  relays.die();
  for (const [tries, ms] of [
    [2, 1_000],
    [3, 2_000],
    [4, 4_000],
    [5, 8_000],
  ] as const) {
    await until(() => made.clock.waiting === 1, 'it waits');
    made.clock.pass(ms - 1);
    expect(relays.started).toHaveLength(tries - 1);
    made.clock.pass(1);
    await until(() => relays.started.length === tries, `try ${tries}`);
  }
  expect(await made.host.api.localRelay({})).toEqual({ running: false, address: null });
  relays.fail = false;
  await until(() => made.clock.waiting === 1, 'it waits');
  made.clock.pass(60_000);
  await until(async () => (await made.host.api.localRelay({})).running, 'it runs');
  expect(new Set(relays.started.map(({ port }) => port)).size).toBe(1);
  expect(made.faults).toContain('OFFLINE');
});

it('that cannot be started is said and not remembered; where none can be run, none is', async () => {
  const relays = new MadeRelays();
  relays.fail = true;
  const made = await madeHost([{ keyFile: true }], { relay: relays }, answers);
  await made.reaches('open');
  await expect(made.host.api.startLocalRelay({})).rejects.toMatchObject({ code: 'OFFLINE' });
  expect(made.clock.waiting).toBe(0);
  const without = await madeHost([{ keyFile: true }], {}, answers);
  await without.reaches('open');
  await expect(without.host.api.startLocalRelay({})).rejects.toMatchObject({ code: 'REFUSED' });
});

it('of a damaged file is as one that was never started, and that is said', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'local-relay.json'), '{"port":99999999,"wanted":true}');
  const relays = new MadeRelays();
  const made = await madeHost([{ keyFile: true }], { home, relay: relays }, answers);
  await made.reaches('open');
  await made.host.api.startLocalRelay({});
  expect(relays.started).toHaveLength(1);
  expect(relays.started[0]?.port).toBeLessThan(65_536);
  expect(made.faults).toContain('MALFORMED');
});
