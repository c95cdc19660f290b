// Each limit of a relay reached and left again: too much is a no with its wait, nothing accepted is dropped, and nobody else is touched.
import { expect, test } from 'vitest';
import { Buckets } from '../../core/base/bucket.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { refusalName } from '../../core/wire/codes.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { CloseHandleSchema } from '../../core/wire/gen/relay_pb.ts';
import { ENTRY_LIFETIME_MS, MAX_IN_FLIGHT_BYTES } from '../../core/wire/limits.ts';
import { LIMITS, limitsWith, parseLimit, type SomeLimits } from '../../relay/admission/limits.ts';
import { ENTRY_COST_BYTES } from '../../relay/admission/meter.ts';
import { Purse } from '../../relay/admission/purse.ts';
import { type RelayParts, relayParts } from '../support/relay-parts.ts';
import { refusalIn, refusedIn, type TestLog, type TestPeer, testLog } from '../support/relay-peer.ts';

/** An envelope and what it costs. */
const ENVELOPE_BYTES = 928;
const COST = ENVELOPE_BYTES + 8 + ENTRY_COST_BYTES;

/** A relay with a clock by hand. */
async function relay(limits: SomeLimits) {
  const time = { wall: 1_800_000_000_000, passed: 0 };
  const clock = { ...systemClock, now: () => time.wall, monotonic: () => time.passed };
  const parts = await relayParts({ limits, clock });
  const pass = (ms: number) => {
    time.wall += ms;
    time.passed += ms;
  };
  return { parts, pass };
}

async function writer(parts: RelayParts, name: string, log: TestLog, address: string | null = null) {
  const { peer } = await parts.greeted(name, address);
  await peer.createLog(log);
  const handle = await peer.open(log);
  let next = random(ENVELOPE_BYTES);
  /** Sends so many envelopes one by one, a refused one again; what became of each. */
  const write = async (count: number): Promise<string[]> => {
    const named = [];
    for (let sent = 0; sent < count; sent += 1) {
      const became = outcome(await peer.append(handle, next));
      if (became === 'stored') next = random(ENVELOPE_BYTES);
      named.push(became);
    }
    return named;
  };
  const once = () => peer.append(handle, next);
  return { peer, handle, write, once };
}

function outcome({ refusal }: { refusal: number }): string {
  return refusal === 0 ? 'stored' : refusalName(refusal);
}

const stored = (outcomes: readonly string[]) => outcomes.filter((one) => one === 'stored').length;

test('a device that writes too fast is told when to go on, the same bytes are taken then, and a new connection changes nothing', async () => {
  const { parts, pass } = await relay({ 'device-bytes': 4 * COST, 'device-bytes-per-second': COST });
  const [alice, bob] = [await writer(parts, 'alice', testLog()), await writer(parts, 'bob', testLog())];
  expect(await alice.write(5)).toEqual(['stored', 'stored', 'stored', 'stored', 'RATE']);
  const late = random(ENVELOPE_BYTES);
  const again = await writer(parts, 'alice', testLog());
  const no = await again.peer.append(again.handle, late);
  expect([outcome(no), no.retryAfter]).toEqual(['RATE', 1_000]);
  expect(await bob.write(2)).toEqual(['stored', 'stored']);
  pass(no.retryAfter);
  expect(outcome(await again.peer.append(again.handle, late))).toBe('stored');
});

test('one member who fills a log leaves the others their share of it', async () => {
  const { parts, pass } = await relay({ 'log-device-bytes': 3 * COST, 'log-device-bytes-per-second': COST });
  const log = testLog();
  const [mallory, bob] = [await writer(parts, 'mallory', log), await writer(parts, 'bob', log)];
  expect(stored(await mallory.write(6))).toBe(3);
  expect(await bob.write(3)).toEqual(['stored', 'stored', 'stored']);
  expect(await (await writer(parts, 'mallory', testLog())).write(1)).toEqual(['stored']);
  pass(1_000);
  expect(stored(await (await writer(parts, 'mallory', log)).write(1))).toBe(1);
});

test('however many devices an address invents, it writes what one address may; where none is counted, each counts for itself', async () => {
  const { parts, pass } = await relay({ 'address-bytes': 3 * COST, 'address-bytes-per-second': COST });
  const from = async (name: string, address: string | null) => (await writer(parts, name, testLog(), address)).write(2);
  expect([...(await from('m1', '203.0.113.9')), ...(await from('m2', '203.0.113.9'))]).toEqual(['stored', 'stored', 'stored', 'RATE']);
  expect(await from('alice', '198.51.100.1')).toEqual(['stored', 'stored']);
  expect([...(await from('p1', null)), ...(await from('p2', null))]).toEqual(['stored', 'stored', 'stored', 'stored']);
  pass(2_000);
  expect(await from('m3', '203.0.113.9')).toEqual(['stored', 'stored']);
});

test('a registration has so many bytes in a lifetime, whatever it connects with and however often; time gives them back', async () => {
  const { parts, pass } = await relay({ 'registration-bytes': 20 * COST });
  const alice = await writer(parts, 'alice', testLog());
  const before = stored(await alice.write(40));
  // What was lent while the disk was asked is no more than a few.
  expect([before >= 19, before <= 24]).toEqual([true, true]);
  const no = await alice.once();
  expect([outcome(no), no.retryAfter > 0]).toEqual(['QUOTA', true]);
  expect(await (await writer(parts, 'bob', testLog())).write(2)).toEqual(['stored', 'stored']);
  pass(ENTRY_LIFETIME_MS);
  expect(stored(await alice.write(12))).toBeGreaterThanOrEqual(6);
});

