// What a relay pushes: late and live in order, within the window, never a silent hole.
import { expect, test } from 'vitest';
import { equal } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { readerId } from '../../core/wire/capability.ts';
import { chainNext, chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import {
  CloseHandleSchema,
  GetHeadSchema,
  HeadSchema,
  PutSlotSchema,
  RefusedSchema,
  SetReadersSchema,
  type SignedHead,
  SlotSchema,
  SubscribedSchema,
} from '../../core/wire/gen/relay_pb.ts';
import { verifyHead } from '../../core/wire/head.ts';
import { WINDOW_BYTES } from '../../core/wire/limits.ts';
import { decode } from '../../core/wire/proto.ts';
import { type Joined, type PartsOptions, type RelayParts, relayParts } from '../support/relay-parts.ts';
import { refusalIn, type TestLog, testLog } from '../support/relay-peer.ts';

type Envelope = Uint8Array<ArrayBuffer>;

interface Scene {
  readonly parts: RelayParts;
  readonly log: TestLog;
  readonly alice: Joined;
  readonly bob: Joined;
  readonly aliceHandle: number;
  readonly bobHandle: number;
  readonly bobReader: Envelope;
  /** Bob subscribes from the beginning. */
  subscribe(): Promise<Frame>;
}

async function scene(options: PartsOptions = {}): Promise<Scene> {
  const parts = await relayParts(options);
  const log = testLog();
  const [alice, bob] = [await parts.greeted('alice'), await parts.greeted('bob')];
  await alice.peer.createLog(log);
  const [aliceHandle, bobHandle] = [await alice.peer.open(log), await bob.peer.open(log)];
  const bobReader = random(32);
  const subscribe = () => bob.peer.subscribe(bobHandle, bobReader, 0, chainStart(log.id));
  return { parts, log, alice, bob, aliceHandle, bobHandle, bobReader, subscribe };
}

function isSigned(parts: RelayParts, head: SignedHead | undefined): boolean {
  if (head === undefined) return false;
  const { log, chain } = head as { log: Envelope; chain: Envelope };
  return verifyHead(parts.key.publicKey, { log, seq: Number(head.seq), chain, time: Number(head.time) }, head.signature);
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

test('Bob gets what was late and what is live by one road, in order, once', async () => {
  const { alice, bob, aliceHandle, subscribe } = await scene();
  await alice.peer.append(aliceHandle, random(30), random(30));
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 2);
  await alice.peer.append(aliceHandle, random(30));
  await bob.peer.until(() => bob.peer.numbers.length === 3);
  expect(bob.peer.numbers).toEqual([1, 2, 3]);
});

test('every run carries a signed head whose chain Bob recomputes from what he got', async () => {
  const { parts, log, alice, bob, aliceHandle, subscribe } = await scene();
  await alice.peer.append(aliceHandle, ...upTo(40).map(() => random(30)));
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 40);
  let chain = chainStart(log.id);
  for (const run of bob.peer.runs) {
    for (const [at, entry] of run.entries.entries()) chain = chainNext(chain, run.first + at, entry.time, envelopeId(entry.envelope));
    expect(equal(run.head.chain, chain)).toBe(true);
    expect(verifyHead(parts.key.publicKey, { log: log.id, ...run.head }, run.head.signature)).toBe(true);
  }
});

test('a subscription begins with its answer, before the first push', async () => {
  const { alice, bob, aliceHandle, subscribe } = await scene();
  await alice.peer.append(aliceHandle, random(30));
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 1);
  const types = bob.channel.sent.map(({ type }) => type);
  expect(types.indexOf(FRAME.SUBSCRIBED)).toBeLessThan(types.indexOf(FRAME.ENTRIES));
});

test('a reader that acknowledges nothing is sent one window and no more, and goes on from its ack', async () => {
  const { alice, bob, aliceHandle, bobHandle, subscribe } = await scene();
  const size = 20_000;
  for (let round = 0; round < 4; round += 1) await alice.peer.append(aliceHandle, ...upTo(25).map(() => random(size)));
  await subscribe();
  const most = Math.floor(WINDOW_BYTES / size);
  await bob.peer.until(() => bob.peer.numbers.length >= most - 2);
  for (let round = 0; round < 20; round += 1) await bob.peer.ask(FRAME.PING); // time enough to send one too many
  const sent = bob.channel.sent.filter(({ type }) => type === FRAME.ENTRIES);
  expect(sent.reduce((bytes, { payload }) => bytes + payload.length, 0)).toBeLessThanOrEqual(WINDOW_BYTES);
  while (bob.peer.numbers.length < 100) {
    const before = bob.peer.numbers.length;
    bob.peer.ack(bobHandle, bob.peer.numbers.at(-1) ?? 0);
    await bob.peer.until(() => bob.peer.numbers.length > before);
  }
  expect(bob.peer.numbers).toEqual(upTo(100));
});

