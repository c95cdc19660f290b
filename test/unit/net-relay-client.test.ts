// The peer's side of the relay protocol, over real nodes on loopback, against a relay that can say anything.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { HeadCheck } from '../../core/net/head-check.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { Entries, RelayConnection, Sink, SlotPush } from '../../core/net/relay-connection.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import { encodeFrame, FRAME } from '../../core/wire/frame.ts';
import { OpenedSchema, PreKeyCountSchema, RefusedSchema, SlotSchema } from '../../core/wire/gen/relay_pb.ts';
import { decodeAck } from '../../core/wire/hot.ts';
import { ANSWER_DEADLINE_MS, MAX_IN_FLIGHT_BYTES, PING_DEADLINE_MS, PING_INTERVAL_MS } from '../../core/wire/limits.ts';
import { encode } from '../../core/wire/proto.ts';
import { handClock } from '../support/net-clock.ts';
import { type FakeRelay, fakeRelay, type Script, stamped, subscribed, welcome } from '../support/net-relay.ts';
import { until, within } from '../support/net-wait.ts';

let alice: Node;
const relays: FakeRelay[] = [];

beforeEach(async () => {
  alice = await createNode({ key: signingKey(), listen: [] });
});

afterEach(async () => {
  await alice.stop();
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

async function connect(script: Script, clock = systemClock): Promise<{ relay: FakeRelay; line: RelayConnection }> {
  const relay = await fakeRelay(script);
  relays.push(relay);
  return { relay, line: await connectRelay(alice, relay.address, { clock }) };
}

async function opened(line: RelayConnection, log: Bytes = random(32)): Promise<number> {
  const answer = await line.openLog({ log, append: random(32) });
  if (!answer.ok) throw new Error(answer.refusal.name);
  return answer.value.handle;
}

function recordingSink(): Sink & { readonly runs: Entries[]; readonly slots: SlotPush[] } {
  const runs: Entries[] = [];
  const slots: SlotPush[] = [];
  return { runs, slots, entries: (run) => void runs.push(run), slot: (slot) => void slots.push(slot) };
}

function refusal(code: number, more: object = {}): Bytes {
  return encode(RefusedSchema, { code, detail: 'because', ...more });
}

test('Alice is welcomed and reads the terms of the relay', async () => {
  const { relay, line } = await connect({});
  expect(line.peerId).toBe(relay.node.peerId);
  expect(line.terms).toMatchObject({ lifetime: 1_000, window: 1_048_576, open: true });
  expect(line.terms.incarnation).toHaveLength(16);
});

test('A relay that refuses the hello, or picks a version nobody offered, is not connected to', async () => {
  const refusing = connect({ [FRAME.HELLO]: ({ answer }) => answer(FRAME.REFUSED, refusal(REFUSAL.UNSUPPORTED)) });
  await expect(refusing).rejects.toMatchObject({ code: 'REFUSED' });
  const newer = connect({ [FRAME.HELLO]: ({ answer }) => answer(FRAME.WELCOME, welcome(7)) });
  await expect(newer).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('Giving up while the relay is silent after the hello ends the attempt', async () => {
  const relay = await fakeRelay({ [FRAME.HELLO]: () => undefined });
  relays.push(relay);
  const patience = new AbortController();
  const attempt = connectRelay(alice, relay.address, { clock: systemClock, signal: patience.signal });
  const outcome = expect(attempt).rejects.toMatchObject({ code: 'CLOSED' });
  await until(() => relay.heard.length === 1, 'the hello arrived');
  patience.abort();
  await outcome;
});

test('Stamps come back for a run in its order, and several runs may be in flight', async () => {
  const { line } = await connect({});
  const handle = await opened(line);
  const runs = [[random(100), random(200)], [random(300)]];
  const answers = await Promise.all(runs.map((run) => line.append(handle, run)));
  expect(answers.map((answer) => answer.stamps.length)).toEqual([2, 1]);
  expect(answers.every((answer) => answer.refusal === null)).toBe(true);
  expect(await line.append(handle, [])).toEqual({ stamps: [], refusal: null });
});

test('The accepted prefix of a run is answered together with why the rest was refused', async () => {
  const { line } = await connect({
    [FRAME.APPEND]: ({ frame, answer }) =>
      answer(
        FRAME.STAMPED,
        stamped(frame.payload, (run) => ({ ...run, stamps: run.stamps.slice(0, 1), refusal: REFUSAL.QUOTA, retryAfter: 700 })),
      ),
  });
  const answer = await line.append(await opened(line), [random(10), random(10)]);
  expect(answer.stamps).toHaveLength(1);
  expect(answer.refusal).toMatchObject({ name: 'QUOTA', retryAfter: 700 });
});

test('A whole append can be refused', async () => {
  const { line } = await connect({ [FRAME.APPEND]: ({ answer }) => answer(FRAME.REFUSED, refusal(REFUSAL.STOPPING, { retryAfter: 5n })) });
  const answer = await line.append(1, [random(10)]);
  expect(answer).toEqual({ stamps: [], refusal: { name: 'STOPPING', detail: 'because', retryAfter: 5, head: null } });
});

const lies: readonly (readonly [string, Parameters<typeof stamped>[1]])[] = [
  [
    'a stamp whose id is not the hash of what was sent',
    (run) => ({ ...run, stamps: run.stamps.map((stamp) => ({ ...stamp, id: random(32) })) }),
  ],
  ['the stamps of two envelopes exchanged', (run) => ({ ...run, stamps: [...run.stamps].reverse() })],
  ['more stamps than envelopes', (run) => ({ ...run, stamps: [...run.stamps, ...run.stamps] })],
  ['too few stamps without a reason', (run) => ({ ...run, stamps: run.stamps.slice(1) })],
  ['all stamps and a refusal', (run) => ({ ...run, refusal: REFUSAL.QUOTA })],
  ['stamps of another handle', (run) => ({ ...run, handle: run.handle + 1 })],
];

test.each(lies)('A relay that answers an append with %s loses the connection', async (_what, change) => {
  const { line } = await connect({ [FRAME.APPEND]: ({ frame, answer }) => answer(FRAME.STAMPED, stamped(frame.payload, change)) });
  const append = line.append(await opened(line), [random(50), random(60)]);
  await expect(append).rejects.toMatchObject({ code: 'MALFORMED' });
  expect(await line.closed).toMatch(/stamps/);
  await expect(line.createLog(random(16), { read: random(32), append: random(32), manage: random(32) })).rejects.toMatchObject({
    code: 'OFFLINE',
  });
});

test('Entries and slots are handed over in order, and only once Alice knows that she is subscribed', async () => {
  const log = random(32);
  const envelopes = [random(20), random(30), random(40)];
  const { relay, line } = await connect({
    [FRAME.SUBSCRIBE]: ({ frame, channel }) => {
      // all in one write: the answer and the first pushes arrive in one read
      channel.send([
        encodeFrame(FRAME.SUBSCRIBED, frame.request, subscribed(relay, log)),
        encodeFrame(FRAME.ENTRIES, 0, relay.entries(1, log, 1, envelopes.slice(0, 2))),
        encodeFrame(FRAME.SLOT, 0, encode(SlotSchema, { handle: 1, reader: random(32), counter: 3n, value: random(5) })),
        encodeFrame(FRAME.ENTRIES, 0, relay.entries(1, log, 3, envelopes.slice(2))),
        encodeFrame(0xf0, 0, random(9)), // a push of a newer version
        encodeFrame(FRAME.ENTRIES, 0, relay.entries(77, log, 1, envelopes)), // a handle that was closed
      ]);
    },
  });
  const sink = recordingSink();
  const answer = await line.subscribe(await opened(line, log), random(32), 0, random(32), sink);
  expect(answer).toMatchObject({ ok: true, value: { floor: 0, cursor: 0, head: { seq: 0 } } });
  expect(sink.runs).toHaveLength(0);
  await until(() => sink.runs.length === 2, 'both runs arrived');
  expect(sink.runs.flatMap((run) => run.entries.map(({ seq, envelope }) => ({ seq, envelope })))).toEqual(
    envelopes.map((envelope, at) => ({ seq: at + 1, envelope })),
  );
  expect(sink.slots).toMatchObject([{ counter: 3 }]);
});

test('Entries under a head that another key signed end the connection', async () => {
  const log = random(32);
  const { relay, line } = await connect({
    [FRAME.SUBSCRIBE]: ({ frame, channel }) => {
      channel.send([
        encodeFrame(FRAME.SUBSCRIBED, frame.request, subscribed(relay, log)),
        encodeFrame(FRAME.ENTRIES, 0, relay.entries(1, log, 1, [random(10)], signingKey())),
      ]);
    },
  });
  await line.subscribe(await opened(line, log), random(32), 0, random(32), recordingSink()).catch(() => undefined);
  expect(await line.closed).toMatch(/signature/);
});

test('Of heads that come close together only the newest is checked, for its chain covers the others', async () => {
  const clock = handClock();
  const checked: number[] = [];
  const heads = new HeadCheck(clock, ({ seq }) => checked.push(seq));
  const head = (seq: number) => ({ log: random(32), seq, chain: random(32), time: 1, signature: random(64) });
  heads.push(1, head(1));
  heads.push(2, head(7));
  heads.push(1, head(2));
  expect(checked).toEqual([]);
  clock.pass(50);
  expect(checked).toEqual([2, 7]);
  heads.push(1, head(3));
  clock.pass(50);
  expect(checked).toEqual([2, 7, 3]);
});

test('A subscription whose head is forged, or of another log, is a fault', async () => {
  const log = random(32);
  const forged = await connect({
    [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.SUBSCRIBED, subscribed(forged.relay, log, signingKey())),
  });
  const first = forged.line.subscribe(await opened(forged.line, log), random(32), 0, random(32), recordingSink());
  await expect(first).rejects.toMatchObject({ code: 'MALFORMED' });
  const other = await connect({ [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.SUBSCRIBED, subscribed(other.relay, random(32))) });
  const second = other.line.subscribe(await opened(other.line, log), random(32), 0, random(32), recordingSink());
  await expect(second).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('A fork is a refusal with the signed head of the relay; a forged head in it is a fault', async () => {
  const log = random(32);
  const ahead = (relay: () => FakeRelay, key?: ReturnType<typeof signingKey>): Script => ({
    [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.REFUSED, refusal(REFUSAL.FORK, { head: relay().head(log, 9, key) })),
  });
  const honest: { relay: FakeRelay; line: RelayConnection } = await connect(ahead(() => honest.relay));
  const answer = await honest.line.subscribe(await opened(honest.line, log), random(32), 12, random(32), recordingSink());
  expect(answer).toMatchObject({ ok: false, refusal: { name: 'FORK', head: { seq: 9 } } });
  const liar: { relay: FakeRelay; line: RelayConnection } = await connect(ahead(() => liar.relay, signingKey()));
  const lie = liar.line.subscribe(await opened(liar.line, log), random(32), 12, random(32), recordingSink());
  await expect(lie).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('After closeHandle nothing is handed over any more', async () => {
  const log = random(32);
  const { relay, line } = await connect({ [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.SUBSCRIBED, subscribed(relay, log)) });
  const handle = await opened(line, log);
  const sink = recordingSink();
  await line.subscribe(handle, random(32), 0, random(32), sink);
  const closing = line.closeHandle(handle);
  relay.channels[0]?.send([encodeFrame(FRAME.ENTRIES, 0, relay.entries(handle, log, 1, [random(10)]))]);
  expect((await closing).ok).toBe(true);
  await line.putSlot(handle, random(32), 1, random(4));
  expect(sink.runs).toHaveLength(0);
});

test('Acks of one turn leave as one frame per log, the newest, together with the requests of that turn', async () => {
  const { relay, line } = await connect({});
  const [first, second] = [await opened(line), await opened(line)];
  const reads = relay.reads;
  relay.heard.length = 0;
  for (let seq = 1; seq <= 50; seq += 1) line.ack(first, seq);
  line.ack(second, 7);
  line.ack(first, 3); // lower: nothing new
  line.ack(999, 3); // no such handle
  await Promise.all([line.putSlot(first, random(32), 1, random(4)), line.setReaders(second, [])]);
  expect(relay.heard.filter((frame) => frame.type === FRAME.ACK).map((frame) => decodeAck(frame.payload))).toEqual([
    { handle: first, seq: 50 },
    { handle: second, seq: 7 },
  ]);
  expect(relay.heard).toHaveLength(4);
  expect(relay.reads - reads).toBe(1);
});

test('A relay that opens another log, or gives one handle twice, loses the connection', async () => {
  const open = (log: () => Bytes): Script => ({
    [FRAME.OPEN_LOG]: ({ answer }) => answer(FRAME.OPENED, encode(OpenedSchema, { handle: 5, log: log(), head: 0n })),
  });
  const other = await connect(open(() => random(32)));
  await expect(opened(other.line)).rejects.toMatchObject({ code: 'MALFORMED' });
  const log = random(32);
  const twice = await connect(open(() => log));
  expect(await opened(twice.line, log)).toBe(5);
  await expect(opened(twice.line, log)).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('A link opens an inbox that stays unnamed', async () => {
  const { line } = await connect({ [FRAME.OPEN_LOG]: ({ answer }) => answer(FRAME.OPENED, encode(OpenedSchema, { handle: 2 })) });
  expect(await line.openLog({ link: random(32) })).toEqual({
    ok: true,
    value: { handle: 2, log: new Uint8Array(0), head: 0, closed: false },
  });
  await expect(line.subscribe(2, random(32), 0, random(32), recordingSink())).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

const nonsense: readonly (readonly [string, Script])[] = [
  ['an answer nobody asked for', { [FRAME.CLOSE_LOG]: ({ channel }) => void channel.send([encodeFrame(FRAME.DONE, 4_000, random(0))]) }],
  ['an answer of another kind', { [FRAME.CLOSE_LOG]: ({ answer }) => answer(FRAME.HEAD, random(0)) }],
  ['a refusal that is no protobuf', { [FRAME.CLOSE_LOG]: ({ answer }) => answer(FRAME.REFUSED, random(40)) }],
  ['garbage instead of frames', { [FRAME.CLOSE_LOG]: ({ channel }) => void channel.send([new Uint8Array(64).fill(0xff)]) }],
  ['entries that are garbage', { [FRAME.CLOSE_LOG]: ({ channel }) => void channel.send([encodeFrame(FRAME.ENTRIES, 0, random(200))]) }],
];

test.each(nonsense)('A relay that sends %s loses the connection, and what waits is rejected', async (_what, script) => {
  const { line } = await connect(script);
  const asked = line.closeLog(1);
  await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^(MALFORMED|OFFLINE)$/) });
  await within(line.closed, 'the connection is closed');
});

test('A number above 2^53 and a detail with control characters do no harm', async () => {
  const { line } = await connect({
    [FRAME.COUNT_PREKEYS]: ({ answer }) => answer(FRAME.PREKEY_COUNT, encode(PreKeyCountSchema, { counter: 2n ** 60n })),
    [FRAME.CLOSE_LOG]: ({ answer }) =>
      answer(FRAME.REFUSED, refusal(999, { detail: `\u001b[2J\u202e${'x'.repeat(500)}`, retryAfter: 2n ** 50n })),
  });
  const answer = await line.closeLog(1);
  expect(answer).toMatchObject({ ok: false, refusal: { name: 'UNSUPPORTED', retryAfter: 86_400_000 } });
  if (!answer.ok) expect(answer.refusal.detail).toMatch(/^ \[2J x{194}/);
  await expect(line.countPreKeys(random(32), 1)).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('A request that is not answered times out and gives the connection up', async () => {
  const clock = handClock();
  const { relay, line } = await connect({ [FRAME.CLOSE_LOG]: () => undefined, [FRAME.SET_READERS]: () => undefined }, clock);
  const asked = expect(line.closeLog(1)).rejects.toMatchObject({ code: 'TIMEOUT' });
  const later = expect(line.setReaders(1, [])).rejects.toMatchObject({ code: expect.stringMatching(/TIMEOUT|OFFLINE/) });
  await until(() => relay.heard.length === 3, 'both requests arrived');
  clock.pass(ANSWER_DEADLINE_MS - 1);
  await line.putSlot(1, random(32), 1, random(4)); // still up
  clock.pass(2);
  await Promise.all([asked, later]);
  expect(await line.closed).toMatch(/in time/);
  expect(clock.waiting).toBe(0);
});

test('A silent relay is pinged, and given up when it does not answer the ping', async () => {
  const clock = handClock();
  const { relay, line } = await connect({}, clock);
  clock.pass(PING_INTERVAL_MS);
  await until(() => relay.heard.at(-1)?.type === FRAME.PING, 'the ping arrived');
  const dead = await connect({ [FRAME.PING]: () => undefined }, clock);
  clock.pass(PING_INTERVAL_MS);
  await until(() => dead.relay.heard.at(-1)?.type === FRAME.PING, 'the ping arrived at the dead relay');
  await until(() => relay.heard.filter((frame) => frame.type === FRAME.PING).length === 2, 'and again at the live one');
  await line.putSlot(1, random(32), 1, random(4)); // answered, so the pong was read before
  clock.pass(PING_DEADLINE_MS + 1);
  expect(await dead.line.closed).toMatch(/in time/);
  await line.putSlot(1, random(32), 2, random(4));
});

test('What waits is rejected when the relay goes away, and nothing can be asked afterwards', async () => {
  const { relay, line } = await connect({ [FRAME.CLOSE_LOG]: ({ channel }) => void channel.close('gone') });
  await expect(line.closeLog(1)).rejects.toMatchObject({ code: 'OFFLINE' });
  await within(line.closed, 'closed');
  await expect(line.closeLog(1)).rejects.toMatchObject({ code: 'OFFLINE' });
  line.ack(1, 5);
  await line.close();
  expect(relay.heard.filter((frame) => frame.type === FRAME.CLOSE_LOG)).toHaveLength(1);
});

test('No more bytes are in flight than the relay allows, and the order stays', async () => {
  let held: (() => void)[] = [];
  let free = false;
  const { relay, line } = await connect({
    [FRAME.APPEND]: ({ frame, answer }) => {
      const reply = () => answer(FRAME.STAMPED, stamped(frame.payload));
      if (free) reply();
      else held.push(reply);
    },
  });
  const handle = await opened(line);
  const size = 200_000;
  const runs = Array.from({ length: 40 }, (_, at) => [new Uint8Array(size).fill(at), new Uint8Array(size).fill(at)]);
  const answers = Promise.all(runs.map((run) => line.append(handle, run)));
  const most = Math.floor(MAX_IN_FLIGHT_BYTES / (2 * size));
  await until(() => held.length === most, 'as many runs arrived as may be in flight');
  held.shift()?.(); // one answered makes room for one more, not for two
  held.shift()?.();
  await until(() => held.length === most, 'two more arrived');
  expect(relay.heard.filter((frame) => frame.type === FRAME.APPEND)).toHaveLength(most + 2);
  free = true;
  for (const reply of held) reply();
  held = [];
  expect((await answers).every((answer) => answer.stamps.length === 2)).toBe(true);
  const sent = relay.heard.filter((frame) => frame.type === FRAME.APPEND).map((frame) => frame.payload[8]);
  expect(sent).toEqual(runs.map((_, at) => at));
});
