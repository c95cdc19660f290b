// One connection to the relay: hello, bounds, batches, hostile payloads. Nothing a peer sends may cost more than a refusal.
import { expect, test } from 'vitest';
import { random } from '../../core/base/clock.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { HelloSchema, WelcomeSchema } from '../../core/wire/gen/relay_pb.ts';
import { encodeAppend } from '../../core/wire/hot.ts';
import { MAX_IN_FLIGHT, WINDOW_BYTES } from '../../core/wire/limits.ts';
import { decode } from '../../core/wire/proto.ts';
import { REFUSALS_BEFORE_A_REST } from '../../relay/connection.ts';
import type { RelayStore } from '../../relay/store/store.ts';
import { relayParts } from '../support/relay-parts.ts';
import { refusalIn, testLog } from '../support/relay-peer.ts';

const nothing = new Uint8Array(0);

test('a hello is answered with the terms of the relay', async () => {
  const parts = await relayParts();
  const { peer } = parts.join('alice');
  const welcome = decode(WelcomeSchema, (await peer.hello()).payload, 'welcome');
  expect(welcome).toMatchObject({ minor: 0, window: WINDOW_BYTES, open: true, incarnation: parts.shared.store.incarnation() });
});

test('before the hello every other frame is refused, and the connection lives on', async () => {
  const { peer } = (await relayParts()).join('alice');
  expect(refusalIn(await peer.ask(FRAME.PING))).toBe('MALFORMED');
  expect((await peer.hello()).type).toBe(FRAME.WELCOME);
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('without a common version the hello is refused as unsupported', async () => {
  const { peer } = (await relayParts()).join('alice');
  expect(refusalIn(await peer.say(FRAME.HELLO, HelloSchema, { minorMin: 7, minorMax: 9 }))).toBe('UNSUPPORTED');
});

test('a request from a newer version is refused as unsupported and never costs the connection', async () => {
  const { peer, channel } = await (await relayParts()).greeted('alice');
  expect(refusalIn(await peer.ask(0x6f, random(40)))).toBe('UNSUPPORTED');
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
  expect(channel.isClosed).toBe(false);
});

test('every request with a payload of random bytes is refused as malformed, and the connection lives on', async () => {
  const { peer, channel } = await (await relayParts()).greeted('mallory');
  const types = [FRAME.CREATE_LOG, FRAME.OPEN_LOG, FRAME.SUBSCRIBE, FRAME.PUT_SLOT, FRAME.PUT_LINK, FRAME.PUT_MANIFEST, FRAME.PUT_PREKEYS];
  for (const type of [...types, FRAME.TAKE_PREKEYS, FRAME.APPEND, FRAME.REGISTER]) {
    expect(refusalIn(await peer.ask(type, Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0x7f, 1))), `type ${type}`).toBe('MALFORMED');
  }
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
  expect(channel.isClosed).toBe(false);
});

test('answers that are ready in one turn leave in one write', async () => {
  const { peer, channel } = await (await relayParts()).greeted('alice');
  const before = channel.writes.length;
  await peer.askAll(Array.from({ length: 20 }, () => ({ type: FRAME.PING, payload: nothing })));
  expect(channel.writes.length - before).toBe(1);
});

test('the same device on a second connection makes the first one go', async () => {
  const parts = await relayParts();
  const first = await parts.greeted('alice');
  const other = await parts.greeted('bob');
  await parts.greeted('alice');
  expect(first.channel.isClosed).toBe(true);
  expect(first.channel.sent.map(refusalIn)).toContain('ELSEWHERE');
  expect(other.channel.isClosed).toBe(false);
});

test('reading pauses while too many requests wait for the disk, and goes on when they are answered', async () => {
  const gate = Promise.withResolvers<void>();
  const slow = (store: RelayStore): RelayStore =>
    new Proxy(store, {
      get: (target, name) =>
        name === 'append'
          ? async (run: Parameters<RelayStore['append']>[0]) => {
              await gate.promise;
              return target.append(run);
            }
          : bound(target, name),
    });
  const { peer, channel } = await (await relayParts({ wrap: slow })).greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const appended = peer.appendAll(
    handle,
    Array.from({ length: MAX_IN_FLIGHT + 500 }, () => [random(20)]),
  );
  await expect.poll(() => channel.paused).toBe(true);
  gate.resolve();
  const stamps = (await appended).flatMap((run) => run.stamps.map(({ seq }) => seq));
  expect(stamps).toEqual(Array.from({ length: MAX_IN_FLIGHT + 500 }, (_, at) => at + 1));
  await expect.poll(() => channel.paused).toBe(false);
});

test('a flood of cold requests is slowed down with advice, while pings still pass', async () => {
  const { peer } = await (await relayParts({ limits: { 'device-commands': 200 } })).greeted('mallory');
  const flood = Array.from({ length: 400 }, () => ({ type: FRAME.GET_MANIFEST, payload: nothing }));
  const answers = await peer.askAll(flood);
  expect(answers.map(refusalIn)).toContain('RATE');
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('somebody who goes on at full speed whatever is answered is read ever more slowly, answered all the same, and free again after a rest', async () => {
  const parts = await relayParts({ limits: { 'device-bytes': 10_000, 'device-bytes-per-second': 1 } });
  const { peer, channel } = await parts.greeted('mallory');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const runs = Array.from({ length: REFUSALS_BEFORE_A_REST + 100 }, () => [random(1_000)]);
  const answers = peer.appendAll(handle, runs);
  await expect.poll(() => channel.paused).toBe(true);
  expect((await answers).filter(({ refusal }) => refusal !== 0).length).toBeGreaterThan(REFUSALS_BEFORE_A_REST);
  await expect.poll(() => channel.paused).toBe(false);
  expect((await peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('a relay that goes down answers what it accepted, refuses the rest as stopping, and closes', async () => {
  const parts = await relayParts();
  const { peer, channel, connection } = await parts.greeted('alice');
  const log = testLog();
  await peer.createLog(log);
  const handle = await peer.open(log);
  const accepted = peer.append(handle, random(50));
  await Promise.resolve();
  parts.shared.stopping = true;
  const late = peer.ask(FRAME.APPEND, encodeAppend({ handle, envelopes: [random(50)] }));
  await Promise.resolve();
  await connection.finish();
  expect((await accepted).stamps).toHaveLength(1);
  expect(refusalIn(await late)).toBe('STOPPING');
  expect(channel.isClosed).toBe(true);
});

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target) as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}
