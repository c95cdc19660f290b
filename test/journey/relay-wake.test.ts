// Somebody away is woken: real engines over a real relay, and a real server that takes the calls.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { WAKE_INTERVAL_MS } from '../../core/wire/limits.ts';
import { Metrics } from '../../relay/operator/metrics.ts';
import { startRelay } from '../../relay/relay.ts';
import { GATHER_MS } from '../../relay/wake/wakes.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { PersonClock } from '../support/people-clock.ts';

interface Hit {
  readonly request: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: number;
}

/** A server on loopback that takes calls, and answers each as `answer` says. */
async function hook(answer: (response: ServerResponse, hit: number) => void = (response) => response.writeHead(200).end()) {
  const hits: Hit[] = [];
  const server = createServer((request, response) => {
    let body = 0;
    request.on('data', (piece: Buffer) => (body += piece.length));
    request.on('end', () => answer(response, hits.push({ request: `${request.method} ${request.url}`, headers: request.headers, body })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { hits, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wake?device=1` };
}

/** Alice and Bob are contacts over one relay whose time can be let pass. */
async function scene() {
  const data = await mkdtemp(join(tmpdir(), 'sotto-wake-'));
  const clock = new PersonClock();
  const metrics = new Metrics();
  const listen = ['/ip4/127.0.0.1/tcp/0/ws'];
  const start = (at = listen) =>
    startRelay({ data, listen: at, open: true, wake: true, wakePrivate: true, log: silentLog, clock, metrics });
  let relay = await start();
  const address = relay.addresses[0] ?? '';
  onTestFinished(async () => {
    await relay.stop();
    await rm(data, { recursive: true, force: true });
  });
  const people = [await Person.create('Alice'), await Person.create('Bob')] as const;
  for (const one of people) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(address);
  }
  await becomeContacts(...people);
  for (const one of people) await one.sync();
  const [alice, bob] = people;
  const restart = async () => {
    await relay.stop();
    relay = await start([address.replace(/\/p2p\/.*$/, '')]);
  };
  /** Bob says where he is called, and goes. */
  const callBobAt = async (url: string) => {
    await bob.sync();
    const state = await (bob.engine.online as NonNullable<typeof bob.engine.online>).wake.set({ kind: 'webhook', url });
    expect(state).toMatchObject({ relays: [{ state: 'set' }], conversations: 1, elsewhere: 0 });
  };
  const say = async (...texts: string[]) => {
    const said = await Promise.all(texts.map((text) => alice.send('Bob', text)));
    for (const { state } of await alice.settled(...said.map(({ id }) => id))) expect(state).toBe('stored');
  };
  const goes = async () => {
    await bob.leave();
    clock.pass(GATHER_MS);
  };
  const comes = async () => {
    await (await bob.start()).goOnline();
    await bob.sync();
  };
  return { alice, bob, clock, metrics, callBobAt, say, goes, comes, restart };
}

test('Bob is away while Alice writes fifty messages: one empty call; he comes and goes: one more', async () => {
  const { bob, clock, metrics, callBobAt, say, goes, comes, restart } = await scene();
  const { hits, url } = await hook();
  await callBobAt(url);
  await say('he is here');
  await bob.sees('Alice', (seen) => seen.length === 1, 'what came while he was here');
  await goes();
  await say(...Array.from({ length: 50 }, (_, n) => `message ${n}`));
  clock.pass(GATHER_MS);
  await until(() => metrics.value('wakes_sent') === 1, 'he is called');
  await say('one more');
  clock.pass(GATHER_MS);
  clock.pass(WAKE_INTERVAL_MS);
  await comes();
  await bob.sees('Alice', (seen) => seen.length === 52, 'all of it');
  expect(metrics.value('wakes_sent'), 'he was not called twice for what he did not read').toBe(1);
  await goes();
  await say('he is away again');
  clock.pass(GATHER_MS);
  clock.pass(WAKE_INTERVAL_MS);
  await until(() => metrics.value('wakes_sent') === 2, 'he is called again');
  expect(hits.map(({ request, body }) => [request, body])).toEqual([
    ['POST /wake?device=1', 0],
    ['POST /wake?device=1', 0],
  ]);
  expect(Object.keys(hits[0]?.headers ?? {}).sort()).toEqual(['connection', 'content-length', 'host']);
  await restart();
  await say('the relay forgot whom it called, and no more');
  clock.pass(GATHER_MS);
  await until(() => hits.length === 3, 'the endpoint outlived the restart');
});

test('an endpoint that is down is tried again until it takes the call; one that redirects leads nowhere', async () => {
  const { clock, metrics, callBobAt, say, goes, comes } = await scene();
  const { hits, url } = await hook((response, hit) => response.writeHead(hit < 3 ? 503 : 200).end());
  await callBobAt(url);
  await goes();
  await say('hello');
  clock.pass(GATHER_MS);
  for (const tried of [1, 2]) {
    await until(() => metrics.value('wakes_repeated') === tried, `attempt ${tried} failed`);
    clock.pass(5_000 * tried);
  }
  await until(() => metrics.value('wakes_sent') === 1, 'the third was taken');
  expect(hits).toHaveLength(3);
  const inside = await hook();
  const redirecting = await hook((response) => response.writeHead(307, { location: inside.url }).end());
  await comes();
  await callBobAt(redirecting.url);
  await goes();
  await say('and now?');
  clock.pass(GATHER_MS);
  clock.pass(WAKE_INTERVAL_MS);
  await until(() => metrics.value('wakes_failed') === 1, 'it was given up');
  expect([redirecting.hits.length, inside.hits.length, hits.length]).toEqual([1, 0, 3]);
});

test('who is gone is not called, nor is whoever takes it back', async () => {
  const { bob, clock, metrics, callBobAt, say, goes, comes } = await scene();
  const gone = await hook((response) => response.writeHead(410).end());
  await callBobAt(gone.url);
  await goes();
  await say('hello');
  clock.pass(GATHER_MS);
  await until(() => metrics.value('wakes_failed') === 1, 'it is gone');
  await comes();
  const next = await hook();
  await callBobAt(next.url);
  await goes();
  await say('again');
  clock.pass(GATHER_MS);
  clock.pass(WAKE_INTERVAL_MS);
  await until(() => next.hits.length === 1, 'the new one is called');
  await comes();
  const keeper = bob.engine.online?.wake;
  expect(await keeper?.set(null)).toMatchObject({ endpoint: null, relays: [{ state: 'off' }] });
  expect(metrics.value('wakes_sent')).toBe(1);
  expect(gone.hits).toHaveLength(1);
});
