// Who may have himself woken at a relay, and when the relay looks: after entries, after somebody went, after a line fell silent.
import { expect, test } from 'vitest';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { readerId, wakeId } from '../../core/wire/capability.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import { SetEndpointSchema, SetWakeSchema, WelcomeSchema } from '../../core/wire/gen/relay_pb.ts';
import { ENDPOINT_LIFETIME_MS, MAX_WAKES, PRESENCE_TTL_MS, WAKE_INTERVAL_MS } from '../../core/wire/limits.ts';
import { decode } from '../../core/wire/proto.ts';
import { LAZY_MS } from '../../relay/store/group-commit.ts';
import { Bells } from '../../relay/wake/bells.ts';
import { targetOf } from '../../relay/wake/endpoint.ts';
import { sweepEndpoints } from '../../relay/wake/start.ts';
import { GATHER_MS, Wakes } from '../../relay/wake/wakes.ts';
import { handClock } from '../support/net-clock.ts';
import { until } from '../support/net-wait.ts';
import { type Joined, type PartsOptions, relayParts } from '../support/relay-parts.ts';
import { refusalIn, testLog } from '../support/relay-peer.ts';

const URL_OF_BOB = 'https://push.example.org/bob';

/** A relay whose calls are only counted, and a log on it. */
async function scene(options: PartsOptions = {}) {
  const clock = handClock();
  const calls: string[] = [];
  const parts = await relayParts({
    clock,
    wakes: ({ store, log, metrics, board }) => {
      const bells = new Bells({
        clock,
        metrics,
        chance: () => 1,
        endpoint: (name) => store.wakes.endpoint(new Uint8Array(Buffer.from(name, 'hex'))),
        drop: async () => undefined,
        host: () => 'push.example.org',
        call: async ({ url }) => {
          calls.push(url);
          return 'taken';
        },
      });
      const isGood = (kind: number, url: string) => targetOf(kind, url, false) !== null;
      return new Wakes({ store, clock, log, board, bells, publicKey: new Uint8Array(65), isGood });
    },
    ...options,
  });
  const log = testLog();
  const alice = await parts.greeted('alice');
  await alice.peer.createLog(log);
  const at = await alice.peer.open(log);
  const [reader, wake] = [random(32), random(32)];
  return { clock, calls, parts, log, alice, at, reader, wake };
}

const setEndpoint = ({ peer }: Joined, wake: Bytes, url = URL_OF_BOB, kind = 1) =>
  peer.say(FRAME.SET_ENDPOINT, SetEndpointSchema, { wake, kind, url });
const setWake = ({ peer }: Joined, handle: number, reader: Bytes, wake: Bytes) =>
  peer.say(FRAME.SET_WAKE, SetWakeSchema, { handle, reader, wake });
const name = (frame: Frame) => (frame.type === FRAME.DONE ? 'DONE' : refusalIn(frame));

/** Bob at the log with an endpoint, subscribed. */
async function bobAt({ parts, log, reader, wake }: Awaited<ReturnType<typeof scene>>, device = 'bob') {
  const bob = await parts.greeted(device);
  const handle = await bob.peer.open(log);
  await setEndpoint(bob, wake);
  expect(name(await setWake(bob, handle, reader, wake))).toBe('DONE');
  await bob.peer.subscribe(handle, reader, 0, chainStart(log.id));
  return { ...bob, handle };
}

test('only who registered sets an endpoint, and only a good one; the welcome says the key', async () => {
  const { parts, log, reader, wake } = await scene();
  const stranger = parts.join('stranger');
  const welcome = decode(WelcomeSchema, (await stranger.peer.hello()).payload, 'welcome');
  expect(welcome.wakeKey).toHaveLength(65);
  const handle = await stranger.peer.open(log);
  expect(name(await setEndpoint(stranger, wake))).toBe('TOKEN');
  expect(name(await setWake(stranger, handle, reader, wake))).toBe('TOKEN');
  const bob = await parts.greeted('bob');
  for (const url of ['http://push.example.org/', 'https://127.0.0.1/', 'https://169.254.169.254/latest', 'no url', ''])
    expect(name(await setEndpoint(bob, wake, url)), url).toBe('CAPABILITY');
  expect(name(await setEndpoint(bob, wake, URL_OF_BOB, 9))).toBe('CAPABILITY');
  expect(name(await setEndpoint(bob, wake, `https://push.example.org/${'x'.repeat(1_024)}`))).toBe('TOO_LARGE');
  expect(name(await setEndpoint(bob, random(31)))).toBe('MALFORMED');
  expect(name(await setEndpoint(bob, wake))).toBe('DONE');
});