test('an ack above what was sent is ignored, an honest one becomes the durable cursor', async () => {
  const { parts, log, alice, bob, aliceHandle, bobHandle, bobReader, subscribe } = await scene();
  await alice.peer.append(aliceHandle, random(30), random(30));
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 2);
  bob.peer.ack(bobHandle, 99);
  bob.peer.ack(bobHandle, 1);
  await expect.poll(() => parts.shared.store.cursor(log.id, readerId(bobReader))).toBe(1);
  expect((await bob.peer.ask(FRAME.PING)).type).toBe(FRAME.DONE);
});

test('a peer that saw more than the relay has is told so with the signed head', async () => {
  const { parts, alice, bob, aliceHandle, bobHandle } = await scene();
  await alice.peer.append(aliceHandle, random(30));
  const answer = await bob.peer.subscribe(bobHandle, random(32), 7, random(32));
  const refused = decode(RefusedSchema, answer.payload, 'refusal');
  expect(refusalIn(answer)).toBe('AHEAD');
  expect(Number(refused.head?.seq)).toBe(1);
  expect(isSigned(parts, refused.head)).toBe(true);
});

test('a peer with another history is told so with the signed head as of its own number', async () => {
  const { parts, alice, bob, aliceHandle, bobHandle } = await scene();
  await alice.peer.append(aliceHandle, random(30), random(30), random(30));
  const answer = await bob.peer.subscribe(bobHandle, random(32), 2, random(32));
  const refused = decode(RefusedSchema, answer.payload, 'refusal');
  expect(refusalIn(answer)).toBe('FORK');
  expect(Number(refused.head?.seq)).toBe(2);
  expect(isSigned(parts, refused.head)).toBe(true);
});

test('after AHEAD the handle may still be subscribed, and a second subscription on it is a conflict', async () => {
  const { bob, bobHandle, subscribe } = await scene();
  expect(refusalIn(await bob.peer.subscribe(bobHandle, random(32), 1, random(32)))).toBe('AHEAD');
  expect((await subscribe()).type).toBe(FRAME.SUBSCRIBED);
  expect(refusalIn(await subscribe())).toBe('CONFLICT');
});

test('a returning reader is told its durable cursor and gets only what is above its number', async () => {
  const { parts, log, alice, bob, aliceHandle, bobHandle, bobReader, subscribe } = await scene();
  const { stamps } = await alice.peer.append(aliceHandle, random(30), random(30), random(30));
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 3);
  bob.peer.ack(bobHandle, 2);
  await expect.poll(() => parts.shared.store.cursor(log.id, readerId(bobReader))).toBe(2);
  const again = await parts.greeted('bob');
  const handle = await again.peer.open(log);
  const answer = await again.peer.subscribe(handle, bobReader, 2, stamps[1]?.chain ?? random(32));
  expect(decode(SubscribedSchema, answer.payload, 'subscribed')).toMatchObject({ cursor: 2n, floor: 0n });
  await again.peer.until(() => again.peer.numbers.length === 1);
  expect(again.peer.numbers).toEqual([3]);
});

test('a reader below the floor is told the floor and its chain, and gets what is still there', async () => {
  const { parts, log, alice, bob, aliceHandle, bobHandle, bobReader, subscribe } = await scene();
  const { stamps } = await alice.peer.append(aliceHandle, random(30), random(30), random(30));
  await alice.peer.say(FRAME.SET_READERS, SetReadersSchema, { handle: aliceHandle, readers: [readerId(bobReader)] });
  await subscribe();
  await bob.peer.until(() => bob.peer.numbers.length === 3);
  bob.peer.ack(bobHandle, 2);
  await expect.poll(() => parts.shared.store.cursor(log.id, readerId(bobReader))).toBe(2);
  await parts.shared.store.sweep(1_000);
  const carol = await parts.greeted('carol');
  const answer = await carol.peer.subscribe(await carol.peer.open(log), random(32), 0, chainStart(log.id));
  const subscribed = decode(SubscribedSchema, answer.payload, 'subscribed');
  expect(subscribed).toMatchObject({ floor: 2n, floorChain: stamps[1]?.chain, head: { seq: 3n } });
  await carol.peer.until(() => carol.peer.numbers.length === 1);
  expect(carol.peer.numbers).toEqual([3]);
});

