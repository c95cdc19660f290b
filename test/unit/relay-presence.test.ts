// Signals and presence at the relay: passed on and known in memory, told to whoever may know, and nothing beyond the bounds.
import { expect, test } from 'vitest';
import { type Bytes, hex } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { capabilityHash, readerId } from '../../core/wire/capability.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import {
  CloseHandleSchema,
  OpenedSchema,
  OpenLogSchema,
  PresentSchema,
  PutLinkSchema,
  SetPresenceSchema,
  SignalSchema,
  SubscribeSchema,
} from '../../core/wire/gen/relay_pb.ts';
import {
  MAX_PRESENT,
  MAX_WATCHES,
  PRESENCE_PUSH_MS,
  PRESENCE_STEP_MS,
  PRESENCE_TTL_MS,
  SIGNAL_BURST,
  SIGNAL_BYTES,
} from '../../core/wire/limits.ts';
import { decode, encode } from '../../core/wire/proto.ts';
import { handClock } from '../support/net-clock.ts';
import { type Joined, type RelayParts, relayParts } from '../support/relay-parts.ts';
import { refusalIn, type TestLog, testLog } from '../support/relay-peer.ts';

interface Here extends Joined {
  readonly handle: number;
  readonly capability: Bytes;
  /** Reader id, hex. */
  readonly reader: string;
  subscribe(show: boolean): Promise<Frame>;
  set(show: boolean, watch: boolean): Promise<Frame>;
  signal(value?: Bytes): Promise<void>;
}

interface Scene {
  readonly parts: RelayParts;
  readonly clock: ReturnType<typeof handClock>;
  readonly log: TestLog;
  at(name: string, capability?: Bytes): Promise<Here>;
}

async function scene(): Promise<Scene> {
  const clock = handClock();
  const parts = await relayParts({ clock });
  const log = testLog();
  await (await parts.greeted('maker')).peer.createLog(log);
  return { parts, clock, log, at: async (name, capability = random(32)) => here(await parts.greeted(name), log, capability) };
}

async function here(joined: Joined, log: TestLog, capability: Bytes): Promise<Here> {
  const { peer } = joined;
  const handle = await peer.open(log);
  return {
    ...joined,
    handle,
    capability,
    reader: hex(readerId(capability)),
    subscribe: (show) => peer.say(FRAME.SUBSCRIBE, SubscribeSchema, { handle, reader: capability, chain: chainStart(log.id), show }),
    set: (show, watch) => peer.say(FRAME.SET_PRESENCE, SetPresenceSchema, { handle, show, watch }),
    signal: (value = random(SIGNAL_BYTES)) => said(joined, encode(SignalSchema, { handle, value })),
  };
}

/** Sends a signal and waits until the relay has read it. */
async function said({ channel, peer }: Joined, payload: Bytes): Promise<void> {
  channel.arrive({ type: FRAME.PUT_SIGNAL, request: 0, payload });
  await peer.ask(FRAME.PING);
}

const signals = ({ peer }: Joined) => peer.pushes.filter(({ type }) => type === FRAME.SIGNAL);

/** What an answer or push says of readers: online, the time they were last seen, or nothing known. */
function said_({ payload }: Frame): Record<string, 'online' | 'unknown' | number> {
  const { readers } = decode(PresentSchema, payload, 'presence');
  return Object.fromEntries(
    readers.map(({ reader, online, lastSeen }) => [hex(reader as Bytes), online ? 'online' : Number(lastSeen) || 'unknown']),
  );
}
const pushed = ({ peer }: Joined) => peer.pushes.filter(({ type, request }) => type === FRAME.PRESENT && request === 0).map(said_);

