// When an endpoint is called, by a clock held by hand: together, not again, after pauses, and never for want of memory.
import { expect, test } from 'vitest';
import { WAKE_AGAIN_MS, WAKE_INTERVAL_MS } from '../../core/wire/limits.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import type { StoredEndpoint } from '../../relay/store/store.ts';
import { Bells } from '../../relay/wake/bells.ts';
import type { Knocked } from '../../relay/wake/knock.ts';
import { Lanes } from '../../relay/wake/lanes.ts';
import { handClock } from '../support/net-clock.ts';

/** Lets everything that is ready to run do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function scene(answer: (call: number) => Knocked | Promise<Knocked> = () => 'taken') {
  const clock = handClock();
  const metrics = new Metrics();
  const calls: number[] = [];
  const dropped: string[] = [];
  const endpoints = new Map<string, StoredEndpoint>([['phone', { kind: 1, url: 'https://a.example/', expires: 1 }]]);
  const bells = new Bells({
    clock,
    metrics,
    chance: () => 1,
    endpoint: async (name) => endpoints.get(name) ?? null,
    drop: async (name) => void dropped.push(name),
    host: ({ url }) => new URL(url).host,
    call: async () => answer(calls.push(clock.monotonic())),
  });
  const pass = async (ms: number) => {
    clock.pass(ms);
    await settle();
  };
  const ring = async (name = 'phone') => {
    bells.ring(name);
    await settle();
  };
  return { clock, metrics, calls, dropped, endpoints, bells, pass, ring };
}

test('a phone that is away is called once, however much comes, until it came or a day went by', async () => {
  const { calls, bells, pass, ring } = scene();
  for (let entry = 0; entry < 50; entry += 1) await ring();
  await pass(WAKE_AGAIN_MS - 1);
  await ring();
  expect(calls).toHaveLength(1);
  await pass(1);
  await ring();
  expect(calls).toHaveLength(2);
  await pass(WAKE_INTERVAL_MS);
  bells.came('phone');
  await ring();
  expect(calls).toHaveLength(3);
});

test('a phone that comes and goes is called once a minute, and not when it came before the minute was over', async () => {
  const { calls, bells, pass, ring } = scene();
  await ring();
  bells.came('phone');
  await ring();
  await pass(WAKE_INTERVAL_MS - 1);
  expect(calls).toHaveLength(1);
  await pass(1);
  expect(calls).toHaveLength(2);
  bells.came('phone');
  await ring();
  bells.came('phone');
  await pass(10 * WAKE_INTERVAL_MS);
  expect(calls).toHaveLength(2);
});

test('an endpoint that is down is tried six times more with doubling pauses, and again with the next entry', async () => {
  const { calls, metrics, pass, ring, clock } = scene(() => 'later');
  await ring();
  for (let second = 0; second < 3_600; second += 5) await pass(5_000);
  const pauses = calls.slice(1).map((at, before) => at - (calls[before] ?? 0));
  expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000]);
  expect([metrics.value('wakes_repeated'), metrics.value('wakes_failed'), clock.waiting]).toEqual([6, 1, 0]);
  await ring();
  expect(calls).toHaveLength(8);
});

test('one that is back is called no more', async () => {
  const { calls, pass, ring } = scene((call) => (call < 3 ? 'later' : 'taken'));
  await ring();
  for (let second = 0; second < 600; second += 5) await pass(5_000);
  await ring();
  expect(calls).toHaveLength(3);
});

test('a phone that came by itself is not called for what it has read', async () => {
  const { calls, bells, pass, ring } = scene(() => 'later');
  await ring();
  bells.came('phone');
  await pass(3_600_000);
  expect(calls).toHaveLength(1);
});

test('an endpoint that is gone is forgotten, one that says no is left alone until the next entry', async () => {
  const gone = scene(() => 'gone');
  await gone.ring();
  expect(gone.dropped).toEqual(['phone']);
  const no = scene(() => 'refused');
  await no.ring();
  await no.pass(3_600_000);
  expect([no.calls.length, no.dropped]).toEqual([1, []]);
  await no.ring();
  expect(no.calls).toHaveLength(2);
});

test('a phone that came and went while it was being called is called once more', async () => {
  const answers: ((knocked: Knocked) => void)[] = [];
  const { calls, bells, pass, ring } = scene(() => new Promise((resolve) => answers.push(resolve)));
  await ring();
  bells.came('phone');
  await ring();
  expect(calls).toHaveLength(1);
  answers[0]?.('taken');
  await settle();
  await pass(WAKE_INTERVAL_MS);
  expect(calls).toHaveLength(2);
});

test('an endpoint that is not there is not called, nor for good given up', async () => {
  const { calls, endpoints, ring } = scene();
  await ring('laptop');
  expect(calls).toHaveLength(0);
  endpoints.set('laptop', { kind: 1, url: 'https://b.example/', expires: 1 });
  await ring('laptop');
  expect(calls).toHaveLength(1);
});

test('after a stop nothing is called, and no timer is left', async () => {
  const { calls, bells, clock, pass, ring } = scene(() => 'later');
  await ring();
  bells.stop();
  await pass(3_600_000);
  await ring();
  expect([calls.length, clock.waiting]).toEqual([1, 0]);
});

test('endpoints that are remembered are bounded', async () => {
  const { bells } = scene();
  for (let n = 0; n < 66_000; n += 1) bells.ring(`nobody ${n}`);
  await settle();
  expect(bells.size).toBe(65_536);
});

test('a host that never answers holds its own places, and the others their turn', async () => {
  const lanes = new Lanes(8, 4);
  const began: string[] = [];
  const ends: (() => void)[] = [];
  const hang = (host: string) => () => {
    began.push(host);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  for (let n = 0; n < 100; n += 1) lanes.run('tarpit', hang('tarpit'));
  for (let n = 0; n < 6; n += 1) lanes.run(`good ${n % 2}`, hang('good'));
  expect(began).toEqual([...Array(4).fill('tarpit'), ...Array(4).fill('good')]);
  for (const end of ends.splice(4)) end();
  await settle();
  expect(began.filter((host) => host === 'good')).toHaveLength(6);
  expect(began.filter((host) => host === 'tarpit')).toHaveLength(4);
  ends[0]?.();
  await settle();
  expect(began.filter((host) => host === 'tarpit')).toHaveLength(5);
});
