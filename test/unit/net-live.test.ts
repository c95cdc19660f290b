// Signals and presence at the peer's side of a line: asked only of a relay that knows of them, and nothing hostile goes further.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { Heartbeat } from '../../core/net/heartbeat.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { Present, RelayConnection } from '../../core/net/relay-connection.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { encodeFrame, FRAME } from '../../core/wire/frame.ts';
import { PresentSchema, SignalSchema } from '../../core/wire/gen/relay_pb.ts';
import { MAX_PRESENT, PING_INTERVAL_MS, SIGNAL_BYTES } from '../../core/wire/limits.ts';
import { encode } from '../../core/wire/proto.ts';
import { handClock } from '../support/net-clock.ts';
import { type FakeRelay, fakeRelay, type Script, subscribed, welcome } from '../support/net-relay.ts';
import { until } from '../support/net-wait.ts';

let alice: Node;
const relays: FakeRelay[] = [];

beforeEach(async () => {
  alice = await createNode({ key: signingKey(), listen: [] });
});

afterEach(async () => {
  await alice.stop();
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

const knows: Script = { [FRAME.HELLO]: ({ answer }) => answer(FRAME.WELCOME, welcome(1)) };

async function connect(script: Script, clock = systemClock): Promise<{ relay: FakeRelay; line: RelayConnection }> {
  const relay = await fakeRelay(script);
  relays.push(relay);
  return { relay, line: await connectRelay(alice, relay.address, { clock }) };
}

/** Alice at a log, and what she is told there. */
async function atLog(script: Script = knows) {
  const log = random(32);
  const { relay, line } = await connect({ ...script, [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.SUBSCRIBED, subscribed(relay, log)) });
  const opened = await line.openLog({ log, read: random(32) });
  if (!opened.ok) throw new Error(opened.refusal.name);
  const { handle } = opened.value;
  const told: { signals: Bytes[]; present: Present[] } = { signals: [], present: [] };
  const sink = {
    entries: () => undefined,
    slot: () => undefined,
    signal: (value: Bytes) => void told.signals.push(value),
    present: (present: Present) => void told.present.push(present),
  };
  await line.subscribe(handle, random(32), 0, chainStart(log), sink, true);
  const push = (type: number, payload: Bytes) => void relay.channels[0]?.send([encodeFrame(type, 0, payload)]);
  return { relay, line, handle, told, push };
}

test('A relay of the first version is never asked who is here, and is sent no signal', async () => {
  const { relay, line } = await connect({});
  line.live.signal(1, random(SIGNAL_BYTES));
  expect(await line.live.setPresence(1, true, true)).toMatchObject({ ok: false, refusal: { name: 'UNSUPPORTED' } });
  await line.closeLog(1);
  expect(relay.heard.map(({ type }) => type)).toEqual([FRAME.HELLO, FRAME.CLOSE_LOG]);
});

test('Signals and presence come to the subscription they are for; for any other handle they are nothing', async () => {
  const { handle, told, push } = await atLog();
  const [value, reader] = [random(SIGNAL_BYTES), random(32)];
  push(FRAME.SIGNAL, encode(SignalSchema, { handle: handle + 1, value }));
  push(FRAME.SIGNAL, encode(SignalSchema, { handle, value }));
  push(FRAME.PRESENT, encode(PresentSchema, { handle, whole: true, readers: [{ reader, online: true }] }));
  await until(() => told.present.length === 1, 'both came');
  expect(told).toEqual({ signals: [value], present: [{ whole: true, readers: [{ reader, online: true, lastSeen: 0 }] }] });
});

test('A relay that pushes a signal of another size, or more readers than there may be, loses the line', async () => {
  const readers = Array.from({ length: MAX_PRESENT + 1 }, () => ({ reader: random(32), online: true }));
  for (const [type, make] of [
    [FRAME.SIGNAL, (handle: number) => encode(SignalSchema, { handle, value: random(SIGNAL_BYTES + 1) })],
    [FRAME.PRESENT, (handle: number) => encode(PresentSchema, { handle, readers })],
    [FRAME.PRESENT, (handle: number) => encode(PresentSchema, { handle, readers: [{ reader: random(31) }] })],
  ] as const) {
    const { handle, line, told, push } = await atLog();
    push(type, make(handle));
    expect(await line.closed).toMatch(/protocol/);
    expect(told).toEqual({ signals: [], present: [] });
  }
});

test('Who only listens says so: a ping goes out although pushes come in, and none while we speak', () => {
  const clock = handClock();
  let pings = 0;
  const heartbeat = new Heartbeat(clock, () => {
    pings += 1;
    heartbeat.said();
  });
  const live = (work: () => void) => {
    for (let n = 0; n < 6; n += 1) {
      work();
      clock.pass(PING_INTERVAL_MS / 3);
    }
    return pings;
  };
  expect(live(() => heartbeat.heard())).toBe(2);
  const both = () => {
    heartbeat.heard();
    heartbeat.said();
  };
  expect(live(both)).toBe(2);
});