test('of a million tiny logs a registration makes what it may, is told so with a wait, and may go on when time has passed', async () => {
  const { parts, pass } = await relay({ 'registration-logs': 30, 'device-commands': 1_000_000 });
  const { peer } = await parts.greeted('mallory');
  const made = async (count: number) => {
    const names = [];
    for (let log = 0; log < count; log += 1) names.push((await peer.createLog(testLog())).type === FRAME.DONE);
    return names.filter(Boolean).length;
  };
  expect(await made(100)).toBe(30);
  const no = refusedIn(await peer.createLog(testLog()));
  expect([no.name, no.retryAfter > 0]).toEqual(['QUOTA', true]);
  expect((await (await parts.greeted('alice')).peer.createLog(testLog())).type).toBe(FRAME.DONE);
  pass(ENTRY_LIFETIME_MS / 10);
  expect(await made(10)).toBe(3);
});

async function subscribed(peer: TestPeer, log: TestLog): Promise<{ handle: number; name: string }> {
  const handle = await peer.open(log);
  const answer = await peer.subscribe(handle, random(32), 0, chainStart(log.id));
  return { handle, name: refusalIn(answer) ?? 'subscribed' };
}

test('a storm of subscriptions stops where it may go no further; what ends, by hand or with its connection, makes room', async () => {
  const { parts } = await relay({ 'registration-subscriptions': 5, 'guest-subscriptions': 2, 'address-subscriptions': 8 });
  const log = testLog();
  const { peer, connection } = await parts.greeted('mallory', '203.0.113.9');
  await peer.createLog(log);
  const storm = [];
  for (let count = 0; count < 9; count += 1) storm.push(await subscribed(peer, log));
  expect(storm.map(({ name }) => name)).toEqual([...Array(5).fill('subscribed'), ...Array(4).fill('QUOTA')]);
  const guest = parts.join('guest', '203.0.113.9').peer;
  await guest.hello();
  const few = [await subscribed(guest, log), await subscribed(guest, log), await subscribed(guest, log)];
  expect(few.map(({ name }) => name)).toEqual(['subscribed', 'subscribed', 'QUOTA']);
  const other = parts.join('other guest', '203.0.113.9').peer;
  await other.hello();
  expect([(await subscribed(other, log)).name, (await subscribed(other, log)).name]).toEqual(['subscribed', 'QUOTA']);
  await guest.say(FRAME.CLOSE_HANDLE, CloseHandleSchema, { handle: few[0]?.handle ?? 0 });
  expect((await subscribed(other, log)).name).toBe('subscribed');
  await connection.close('gone');
  const back = await parts.greeted('mallory', '203.0.113.9');
  expect((await subscribed(back.peer, log)).name).toBe('subscribed');
});

test('commands are counted by device, so that a new connection brings no new burst', async () => {
  const { parts, pass } = await relay({ 'device-commands': 5, 'device-commands-per-second': 1 });
  const ask = async (name: string) => {
    const { peer } = parts.join(name);
    await peer.hello();
    const answers = await peer.askAll(Array.from({ length: 4 }, () => ({ type: FRAME.GET_MANIFEST, payload: new Uint8Array(0) })));
    return answers.filter((answer) => refusalIn(answer) === 'RATE').length;
  };
  expect([await ask('mallory'), await ask('mallory'), await ask('alice')]).toEqual([0, 3, 0]);
  pass(4_000);
  expect(await ask('mallory')).toBe(0);
});

test('a purse never waits for the disk, lends no more than may be in flight, and survives a disk that fails', async () => {
  let passed = 0;
  let answer = Promise.withResolvers<number>();
  const asked: number[] = [];
  const charge = (bytes: number) => {
    asked.push(bytes);
    return answer.promise;
  };
  const purse = new Purse({ ...systemClock, monotonic: () => passed }, charge, 2 ** 32);
  let lent = 0;
  while (purse.take(65_536) === 0 && lent < 2 * MAX_IN_FLIGHT_BYTES) lent += 65_536;
  expect(lent).toBe(MAX_IN_FLIGHT_BYTES);
  expect(asked).toHaveLength(1);
  answer.reject(new Error('the disk failed'));
  await purse.settled();
  expect(purse.take(1)).toBeGreaterThan(0);
  answer = Promise.withResolvers<number>();
  passed += 1_000;
  purse.take(1);
  answer.resolve(0);
  await purse.settled();
  expect(purse.take(65_536)).toBe(0);
  // What was lent is paid first.
  expect(asked[1]).toBeGreaterThan(MAX_IN_FLIGHT_BYTES);
});

test('keys without end fill no memory: those not asked for longest are forgotten', () => {
  let passed = 0;
  const buckets = new Buckets({ ...systemClock, monotonic: () => passed }, { burst: 2, perSecond: 1 }, 100);
  for (let key = 0; key < 10_000; key += 1) {
    buckets.take(`device ${key}`);
    buckets.take('alice');
  }
  expect(buckets.size).toBe(100);
  expect(buckets.take('alice')).toBe(1_000);
  passed += 1_000;
  expect(buckets.take('alice')).toBe(0);
});

test('an operator says other limits by name; what is no limit, or none that can be, is refused', () => {
  expect(limitsWith({ 'registration-logs': 7 })).toMatchObject({
    'registration-logs': 7,
    'guest-subscriptions': LIMITS['guest-subscriptions'].default,
  });
  expect(parseLimit('registration-logs=7')).toEqual({ 'registration-logs': 7 });
  for (const text of [
    'registration-logs',
    'logs=7',
    'registration-logs=-1',
    'registration-logs=0',
    'constructor=1',
    'registration-logs=1e3',
  ])
    expect(() => parseLimit(text), text).toThrow();
});
