// How a relay says that it is: what the pages are made of, without a network.
import { expect, test } from 'vitest';
import { systemClock } from '../../core/base/clock.ts';
import { runConfig } from '../../relay/config.ts';
import { Health } from '../../relay/operator/health.ts';
import { OperatorLog } from '../../relay/operator/log.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import { reload } from '../../relay/operator/reload.ts';
import { temporaryData } from '../support/relay-parts.ts';

interface Planned {
  readonly ms: number;
  readonly run: () => void;
}

async function watched() {
  let now = 0;
  let planned: Planned | null = null;
  const after = (ms: number, run: () => void) => {
    planned = { ms, run };
    return () => undefined;
  };
  const clock = { now: () => now, monotonic: () => now, after };
  const lines: string[] = [];
  const metrics = new Metrics();
  const log = new OperatorLog((line) => lines.push(line), systemClock);
  const health = new Health({ data: await temporaryData(), metrics, log, clock });
  const touches = { count: 0, works: false };
  await health.start(async () => {
    touches.count += 1;
    if (!touches.works) throw new Error('The disk is still bad.');
  });
  const look = async () => {
    const due = planned as Planned;
    now += due.ms;
    planned = null;
    due.run();
    await expect.poll(() => planned).not.toBeNull();
    return due.ms;
  };
  return { health, metrics, touches, look, events: () => lines.map((line) => (JSON.parse(line) as { event: string }).event) };
}

test('a write that failed is told once, tried again soon until the disk takes it, and told again when it does', async () => {
  const { health, metrics, touches, look, events } = await watched();
  expect(await look()).toBe(15_000);
  health.written(3, true);
  expect(touches.count).toBe(0);
  health.written(3, false);
  health.written(3, false);
  expect([health.writable, metrics.gaugeNow('store_writable'), metrics.value('store_faults')]).toEqual([false, 0, 2]);
  expect(await look()).toBe(5_000);
  expect(await look()).toBe(5_000);
  expect([touches.count, health.writable]).toEqual([2, false]);
  touches.works = true;
  await look();
  expect(health.writable).toBe(true);
  expect(events()).toEqual(['store-failing', 'store-recovered']);
  expect(await look()).toBe(15_000);
  health.stop();
});

test('the rate of appends is that of the last quarter of a minute, and space comes from the disk itself', async () => {
  const { health, metrics, look } = await watched();
  metrics.count('appends', 150);
  await look();
  expect(health.appendsPerSecond).toBe(10);
  await look();
  expect(health.appendsPerSecond).toBe(0);
  expect(metrics.gaugeNow('disk_free_bytes')).toBeGreaterThan(0);
  expect(metrics.gaugeNow('disk_total_bytes')).toBeGreaterThan(metrics.gaugeNow('disk_free_bytes'));
  expect(metrics.gaugeNow('resident_bytes')).toBeGreaterThan(10_000_000);
  health.stop();
});

test('a reload names every setting that needs a restart, and takes up the others', async () => {
  const lines: string[] = [];
  const log = new OperatorLog((line) => lines.push(line), systemClock);
  const limits: number[] = [];
  const running = runConfig(['--data', 'd']);
  const wanted = [
    '--announce',
    '/dns4/a.example/tcp/1/ws',
    '--open',
    '--admin',
    '127.0.0.1:1',
    '--behind-proxy',
    '--limit',
    'registration-logs=5',
    '--max-connections',
    '7',
    '--log-level',
    'warn',
  ];
  const load = async () => runConfig(['--data', 'd', ...wanted, '--listen', '/ip4/127.0.0.1/tcp/1']);
  const after = await reload(running, { relay: { limit: (most) => void limits.push(most) }, log, certificate: null, load });
  expect([limits, log.level, after.maxConnections, after.logLevel]).toEqual([[7], 'warn', 7, 'warn']);
  const { time: _, ...said } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  expect(said).toEqual({
    level: 'warn',
    event: 'restart-needed',
    listen: true,
    announce: true,
    admission: true,
    admin: true,
    'behind-proxy': true,
    limit: true,
  });
  expect(after.listen).toEqual(running.listen);
});
