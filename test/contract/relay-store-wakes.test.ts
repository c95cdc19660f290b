// What every relay store keeps of wake endpoints, and of the readers that they are called for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { MAX_WAKES } from '../../core/wire/limits.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import type { RelayStore } from '../../relay/store/store.ts';
import { HandClock, logNamed, named } from '../support/relay-store.ts';
import type { Place } from './relay-store.ts';

const LIFETIME = 1_000_000;
const home = logNamed('Alice and Bob').id;
const other = logNamed('Alice and Carol').id;
const [alice, bob, phone, laptop] = [named('Alice reads'), named('Bob reads'), named('the phone'), named('the laptop')];
const push = (name: string, expires = 10_000_000) => ({ kind: 2, url: `https://push.example.org/${name}`, expires });
const dues = (limit = 9, registration = named('a registration')) => ({ registration, kind: 'endpoints' as const, amount: 1, limit });

function relayWakesContract(name: string, place: () => Promise<Place>): void {
  describe(name, () => {
    const held: { at: Place | null; clock: HandClock; store: RelayStore | null } = { at: null, clock: new HandClock(), store: null };
    const wakes = () => (held.store as RelayStore).wakes;
    const again = async () => {
      await held.store?.close();
      held.store = (held.at as Place).make({ clock: held.clock, lifetimeMs: LIFETIME, quotaBytes: 1_000_000 });
      await held.store.open();
    };
    beforeEach(async () => {
      held.clock = new HandClock();
      held.at = await place();
      await again();
    });
    afterEach(async () => {
      await held.store?.close();
      held.store = null;
      await held.at?.remove();
    });
    endpoints(wakes, again, held);
    readers(wakes, again);
  });
}

type Wakes = () => RelayStore['wakes'];
type Again = () => Promise<void>;

function endpoints(wakes: Wakes, again: Again, held: { readonly clock: HandClock }): void {
  test('an endpoint outlives a restart, and is replaced and dropped', async () => {
    expect(await wakes().endpoint(phone)).toBeNull();
    expect(await wakes().putEndpoint(phone, push('ü'), dues())).toBe(0);
    await again();
    expect(await wakes().endpoint(phone)).toEqual(push('ü'));
    expect(await wakes().putEndpoint(phone, { ...push('2'), kind: 1 }, dues())).toBe(0);
    expect(await wakes().endpoint(phone)).toEqual({ ...push('2'), kind: 1 });
    expect(await wakes().endpoint(laptop)).toBeNull();
    await wakes().dropEndpoint(phone);
    await wakes().dropEndpoint(phone);
    expect(await wakes().endpoint(phone)).toBeNull();
  });

  test('only a new URL is charged, and nothing changes when the allowance is used up', async () => {
    expect(await wakes().putEndpoint(phone, push('1'), dues(2))).toBe(0);
    for (const expires of [20_000_000, 20_000_001, 15_000_000])
      expect(await wakes().putEndpoint(phone, push('1', expires), dues(2))).toBe(0);
    expect((await wakes().endpoint(phone))?.expires).toBe(20_000_000);
    expect(await wakes().putEndpoint(phone, push('2'), dues(2))).toBe(0);
    expect(await wakes().putEndpoint(phone, push('3'), dues(2))).toBeGreaterThan(0);
    expect(await wakes().putEndpoint(laptop, push('1'), dues(2))).toBeGreaterThan(0);
    expect(await wakes().endpoint(phone)).toEqual(push('2'));
    expect(await wakes().endpoint(laptop)).toBeNull();
    expect(await wakes().putEndpoint(laptop, push('1'), dues(2, named('another registration')))).toBe(0);
    held.clock.wall += LIFETIME;
    expect(await wakes().putEndpoint(phone, push('3'), dues(2))).toBe(0);
  });

  test('endpoints past their time are forgotten, and then the readers that named them', async () => {
    await wakes().putEndpoint(phone, push('1', 100), dues());
    await wakes().putEndpoint(laptop, push('2', 200), dues());
    await wakes().put(home, alice, phone);
    await wakes().put(home, bob, laptop);
    await wakes().forget(99);
    expect(await wakes().of(home)).toHaveLength(2);
    await wakes().forget(100);
    expect([await wakes().endpoint(phone), await wakes().of(home)]).toEqual([null, [{ reader: bob, endpoint: laptop }]]);
    expect(await wakes().endpoint(laptop)).toEqual(push('2', 200));
  });

  test('forgetting goes through more than one page', async () => {
    const ids = Array.from({ length: 600 }, (_, n) => named(`endpoint ${n}`));
    await Promise.all(ids.map((id, n) => wakes().putEndpoint(id, push('x', n % 2 === 0 ? 50 : 500), dues(1_000))));
    await wakes().forget(100);
    const left = await Promise.all(ids.map((id) => wakes().endpoint(id)));
    expect(left.map((one) => one !== null)).toEqual(ids.map((_, n) => n % 2 === 1));
  });
}