test('a signal goes to everybody else at the log now, and to nobody later', async () => {
  const { at } = await scene();
  const [alice, bob, carol] = [await at('alice'), await at('bob'), await at('carol')];
  for (const person of [alice, bob]) await person.subscribe(false);
  const value = random(SIGNAL_BYTES);
  await alice.signal(value);
  await bob.peer.until(() => signals(bob).length === 1);
  expect(decode(SignalSchema, signals(bob)[0]?.payload ?? new Uint8Array(), 'signal')).toMatchObject({ handle: bob.handle, value });
  await carol.subscribe(false);
  await carol.peer.ask(FRAME.PING);
  expect([signals(alice), signals(carol)]).toEqual([[], []]);
});

test('nothing is passed on without the append capability, through a link, of another size, or to one’s own second subscription', async () => {
  const { at, log } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await bob.subscribe(false);
  const payload = (handle: number, bytes = SIGNAL_BYTES) => encode(SignalSchema, { handle, value: random(bytes) });
  await said(alice, payload(await alice.peer.open(log, { read: log.capabilities.read })));
  const link = random(32);
  const terms = { linkHash: capabilityHash(link), expires: BigInt(Date.now() + 60_000), entries: 1, entryBytes: 100 };
  await alice.peer.say(FRAME.PUT_LINK, PutLinkSchema, { handle: alice.handle, ...terms });
  const byLink = await alice.peer.get(FRAME.OPEN_LOG, OpenLogSchema, { link }, OpenedSchema);
  await said(alice, payload(byLink.handle));
  await said(alice, payload(alice.handle, SIGNAL_BYTES - 1));
  await said(alice, payload(4_711));
  await said(alice, Uint8Array.of(0x12, 0xff));
  await bob.peer.ask(FRAME.PING);
  expect(signals(bob)).toEqual([]);
  expect(alice.peer.pushes).toEqual([]);
  await bob.signal();
  await bob.peer.ask(FRAME.PING);
  expect(signals(bob)).toEqual([]);
  await alice.signal();
  await bob.peer.until(() => signals(bob).length === 1);
});

test('a flood of signals is dropped and counted, and comes back to its measure', async () => {
  const { at, clock, parts } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await bob.subscribe(false);
  for (let n = 0; n < 10 * SIGNAL_BURST; n += 1)
    alice.channel.arrive({
      type: FRAME.PUT_SIGNAL,
      request: 0,
      payload: encode(SignalSchema, { handle: alice.handle, value: random(SIGNAL_BYTES) }),
    });
  await alice.peer.ask(FRAME.PING);
  await bob.peer.ask(FRAME.PING);
  expect(signals(bob)).toHaveLength(SIGNAL_BURST);
  expect(parts.shared.metrics.value('signals_dropped')).toBe(9 * SIGNAL_BURST);
  clock.pass(1_000);
  await alice.signal();
  await bob.peer.until(() => signals(bob).length === SIGNAL_BURST + 1);
});

test('a flood of signals from Mallory costs Alice’s append hardly anything', async () => {
  const { at } = await scene();
  const [alice, bob, mallory] = [await at('alice'), await at('bob'), await at('mallory')];
  for (const person of [alice, bob, mallory]) await person.subscribe(false);
  const flood = Array.from({ length: 1_000 }, () => ({
    type: FRAME.PUT_SIGNAL,
    request: 0,
    payload: encode(SignalSchema, { handle: mallory.handle, value: random(SIGNAL_BYTES) }),
  }));
  const median = async (before: () => void): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 21; n += 1) {
      const start = performance.now();
      before();
      await alice.peer.append(alice.handle, random(1_024));
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[10] ?? 0;
  };
  const quiet = await median(() => undefined);
  const loud = await median(() => mallory.channel.arrive(...flood));
  expect(loud).toBeLessThan(10 * quiet + 20);
  expect(signals(bob).length).toBeLessThanOrEqual(SIGNAL_BURST + 4);
});

test('whoever does not read gets no signals, and its messages all the same', async () => {
  const { at, parts } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await bob.subscribe(false);
  bob.channel.fill();
  await alice.signal();
  await alice.peer.append(alice.handle, random(40_000));
  await alice.signal();
  await alice.signal();
  bob.channel.drain();
  await bob.peer.until(() => bob.peer.numbers.length === 1);
  expect(signals(bob).length).toBeLessThan(3);
  expect(parts.shared.metrics.value('signals_dropped')).toBeGreaterThan(0);
});

