// What Bob's device tells his relay of being woken: each log once, the endpoint once a day, and everything anew when the relay forgot.
import { expect, onTestFinished, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { systemClock } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { silentLog } from '../../core/base/log.ts';
import type { RelayConnection, WakeCalls } from '../../core/net/relay-connection.ts';
import { wakeId } from '../../core/wire/capability.ts';
import { startRelay } from '../../relay/relay.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { temporaryData } from '../support/relay-parts.ts';

const DAY_MS = 86_400_000;
const ENDPOINT = { kind: 'webhook', url: 'https://push.example.org/bob' } as const;

async function scene(wake = true) {
  const store = new LevelRelayStore({ location: '', clock: systemClock, disk: new MemoryDisk() });
  const listen = ['/ip4/127.0.0.1/tcp/0/ws'];
  const relay = await startRelay({ data: await temporaryData(), listen, open: true, wake, log: silentLog, store });
  onTestFinished(() => relay.stop());
  const told: string[] = [];
  const secrets = new Set<string>();
  const line = { isCut: false };
  const counted = (real: RelayConnection): RelayConnection => {
    const calls: WakeCalls = {
      setEndpoint: async (secret, kind, url) => {
        if (line.isCut) throw new SottoError('OFFLINE');
        told.push(kind === 0 ? 'no endpoint' : 'endpoint');
        secrets.add(hex(secret));
        return real.wake.setEndpoint(secret, kind, url);
      },
      setWake: (handle, reader, secret) => {
        told.push('log');
        return real.wake.setWake(handle, reader, secret);
      },
    };
    return replace(real, { wake: calls });
  };
  const [alice, bob] = [await Person.create('Alice'), await Person.create('Bob', { tamper: counted })];
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.addresses[0] ?? '');
  }
  await becomeContacts(alice, bob);
  await bob.sync();
  const keeper = () => {
    const { online } = bob.engine;
    if (online === null) throw new Error('Bob is offline');
    return online.wake;
  };
  /** What is told in one pass after Bob came again, so many days later. */
  const comes = async (days = 0) => {
    told.length = 0;
    bob.clockWrong += days * DAY_MS;
    await bob.restart();
    await bob.sync();
    await keeper().pass();
    return [...told].sort();
  };
  return { line, store, told, secrets, keeper, comes };
}

test('each log is told once, also over restarts, and the endpoint again after a day', async () => {
  const { told, secrets, keeper, comes } = await scene();
  expect(await keeper().state()).toMatchObject({ endpoint: null, relays: [{ state: 'off' }], conversations: 0 });
  await keeper().set(ENDPOINT);
  expect([...told].sort()).toEqual(['endpoint', 'log', 'log']);
  expect(await comes()).toEqual([]);
  expect(await comes(2)).toEqual(['endpoint', 'log']);
  expect(secrets.size).toBe(1);
  told.length = 0;
  await keeper().set({ ...ENDPOINT, url: 'https://push.example.org/other' });
  expect(told).toEqual(['endpoint']);
  expect(await keeper().state()).toMatchObject({ relays: [{ state: 'set', reason: null }], conversations: 1, elsewhere: 0 });
});

test('a relay that forgot the endpoint is told everything anew, under another secret', async () => {
  const { store, secrets, keeper, comes } = await scene();
  await keeper().set(ENDPOINT);
  for (const secret of secrets) await store.wakes.dropEndpoint(wakeId(new Uint8Array(Buffer.from(secret, 'hex'))));
  expect(await comes(2)).toEqual(['endpoint', 'log', 'log', 'log']);
  expect(await comes(31)).toEqual(['endpoint', 'log', 'log']);
  expect(secrets.size).toBe(3);
});

test('what is taken back while the relay is away is taken back when it is there', async () => {
  const { line, store, secrets, keeper, comes } = await scene();
  await keeper().set(ENDPOINT);
  line.isCut = true;
  expect(await keeper().set(null)).toMatchObject({ endpoint: null });
  line.isCut = false;
  expect(await comes()).toEqual(['no endpoint']);
  for (const secret of secrets) expect(await store.wakes.endpoint(wakeId(new Uint8Array(Buffer.from(secret, 'hex'))))).toBeNull();
  expect(await keeper().state()).toMatchObject({ endpoint: null, relays: [{ state: 'off' }] });
});

test('a relay that wakes nobody, or refuses the URL, is shown so', async () => {
  const unable = await scene(false);
  expect(await unable.keeper().set(ENDPOINT)).toMatchObject({ relays: [{ state: 'unable', key: null }], conversations: 0 });
  expect(unable.told).toEqual([]);
  const { keeper } = await scene();
  const state = await keeper().set({ ...ENDPOINT, url: 'https://127.0.0.1/' });
  expect(state.relays).toMatchObject([{ state: 'refused', reason: 'This relay calls no such address.' }]);
  expect(Buffer.from(state.relays[0]?.key ?? '', 'base64url')).toHaveLength(65);
  await expect(keeper().set({ ...ENDPOINT, url: 'file:///etc/passwd' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await keeper().set(ENDPOINT)).toMatchObject({ relays: [{ state: 'set', reason: null }] });
});
