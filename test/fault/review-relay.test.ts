// Relays that flood, lag or forgot: the peer's memory stays bounded, its inbox stays readable, and nobody is blamed for being slow.
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import type { Entries, RelayConnection } from '../../core/net/relay-connection.ts';
import { subscribeInbox } from '../../core/peer/chores.ts';
import { takeInboxRun } from '../../core/peer/inbox-in.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { allRelays } from '../../core/peer/relays.ts';
import { chainNext } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { encodeFrame, FRAME } from '../../core/wire/frame.ts';
import { WINDOW_BYTES } from '../../core/wire/limits.ts';
import { Subscription } from '../../relay/subscription.ts';
import { type FakeRelay, fakeRelay, subscribed } from '../support/net-relay.ts';
import { until, within } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';

const relays: FakeRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

async function person(
  name: string,
  relay: string,
  tamper: (connection: RelayConnection) => RelayConnection = (same) => same,
): Promise<Person> {
  const one = await (await (await Person.create(name, { tamper })).start()).goOnline();
  onTestFinished(() => one.end());
  await one.addRelay(relay);
  return one;
}

/** A log opened at a relay that pushes whatever a test likes. */
async function floodable() {
  const log = random(32);
  const relay: FakeRelay = await fakeRelay({ [FRAME.SUBSCRIBE]: ({ answer }) => answer(FRAME.SUBSCRIBED, subscribed(relay, log)) });
  relays.push(relay);
  const node = await createNode({ key: signingKey(), listen: [] });
  onTestFinished(() => node.stop());
  const line = await connectRelay(node, relay.address, { clock: systemClock });
  const opened = await line.openLog({ log, read: random(32) });
  if (!opened.ok) throw new Error('not opened');
  const { handle } = opened.value;
  return { log, relay, line, handle };
}

test('A relay that pushes on and on without waiting for acknowledgements loses the connection, not our memory', async () => {
  const { log, relay, line, handle } = await floodable();
  let taken = 0;
  const entries = (run: Entries) => {
    taken += run.entries.reduce((sum, { envelope }) => sum + envelope.length, 0);
  };
  await line.subscribe(handle, random(32), 0, random(32), { entries, slot: () => undefined });
  const envelope = random(200_000);
  for (let first = 1; first <= 10; first += 1)
    relay.channels[0]?.send([encodeFrame(FRAME.ENTRIES, 0, relay.entries(handle, log, first, [envelope]))]);
  expect(await within(line.closed, 'the peer ends it')).toContain('window');
  expect(taken).toBeLessThanOrEqual(WINDOW_BYTES);
});

test('A relay that is acknowledged may push on for ever', async () => {
  const { log, relay, line, handle } = await floodable();
  let seen = 0;
  const entries = (run: Entries) => {
    seen = run.head.seq;
    line.ack(handle, seen);
  };
  await line.subscribe(handle, random(32), 0, random(32), { entries, slot: () => undefined });
  const envelope = random(200_000);
  for (let first = 1; first <= 20; first += 1) {
    relay.channels[0]?.send([encodeFrame(FRAME.ENTRIES, 0, relay.entries(handle, log, first, [envelope]))]);
    await until(() => seen === first, 'it arrived');
  }
});

test('A reader that reads again what it had acknowledged before frees its window', () => {
  const again = new Subscription(1, random(32), random(32), 0, 100);
  again.push(50, WINDOW_BYTES);
  expect(again.acknowledge(50)).toBe(true);
  expect(again.unacknowledged).toBe(0);
});

test('Letters that expired while Bob was away for a month do not keep him from those that came later', async () => {
  const relay = await townRelay();
  const bob = await person('Bob', relay.address);
  const { parts } = bob.engine;
  const [home] = await allRelays(parts.store);
  if (home === undefined) throw new Error('no relay');
  const log = bytesOf(home.inbox.log);
  const floorChain = random(32);
  const envelope = random(600);
  const chain = chainNext(floorChain, 8, 1, envelopeId(envelope));
  const head = { log, seq: 8, chain, time: 1, signature: new Uint8Array(64) };
  const subscribe = async () => ({ ok: true, value: { floor: 7, floorChain, head, cursor: 0, slots: 0 } });
  const connection = { subscribe } as unknown as RelayConnection;
  const begun = await subscribeInbox(parts, connection, home, 1, { entries: () => undefined, slot: () => undefined });
  expect(begun.cursor.seq).toBe(7);
  expect(await takeInboxRun(parts, home, [{ entries: [{ seq: 8, time: 1, envelope }], head }])).toEqual({ kind: 'taken', seq: 8 });
  expect(await bob.warned()).toEqual(['expired-unread']);
});

test('A conversation whose log the other side has yet to create is opened once it is there, and nobody is accused', async () => {
  const relay = await townRelay();
  let tooEarly = 0;
  const early = (connection: RelayConnection) =>
    replace(connection, {
      openLog: async (proof) => {
        const theirs =
          'log' in proof &&
          proof.append !== undefined &&
          proof.manage !== undefined &&
          aliceInbox !== Buffer.from(proof.log).toString('base64url');
        if (!theirs || tooEarly > 0) return connection.openLog(proof);
        tooEarly += 1;
        return { ok: false, refusal: { name: 'NOT_FOUND', detail: 'There is no such log.', retryAfter: 0, head: null } };
      },
    });
  let aliceInbox = '';
  const alice = await (await Person.create('Alice', { tamper: early })).start();
  onTestFinished(() => alice.end());
  await alice.goOnline();
  tooEarly = 1;
  await alice.addRelay(relay.address);
  aliceInbox = (await allRelays(alice.engine.parts.store))[0]?.inbox.log ?? '';
  tooEarly = 0;
  const bob = await person('Bob', relay.address);
  await becomeContacts(alice, bob);
  await until(() => tooEarly === 1, 'Alice asked for the log too early');
  await bob.send('Alice', 'are you there?');
  const patience = setInterval(() => alice.clock.pass(1_000), 50);
  onTestFinished(() => clearInterval(patience));
  await alice.sees('Bob', (all) => all.length === 1, 'his message');
  expect(await alice.warned()).toEqual([]);
});

test('A visit asks at once for a log that was not there for long, however long the pause has grown', async () => {
  const relay = await townRelay();
  const late = { isLate: true, asked: 0 };
  const tamper = (connection: RelayConnection) =>
    replace(connection, {
      openLog: async (proof) => {
        const isInbox = !('log' in proof) || Buffer.from(proof.log).toString('base64url') === inbox;
        if (isInbox || inbox === '' || !late.isLate) return connection.openLog(proof);
        late.asked += 1;
        return { ok: false, refusal: { name: 'NOT_FOUND', detail: 'There is no such log.', retryAfter: 0, head: null } };
      },
    });
  let inbox = '';
  const alice = await person('Alice', relay.address, tamper);
  inbox = (await allRelays(alice.engine.parts.store))[0]?.inbox.log ?? '';
  const bob = await person('Bob', relay.address);
  await becomeContacts(alice, bob);
  for (let times = 1; times <= 11; times += 1) {
    await until(() => {
      alice.clock.pass(10 * 2 ** times);
      return late.asked >= times;
    }, `Alice asked ${times} times`);
  }
  late.isLate = false;
  expect((await alice.sync(5_000)).complete).toBe(true);
  expect(await alice.warned()).toEqual([]);
});