test('a log with more readers than a conversation has passes none', async () => {
  const { at } = await scene();
  const people = await Promise.all(Array.from({ length: MAX_PRESENT + 1 }, (_, n) => at(`person ${n}`)));
  for (const person of people) await person.subscribe(true);
  const [first, second] = people as [Here, Here];
  await first.signal();
  await second.peer.ask(FRAME.PING);
  expect(signals(second)).toEqual([]);
  expect(Object.keys(said_(await second.set(true, true)))).toHaveLength(MAX_PRESENT - 1);
});

test('Alice watches and sees Bob come, go and when he was last seen, in five-minute steps', async () => {
  const { at, clock } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await alice.subscribe(true);
  expect(said_(await alice.set(true, true))).toEqual({});
  await bob.subscribe(true);
  await alice.peer.until(() => pushed(alice).length === 1);
  clock.pass(PRESENCE_PUSH_MS);
  await bob.channel.close('Bob goes.');
  await alice.peer.until(() => pushed(alice).length === 2);
  const seen = Math.floor((clock.now() - PRESENCE_PUSH_MS) / PRESENCE_STEP_MS) * PRESENCE_STEP_MS;
  expect(pushed(alice)).toEqual([{ [bob.reader]: 'online' }, { [bob.reader]: seen }]);
  expect(said_(await alice.set(true, true))).toEqual({ [bob.reader]: seen });
});

test('who hides sees nobody and is not remembered; a watcher cannot tell it from one that never came', async () => {
  const { at, clock } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await alice.subscribe(true);
  await bob.subscribe(true);
  expect(said_(await alice.set(true, true))).toEqual({ [bob.reader]: 'online' });
  expect(refusalIn(await bob.set(false, true))).toBe('CONFLICT');
  expect(said_(await bob.set(true, true))).toEqual({ [alice.reader]: 'online' });
  expect(said_(await bob.set(false, false))).toEqual({});
  await alice.peer.until(() => pushed(alice).length === 1);
  expect(pushed(alice)).toEqual([{ [bob.reader]: 'unknown' }]);
  expect(said_(await alice.set(true, true))).toEqual({});
  clock.pass(PRESENCE_PUSH_MS);
  await alice.set(false, false);
  await bob.peer.ask(FRAME.PING);
  expect(pushed(bob)).toEqual([]);
});

test('somebody who was here and comes back hidden is forgotten', async () => {
  const { at, parts } = await scene();
  const alice = await at('alice');
  const bob = await at('bob');
  await alice.subscribe(true);
  await bob.subscribe(true);
  await bob.channel.close('Bob goes.');
  await alice.peer.ask(FRAME.PING);
  expect(Object.keys(said_(await alice.set(true, true)))).toEqual([bob.reader]);
  const again = await at('bob', bob.capability);
  await again.subscribe(false);
  expect(said_(await alice.set(true, true))).toEqual({});
  expect(parts.shared.board.remembered).toBe(0);
});

test('a connection that is silent for the time to live is away, and here again with its next frame', async () => {
  const { at, clock } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await alice.subscribe(true);
  await bob.subscribe(true);
  await alice.set(true, true);
  const start = clock.now();
  for (let passed = 0; passed < PRESENCE_TTL_MS + 10_000; passed += 5_000) {
    clock.pass(5_000);
    await alice.peer.ask(FRAME.PING);
    if (clock.now() - start < PRESENCE_TTL_MS) expect(pushed(alice)).toEqual([]);
  }
  await alice.peer.until(() => pushed(alice).length === 1);
  expect(pushed(alice)).toEqual([{ [bob.reader]: Math.floor(start / PRESENCE_STEP_MS) * PRESENCE_STEP_MS }]);
  clock.pass(PRESENCE_PUSH_MS);
  await bob.peer.ask(FRAME.PING);
  await alice.peer.until(() => pushed(alice).length === 2);
  expect(pushed(alice)[1]).toEqual({ [bob.reader]: 'online' });
});