test('a reader is proved as for a slot, and names an endpoint that is there', async () => {
  const { parts, log, reader, wake } = await scene();
  const bob = await parts.greeted('bob');
  const handle = await bob.peer.open(log);
  expect(name(await setWake(bob, handle, reader, wake))).toBe('NOT_FOUND');
  await setEndpoint(bob, wake);
  expect(name(await setWake(bob, handle + 1, reader, wake))).toBe('NOT_FOUND');
  expect(name(await setWake(bob, handle, random(31), wake))).toBe('MALFORMED');
  const blind = await bob.peer.open(log, { append: log.capabilities.append });
  expect(name(await setWake(bob, blind, reader, wake))).toBe('CAPABILITY');
  expect(name(await setWake(bob, handle, reader, wake))).toBe('DONE');
  const { store } = parts.shared;
  expect(await store.wakes.of(log.id)).toEqual([{ reader: readerId(reader), endpoint: wakeId(wake) }]);
  for (let n = 1; n < MAX_WAKES; n += 1) expect(name(await setWake(bob, handle, random(32), wake))).toBe('DONE');
  expect(name(await setWake(bob, handle, random(32), wake))).toBe('QUOTA');
  expect(name(await setWake(bob, handle, reader, new Uint8Array(0)))).toBe('DONE');
  expect((await store.wakes.of(log.id, readerId(reader))).length).toBe(0);
});

test('a registration sets so many new URLs and no more, and takes them back for nothing', async () => {
  const { parts, wake } = await scene({ limits: { 'registration-endpoints': 2 } });
  const bob = await parts.greeted('bob');
  for (const url of ['https://a.example/1', 'https://a.example/1', 'https://a.example/2'])
    expect(name(await setEndpoint(bob, wake, url))).toBe('DONE');
  expect(name(await setEndpoint(bob, wake, 'https://a.example/3'))).toBe('QUOTA');
  expect(name(await setEndpoint(bob, wake, '', 0))).toBe('DONE');
  expect(await parts.shared.store.wakes.endpoint(wakeId(wake))).toBeNull();
  const carol = await parts.greeted('carol');
  expect(name(await setEndpoint(carol, wake, 'https://a.example/3'))).toBe('DONE');
});

test('a relay that wakes nobody says so', async () => {
  const { parts, log, reader, wake } = await scene({ wakes: undefined as never });
  const bob = parts.join('bob');
  expect(decode(WelcomeSchema, (await bob.peer.hello()).payload, 'welcome').wakeKey).toHaveLength(0);
  expect(name(await setEndpoint(bob, wake))).toBe('UNSUPPORTED');
  expect(name(await setWake(bob, await bob.peer.open(log), reader, wake))).toBe('UNSUPPORTED');
});

test('who is here is not called, who went with everything read is not either, and then the next entry calls', async () => {
  const all = await scene();
  const { clock, calls, alice, at } = all;
  const bob = await bobAt(all);
  await alice.peer.append(at, random(1_024));
  clock.pass(GATHER_MS);
  await until(() => bob.peer.pushes.some(({ type }) => type === FRAME.ENTRIES), 'he has it');
  bob.peer.ack(bob.handle, 1);
  const { store } = all.parts.shared;
  await until(() => {
    clock.pass(LAZY_MS);
    return store.cursor(all.log.id, readerId(all.reader)).then((cursor) => cursor === 1);
  }, 'it is read');
  let looks = 0;
  const cursor = store.cursor.bind(store);
  store.cursor = (...of) => {
    looks += 1;
    return cursor(...of);
  };
  await bob.channel.close('gone');
  await until(() => {
    clock.pass(GATHER_MS);
    return looks > 0;
  }, 'the relay looks what he has read');
  // A call would begin with this very read.
  for (let turn = 0; turn < 3; turn += 1) await store.wakes.endpoint(wakeId(all.wake));
  expect(calls).toEqual([]);
  await alice.peer.append(at, random(1_024));
  await alice.peer.append(at, random(1_024));
  clock.pass(GATHER_MS);
  await until(() => calls.length > 0, 'he is called');
  expect(calls).toEqual([URL_OF_BOB]);
});

