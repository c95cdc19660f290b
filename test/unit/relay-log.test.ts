// The relay's log and metrics are the operator's to keep and to show: nothing of a user can get into either, whatever is handed over.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import { EVENTS, OperatorLog } from '../../relay/operator/log.ts';
import { COUNTERS, type CounterName, GAUGES, Metrics } from '../../relay/operator/metrics.ts';

const clock = { now: () => Date.UTC(2026, 10, 22) };
const ROOT = join(import.meta.dirname, '..', '..');

function logged(level: 'info' | 'warn' | 'none' = 'info'): { log: OperatorLog; lines: string[] } {
  const lines: string[] = [];
  return { log: new OperatorLog((line) => lines.push(line), clock, level), lines };
}

test('a line is one JSON object with time, level, event and the facts of that event', () => {
  const { log, lines } = logged();
  log.info('swept', { deleted: 7 });
  expect(lines).toEqual(['{"time":"2026-11-22T00:00:00.000Z","level":"info","event":"swept","deleted":7}\n']);
});

test('keys, envelopes, addresses and PeerIds cannot get in: not as an event, not as a fact, not as its name, in no type', () => {
  const secrets = ['12D3KooWSbGj8x5dfs8kPdFhAB7pLenTL8n67xY1TUFJiPPXvGSs', '/ip4/203.0.113.7/tcp/443/ws', '203.0.113.7', hex(random(32))];
  const secret = fc.oneof(fc.constantFrom(...secrets), fc.string({ minLength: 12 }));
  const event = fc.oneof(secret, fc.constantFrom(...Object.keys(EVENTS)));
  const value = fc.oneof(secret, fc.uint8Array(), fc.array(secret), fc.integer(), fc.boolean(), fc.double(), fc.record({ peer: secret }));
  const name = fc.oneof(secret, fc.constantFrom(...Object.values(EVENTS).flat()));
  const words = new Set([...Object.keys(EVENTS), ...Object.values(EVENTS).flat(), 'time', 'level', 'event', 'info', 'warn', 'unlisted']);
  fc.assert(
    fc.property(event, fc.dictionary(name, value), fc.boolean(), (what, facts, warns) => {
      const { log, lines } = logged();
      log[warns ? 'warn' : 'info'](what, facts as Record<string, number>);
      const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
      expect(time).toBe('2026-11-22T00:00:00.000Z');
      for (const [key, said] of Object.entries(rest)) {
        expect(words.has(key), key).toBe(true);
        expect(typeof said === 'number' || typeof said === 'boolean' || words.has(String(said)), String(said)).toBe(true);
      }
      for (const { event: kept } of log.faults) expect(words.has(kept)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('every event that the relay logs is on the list', () => {
  const files = readdirSync(join(ROOT, 'relay'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const events = files.flatMap((name) =>
    [...readFileSync(join(ROOT, 'relay', name), 'utf8').matchAll(/[lL]og\.(?:info|warn)\(\s*'([^']+)'/g)].map(([, event]) => event ?? ''),
  );
  expect(events.length).toBeGreaterThan(15);
  expect(events.filter((event) => !Object.hasOwn(EVENTS, event))).toEqual([]);
});

test('the level says what is written, and the last warnings are remembered at every level', () => {
  const { log, lines } = logged('warn');
  log.info('started');
  expect(lines).toEqual([]);
  log.warn('store-failing');
  log.level = 'none';
  for (let at = 0; at < 40; at += 1) log.warn('sweep failed');
  expect(lines).toHaveLength(1);
  expect(log.faults).toHaveLength(20);
  expect(log.faults.at(-1)).toEqual({ time: clock.now(), event: 'sweep failed' });
});

test('metrics are text that Prometheus reads: help, type and a number for every name, codes as the only labels', () => {
  const metrics = new Metrics();
  metrics.count('appends', 3);
  metrics.gauge('open_connections', () => 2);
  metrics.gauge('disk_free_bytes', () => Number.NaN);
  metrics.refused('RATE');
  for (const ms of [0.2, 3, 3, 80, 9_000]) metrics.fsynced(ms);
  const lines = metrics.text().split('\n');
  expect(lines).toContain('sotto_relay_appends_total 3');
  expect(lines).toContain('sotto_relay_open_connections 2');
  expect(lines).toContain('sotto_relay_disk_free_bytes 0');
  expect(lines).toContain('sotto_relay_refusals_total{code="RATE"} 1');
  expect(lines).toContain('sotto_relay_fsync_seconds_bucket{le="0.0005"} 1');
  expect(lines).toContain('sotto_relay_fsync_seconds_bucket{le="0.005"} 3');
  expect(lines).toContain('sotto_relay_fsync_seconds_bucket{le="+Inf"} 5');
  expect(lines).toContain('sotto_relay_fsync_seconds_count 5');
  for (const line of lines.slice(0, -1))
    expect(line).toMatch(/^(# (HELP|TYPE) sotto_relay_[a-z0-9_]+ .+|sotto_relay_[a-z0-9_]+(\{(code|le)="[A-Z_0-9.+Inf]+"\})? [0-9.e+-]+)$/);
  const names = [...Object.keys(COUNTERS).map((name) => `${name}_total`), ...Object.keys(GAUGES), 'refusals_total', 'fsync_seconds'];
  for (const name of names)
    expect(
      lines.filter((line) => line.startsWith(`# TYPE sotto_relay_${name} `)),
      name,
    ).toHaveLength(1);
});

test('a scrape costs the same however much was counted', () => {
  const metrics = new Metrics();
  const before = metrics.text().split('\n').length;
  for (const name of Object.keys(COUNTERS) as CounterName[]) metrics.count(name, 1_000_000);
  for (const code of Object.keys(REFUSAL) as (keyof typeof REFUSAL)[]) metrics.refused(code);
  for (let at = 0; at < 10_000; at += 1) metrics.fsynced(at);
  expect(metrics.text().split('\n')).toHaveLength(before);
});