test('the head of any known entry is signed on request, and one that is not there is not found', async () => {
  const { parts, bob, alice, aliceHandle, bobHandle } = await scene();
  const { stamps } = await alice.peer.append(aliceHandle, random(30), random(30));
  for (const [asked, seq] of [
    [0n, 2],
    [1n, 1],
  ] as const) {
    const { head } = await bob.peer.get(FRAME.GET_HEAD, GetHeadSchema, { handle: bobHandle, seq: asked }, HeadSchema);
    expect(head).toMatchObject({ seq: BigInt(seq), chain: stamps[seq - 1]?.chain });
    expect(isSigned(parts, head)).toBe(true);
  }
  expect(refusalIn(await bob.peer.say(FRAME.GET_HEAD, GetHeadSchema, { handle: bobHandle, seq: 3n }))).toBe('NOT_FOUND');
});

test('a reader whose connection is full is sent nothing more until it reads again', async () => {
  const { alice, bob, aliceHandle, subscribe } = await scene();
  await subscribe();
  bob.channel.fill();
  await alice.peer.append(aliceHandle, random(30));
  await bob.peer.until(() => bob.peer.numbers.length === 1);
  for (let count = 0; count < 20; count += 1) await alice.peer.append(aliceHandle, random(10_000));
  expect(bob.peer.numbers).toEqual([1]);
  bob.channel.drain();
  await bob.peer.until(() => bob.peer.numbers.length === 21);
  expect(bob.peer.numbers).toEqual(upTo(21));
});

test('a closed handle is pushed nothing any more', async () => {
  const { alice, bob, aliceHandle, bobHandle, subscribe } = await scene();
  await subscribe();
  await bob.peer.say(FRAME.CLOSE_HANDLE, CloseHandleSchema, { handle: bobHandle });
  await alice.peer.append(aliceHandle, random(30));
  await bob.peer.ask(FRAME.PING);
  expect(bob.peer.numbers).toEqual([]);
});

test('entries that expire in front of a slow reader make it come back and subscribe anew, never a silent hole', async () => {
  const { parts, alice, bob, aliceHandle, subscribe } = await scene({
    wrap: (store) => new Proxy(store, { get: (target, name) => (name === 'read' ? holed(target.read.bind(target)) : bound(target, name)) }),
  });
  await subscribe();
  await alice.peer.append(aliceHandle, random(30), random(30), random(30));
  expect(await bob.channel.closed).toContain('expired');
  expect(bob.peer.numbers).toEqual([]);
  expect(parts.logged).toEqual([]);
});

test('slots are sent at subscription and at every change, and a lower counter changes nothing', async () => {
  const { alice, bob, aliceHandle, subscribe } = await scene();
  const reader = random(32);
  const put = (counter: bigint, value: Envelope) =>
    alice.peer.say(FRAME.PUT_SLOT, PutSlotSchema, { handle: aliceHandle, reader, counter, value });
  const slots = () => bob.peer.pushes.filter(({ type }) => type === FRAME.SLOT).map(({ payload }) => decode(SlotSchema, payload, 'slot'));
  const [first, second] = [random(40), random(40)];
  await put(5n, first);
  await subscribe();
  await bob.peer.until(() => slots().length === 1);
  expect((await put(4n, random(40))).type).toBe(FRAME.DONE);
  await put(6n, second);
  await bob.peer.until(() => slots().length === 2);
  expect(slots()).toMatchObject([
    { reader: readerId(reader), counter: 5n, value: first },
    { counter: 6n, value: second },
  ]);
});

test('of many slot changes a reader that does not read is sent only the latest of each writer', async () => {
  const { alice, bob, aliceHandle, subscribe } = await scene();
  await subscribe();
  bob.channel.fill();
  await alice.peer.append(aliceHandle, random(30));
  await bob.peer.until(() => bob.peer.numbers.length === 1);
  const readers = upTo(24).map(() => random(32));
  const value = random(40);
  for (let counter = 1n; counter <= 3n; counter += 1n) {
    for (const reader of readers) await alice.peer.say(FRAME.PUT_SLOT, PutSlotSchema, { handle: aliceHandle, reader, counter, value });
  }
  bob.channel.drain();
  const slots = () => bob.peer.pushes.filter(({ type }) => type === FRAME.SLOT).map(({ payload }) => decode(SlotSchema, payload, 'slot'));
  await bob.peer.until(() => slots().filter(({ counter }) => counter === 3n).length === readers.length);
  expect(slots().every(({ counter }) => counter === 3n)).toBe(true);
});

// As if the sweep had taken the first two entries before they were sent.
function holed(read: RelayParts['shared']['store']['read']): RelayParts['shared']['store']['read'] {
  return async (log, after, limit, maxBytes) => (await read(log, after, limit, maxBytes)).filter(({ seq }) => seq > 2);
}

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value = Reflect.get(target, name, target) as unknown;
  return typeof value === 'function' ? value.bind(target) : value;
}