function readers(wakes: Wakes, again: Again): void {
  test('each reader of each log has an endpoint of its own, until it is taken away', async () => {
    await wakes().putEndpoint(phone, push('1'), dues());
    await wakes().putEndpoint(laptop, push('2'), dues());
    expect(await wakes().put(home, alice, phone)).toBe(true);
    expect(await wakes().put(home, alice, phone)).toBe(true);
    expect(await wakes().put(home, bob, laptop)).toBe(true);
    expect(await wakes().put(other, alice, phone)).toBe(true);
    await again();
    const both = [
      { reader: alice, endpoint: phone },
      { reader: bob, endpoint: laptop },
    ].sort((one, two) => Buffer.compare(one.reader, two.reader));
    expect(await wakes().of(home)).toEqual(both);
    expect(await wakes().of(home, bob)).toEqual([{ reader: bob, endpoint: laptop }]);
    expect(await wakes().of(other, bob)).toEqual([]);
    expect(await wakes().put(home, alice, null)).toBe(true);
    expect(await wakes().put(home, alice, null)).toBe(true);
    expect(await wakes().of(home, alice)).toEqual([]);
    expect(await wakes().of(other)).toEqual([{ reader: alice, endpoint: phone }]);
    const logs: string[] = [];
    await wakes().eachLog((log: Bytes) => logs.push(hex(log)));
    expect(logs.sort()).toEqual([hex(home), hex(other)].sort());
  });

  test('no reader names an endpoint that is not there, and a log has so many of them and no more', async () => {
    expect(await wakes().put(home, alice, phone)).toBe('NOT_FOUND');
    await wakes().putEndpoint(phone, push('1'), dues());
    const all = Array.from({ length: MAX_WAKES }, (_, n) => named(`reader ${n}`));
    expect(await Promise.all(all.map((reader) => wakes().put(home, reader, phone)))).toEqual(all.map(() => true));
    expect(await wakes().put(home, alice, phone)).toBe('QUOTA');
    expect(await wakes().put(home, all[3] as Bytes, phone)).toBe(true);
    expect(await wakes().put(other, alice, phone)).toBe(true);
    await wakes().put(home, all[3] as Bytes, null);
    expect(await wakes().put(home, alice, phone)).toBe(true);
  });
}

relayWakesContract('wake endpoints in a relay store on LevelDB', async () => {
  const location = await mkdtemp(join(tmpdir(), 'sotto-relay-wakes-'));
  return {
    make: (terms) => new LevelRelayStore({ location, ...terms }),
    exclusive: true,
    remove: () => rm(location, { recursive: true, force: true }),
  };
});
relayWakesContract('wake endpoints in a relay store in memory', async () => {
  const disk = new MemoryDisk();
  return { make: (terms) => new LevelRelayStore({ location: '', disk, ...terms }), exclusive: true, remove: async () => undefined };
});