test('a line that flaps is told once a second, and the last word is true', async () => {
  const { at, clock } = await scene();
  const alice = await at('alice');
  const bob = await at('bob');
  await alice.subscribe(true);
  await alice.set(true, true);
  await bob.subscribe(true);
  for (let n = 0; n < 20; n += 1) for (const show of [false, true]) await bob.set(show, false);
  await bob.set(false, false);
  expect(pushed(alice)).toHaveLength(1);
  clock.pass(PRESENCE_PUSH_MS);
  await alice.peer.until(() => pushed(alice).length === 2);
  expect(pushed(alice)[1]).toEqual({ [bob.reader]: 'unknown' });
  clock.pass(10 * PRESENCE_PUSH_MS);
  await alice.peer.ask(FRAME.PING);
  expect(pushed(alice)).toHaveLength(2);
});

test('a watcher that did not read is told the whole once it reads again', async () => {
  const { at } = await scene();
  const [alice, bob, carol] = [await at('alice'), await at('bob'), await at('carol')];
  await alice.subscribe(true);
  await alice.set(true, true);
  alice.channel.fill();
  await bob.subscribe(true); // the push that fills the line
  await bob.peer.ask(FRAME.PING);
  await carol.subscribe(true);
  await bob.channel.close('Bob goes.');
  await carol.peer.ask(FRAME.PING);
  alice.channel.drain();
  await alice.peer.until(() => pushed(alice).some((one) => Object.keys(one).length === 2));
  expect(pushed(alice).at(-1)).toMatchObject({ [carol.reader]: 'online', [bob.reader]: expect.any(Number) });
});

test('nobody watches without the read capability, without a subscription, or more logs than a person looks at', async () => {
  const { at, log, parts } = await scene();
  const alice = await at('alice');
  expect(refusalIn(await alice.set(true, true))).toBe('CONFLICT');
  const writer = await alice.peer.open(log, { append: log.capabilities.append });
  const set = (handle: number) => alice.peer.say(FRAME.SET_PRESENCE, SetPresenceSchema, { handle, show: true, watch: true });
  expect(refusalIn(await set(writer))).toBe('CAPABILITY');
  const answers: (string | null)[] = [];
  for (let n = 0; n <= MAX_WATCHES; n += 1) {
    const other = testLog();
    await alice.peer.createLog(other);
    const more = await here(alice, other, random(32));
    await more.subscribe(true);
    answers.push(refusalIn(await set(more.handle)));
  }
  expect(answers).toEqual([...Array.from({ length: MAX_WATCHES }, () => null), 'QUOTA']);
  await alice.channel.close('Alice goes.');
  await (await parts.greeted('bob')).peer.ask(FRAME.PING);
  expect(parts.shared.board.remembered).toBe(MAX_WATCHES + 1);
});

test('what ends leaves nothing behind but when it was last seen, and nothing at all where it hid', async () => {
  const { at, parts } = await scene();
  const [alice, bob] = [await at('alice'), await at('bob')];
  await alice.subscribe(false);
  await bob.subscribe(true);
  await bob.peer.say(FRAME.CLOSE_HANDLE, CloseHandleSchema, { handle: bob.handle });
  await alice.channel.close('Alice goes.');
  await bob.peer.ask(FRAME.PING);
  expect([parts.shared.board.logs, parts.shared.board.remembered]).toEqual([1, 1]);
  const again = await at('bob again', bob.capability);
  await again.subscribe(false);
  await again.channel.close('Bob goes.');
  await (await at('carol')).peer.ask(FRAME.PING);
  expect([parts.shared.board.logs, parts.shared.board.remembered]).toEqual([0, 0]);
});