test('who goes with something unread is called for it', async () => {
  const all = await scene();
  const bob = await bobAt(all);
  await all.alice.peer.append(all.at, random(1_024));
  all.clock.pass(GATHER_MS);
  await bob.channel.close('gone');
  all.clock.pass(GATHER_MS);
  await until(() => all.calls.length > 0, 'he is called');
});

test('a line that is dead and not closed is noticed when it falls silent; its device is called then', async () => {
  const all = await scene();
  const { clock, calls, alice, at } = all;
  await bobAt(all);
  await alice.peer.append(at, random(1_024));
  clock.pass(GATHER_MS);
  await alice.peer.ask(FRAME.PING);
  expect(calls).toEqual([]);
  clock.pass(PRESENCE_TTL_MS + 6_000);
  await until(() => {
    clock.pass(GATHER_MS);
    return calls.length > 0;
  }, 'he is called');
});

test('one device at many logs is called once for all of them, and comes back by any', async () => {
  const all = await scene();
  const { clock, calls, parts, alice, wake } = all;
  const bob = await parts.greeted('bob');
  await setEndpoint(bob, wake);
  const logs = await Promise.all(
    [1, 2, 3].map(async () => {
      const log = testLog();
      await alice.peer.createLog(log);
      const reader = random(32);
      await setWake(bob, await bob.peer.open(log), reader, wake);
      return { log, reader, handle: await alice.peer.open(log) };
    }),
  );
  await bob.channel.close('gone');
  for (const { handle } of logs) await alice.peer.append(handle, random(1_024));
  clock.pass(GATHER_MS);
  await until(() => calls.length > 0, 'he is called');
  clock.pass(WAKE_INTERVAL_MS);
  const again = await parts.greeted('bob');
  const { log, reader } = logs[1] as (typeof logs)[number];
  await again.peer.subscribe(await again.peer.open(log), reader, 0, chainStart(log.id));
  await again.peer.ask(FRAME.PING);
  expect(calls).toHaveLength(1);
  await again.channel.close('gone');
  await until(() => {
    clock.pass(GATHER_MS);
    return calls.length === 2;
  }, 'he is called again');
});

test('who asked for nothing is not looked for on the disk', async () => {
  const all = await scene();
  const looked: string[] = [];
  const { store, wakes } = all.parts.shared;
  const of = store.wakes.of.bind(store.wakes);
  store.wakes.of = async (log, reader) => {
    looked.push(hex(log));
    return of(log, reader);
  };
  await wakes?.start();
  await all.alice.peer.append(all.at, random(1_024));
  all.clock.pass(GATHER_MS);
  expect(looked).toEqual([]);
  await bobAt(all);
  await all.alice.peer.append(all.at, random(1_024));
  all.clock.pass(GATHER_MS);
  await until(() => looked.includes(hex(all.log.id)), 'now it is');
});

test('endpoints that nobody set again are forgotten once a sweep is through', async () => {
  const { clock, parts, wake } = await scene();
  const bob = await parts.greeted('bob');
  await setEndpoint(bob, wake);
  const { store } = parts.shared;
  const steps = [true, false, false];
  const sweep = sweepEndpoints(
    { lastSweep: async () => 0, sweep: async () => ({ deleted: 0, more: steps.shift() ?? false }) },
    store,
    clock,
  );
  clock.pass(ENDPOINT_LIFETIME_MS - 1);
  await sweep.sweep(1);
  await sweep.sweep(1);
  expect(await store.wakes.endpoint(wakeId(wake))).not.toBeNull();
  clock.pass(1);
  await sweep.sweep(1);
  expect(await store.wakes.endpoint(wakeId(wake))).toBeNull();
});
