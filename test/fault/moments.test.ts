// Typing and presence between real engines over a real relay: shown while true, never to whom it is not for, and hostile bytes change nothing.
import { expect, onTestFinished, test } from 'vitest';
import type { PeerEvent } from '../../core/api.ts';
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import type { RelayConnection, Sink } from '../../core/net/relay-connection.ts';
import { presence, typing } from '../../core/peer/calls.ts';
import { currentGeneration } from '../../core/peer/conversations.ts';
import { setPrivacy } from '../../core/peer/privacy.ts';
import { bytesOf } from '../../core/peer/records.ts';
import { SIGNAL_KIND, sealSignal } from '../../core/session/signal.ts';
import { PRESENCE_STEP_MS, SIGNAL_BYTES, SIGNAL_LIFETIME_MS, TYPING_INTERVAL_MS, TYPING_MS } from '../../core/wire/limits.ts';
import { until } from '../support/net-wait.ts';
import { becomeContacts, Person } from '../support/people.ts';
import { replace } from '../support/people-relay.ts';
import { townRelay } from '../support/people-town.ts';
import { onlyConversation } from '../support/review-log.ts';
import { person as anybody } from '../support/session.ts';

interface Scene {
  readonly alice: Person;
  readonly bob: Person;
  /** Signals that Alice's engine sent. */
  readonly sent: Bytes[];
  /** Hands Bob's engine a signal, as the relay could. */
  signal(value: Bytes): void;
  /** How often Alice's relay refuses yet to change what she shows. */
  refusals: number;
  /** Tells Bob's engine that this reader is here, as the relay could. */
  here(reader: Bytes): void;
}

/** Alice and Bob are contacts, have each other's slots, and Bob's typing events begin now. */
async function scene(): Promise<Scene> {
  const relay = await townRelay();
  const sent: Bytes[] = [];
  const whole = { refusals: 0 };
  let sink: Sink | null = null;
  const counted = (real: RelayConnection) => {
    const signal = (handle: number, value: Bytes): void => {
      sent.push(value);
      real.live.signal(handle, value);
    };
    const setPresence: typeof real.live.setPresence = async (...asked) => {
      if (whole.refusals === 0) return real.live.setPresence(...asked);
      whole.refusals -= 1;
      return { ok: false, refusal: { name: 'RATE', detail: '', retryAfter: 60_000, head: null } };
    };
    return replace(real, { live: { setPresence, signal } });
  };
  const caught = (real: RelayConnection) =>
    replace(real, {
      subscribe: (...asked) => {
        sink = asked[4];
        return real.subscribe(...asked);
      },
    });
  const alice: Person = await Person.create('Alice', { tamper: counted });
  const bob = await Person.create('Bob', { tamper: caught });
  for (const one of [alice, bob]) {
    onTestFinished(() => one.end());
    await (await one.start()).goOnline();
    await one.addRelay(relay.address);
  }
  await becomeContacts(alice, bob);
  await alice.send('Bob', 'hello');
  await bob.sees('Alice', (seen) => seen.length > 0, 'hello');
  for (const one of [alice, bob]) await one.sync();
  const signal = (value: Bytes) => (sink as Sink | null)?.signal?.(value);
  const here = (reader: Bytes) => (sink as Sink | null)?.present?.({ whole: false, readers: [{ reader, online: true, lastSeen: 0 }] });
  return Object.assign(whole, { alice, bob, sent, signal, here });
}

type Typing = Extract<PeerEvent, { event: 'typing' }>;
const typings = ({ events }: Person) => events.filter((event): event is Typing => event.event === 'typing');
const isTyping = (person: Person) => (typings(person).at(-1)?.until ?? 0) > 0;
const types = (person: Person, who: string, active = true) => typing(person.engine, who, active);
/** Everything Bob was handed before has been looked at. */
const looked = async ({ alice, bob }: Scene) => {
  const before = typings(bob).length;
  alice.clock.pass(TYPING_INTERVAL_MS);
  bob.clock.pass(TYPING_INTERVAL_MS);
  await types(alice, 'Bob');
  await until(() => typings(bob).length > before, 'a true signal came after it');
};

test('Bob sees Alice type until she stops, her message comes, or a moment passes', async () => {
  const { alice, bob, sent } = await scene();
  await types(alice, 'Bob');
  await until(() => isTyping(bob), 'Bob sees her type');
  const [first] = typings(bob);
  expect(first?.contact).toBe((await bob.contact('Alice'))?.account);
  expect((first?.until ?? 0) - bob.clock.now()).toBeLessThanOrEqual(TYPING_MS);
  await types(alice, 'Bob', false);
  await until(() => !isTyping(bob), 'she stopped');
  alice.clock.pass(TYPING_INTERVAL_MS);
  bob.clock.pass(TYPING_INTERVAL_MS);
  await types(alice, 'Bob');
  await until(() => isTyping(bob), 'she types again');
  await alice.send('Bob', 'typed it');
  await until(() => !isTyping(bob), 'the message ended it');
  await types(alice, 'Bob', false);
  alice.clock.pass(TYPING_INTERVAL_MS);
  bob.clock.pass(TYPING_INTERVAL_MS);
  await types(alice, 'Bob');
  await until(() => isTyping(bob), 'and again');
  bob.clock.pass(TYPING_MS);
  expect(isTyping(bob)).toBe(false);
  expect(new Set(sent.map(({ length }) => length))).toEqual(new Set([SIGNAL_BYTES]));
  expect(sent).toHaveLength(4);
});

test('a hundred keys are one signal in three seconds, and stopping is one', async () => {
  const { alice, sent } = await scene();
  for (let key = 0; key < 100; key += 1) await types(alice, 'Bob');
  expect(sent).toHaveLength(1);
  alice.clock.pass(TYPING_INTERVAL_MS);
  for (let key = 0; key < 100; key += 1) await types(alice, 'Bob');
  expect(sent).toHaveLength(2);
  for (let key = 0; key < 5; key += 1) await types(alice, 'Bob', false);
  expect(sent).toHaveLength(3);
  for (let key = 0; key < 50; key += 1) for (const active of [true, false]) await types(alice, 'Bob', active);
  expect(sent).toHaveLength(3);
});

test('a signal shown again, one that is too old, and forged ones are nothing', async () => {
  const whole = await scene();
  const { alice, bob, sent, signal } = whole;
  await types(alice, 'Bob');
  await until(() => isTyping(bob), 'Bob sees her type');
  await types(alice, 'Bob', false);
  await until(() => !isTyping(bob), 'she stopped');
  const { conversation, home } = await onlyConversation(alice);
  const key = bytesOf(currentGeneration(conversation).key);
  const mallory = await anybody();
  const changed = (sent[0] as Bytes).slice();
  changed[200] = (changed[200] ?? 0) ^ 1;
  const { me } = alice.engine.parts.self();
  const seal = (late = 0, by = me, under = key, kind: number = SIGNAL_KIND.TYPING) =>
    sealSignal(under, by, Math.floor(bob.engine.parts.relayTimes.now(home.peerId) ?? 0) + 2 - late, kind);
  const hostile = [
    () => sent[0] as Bytes,
    () => changed,
    () => random(SIGNAL_BYTES),
    () => random(3),
    () => new Uint8Array(),
    () => seal(0, mallory.me),
    () => seal(0, me, random(32)),
    () => seal(0, { ...me, peer: mallory.me.peer }),
    () => seal(0, { ...me, device: 9 }),
    () => seal(2 * SIGNAL_LIFETIME_MS),
    () => seal(-2 * SIGNAL_LIFETIME_MS),
    () => seal(0, me, key, 77),
  ];
  // Fewer at a time than are opened at once, and a true one behind them, so that each was looked at.
  for (let at = 0; at < hostile.length; at += 4) {
    const before = typings(bob).length;
    for (const make of hostile.slice(at, at + 4)) signal(make());
    await looked(whole);
    expect(typings(bob).length - before, `hostile ones from ${at} on`).toBe(1);
  }
});

test('what was shown once is too old after a restart, when it is shown again', async () => {
  const { alice, bob, sent, signal } = await scene();
  await types(alice, 'Bob');
  await until(() => isTyping(bob), 'Bob sees her type');
  await bob.restart();
  await bob.sync();
  bob.events.length = 0;
  bob.clock.pass(2 * SIGNAL_LIFETIME_MS);
  signal(sent[0] as Bytes);
  signal(random(SIGNAL_BYTES));
  await bob.engine.parts.serial(async () => undefined);
  await bob.send('Alice', 'and a way for everything to come by');
  expect(typings(bob)).toEqual([]);
});

test('who does not tell that they type is not shown it either', async () => {
  const { alice, bob, sent } = await scene();
  const set = (person: Person, fields: object) => setPrivacy(person.engine.parts, fields, person.engine.parts.announce);
  await set(bob, { typing: false });
  await types(alice, 'Bob');
  expect(sent).toHaveLength(1);
  await alice.send('Bob', 'behind the signal');
  await bob.sees('Alice', (seen) => seen.length > 1, 'what came behind the signal');
  await set(alice, { typing: false });
  alice.clock.pass(TYPING_INTERVAL_MS);
  await types(alice, 'Bob');
  expect(sent).toHaveLength(1);
  await set(bob, { typing: true });
  await set(alice, { typing: true });
  await types(alice, 'Bob');
  await until(() => typings(bob).length > 0, 'told again');
  expect(typings(bob)).toHaveLength(1);
});

const state = (person: Person, who: string) => presence(person.engine, who, 0);
const look = (person: Person, who: string) => presence(person.engine, who, 60_000);

test('Bob sees that Alice is here while he looks, and when she was once she went', async () => {
  const { alice, bob, here } = await scene();
  expect(await state(bob, 'Alice'), 'nobody looks').toEqual({ state: 'unknown', lastSeen: null });
  expect(await look(bob, 'Alice')).toEqual({ state: 'online', lastSeen: null });
  await alice.leave();
  await until(async () => (await state(bob, 'Alice')).state === 'away', 'she went');
  const { lastSeen } = await state(bob, 'Alice');
  expect((lastSeen ?? 1) % PRESENCE_STEP_MS).toBe(0);
  expect(Date.now() - (lastSeen ?? 0)).toBeLessThan(PRESENCE_STEP_MS + 60_000);
  here(random(32));
  expect((await state(bob, 'Alice')).state, 'a reader whose slot nobody signed').toBe('away');
  await (await alice.start()).goOnline();
  await until(async () => (await state(bob, 'Alice')).state === 'online', 'she is back');
  expect(bob.events.filter(({ event }) => event === 'presence')).toHaveLength(3);
  bob.clock.pass(60_000);
  expect(await state(bob, 'Alice'), 'nobody looks any more').toEqual({ state: 'unknown', lastSeen: null });
});

test('who hides is not seen, not even as somebody who went, and sees nobody', async () => {
  const { alice, bob } = await scene();
  const hide = async (person: Person, isHidden: boolean): Promise<void> => {
    const { live } = person.engine.parts;
    live.changed(await setPrivacy(person.engine.parts, { presence: !isHidden }, person.engine.parts.announce));
  };
  expect(await look(bob, 'Alice')).toMatchObject({ state: 'online' });
  expect(await look(alice, 'Bob')).toMatchObject({ state: 'online' });
  await hide(alice, true);
  await until(async () => (await state(bob, 'Alice')).state === 'unknown', 'she is gone from sight');
  expect(await look(alice, 'Bob')).toEqual({ state: 'hidden', lastSeen: null });
  await alice.restart();
  await alice.sync();
  expect((await state(bob, 'Alice')).state).toBe('unknown');
  await hide(alice, false);
  await until(async () => (await state(bob, 'Alice')).state === 'online', 'she shows herself');
});

test('who hides is hidden also where the relay would not hear of it at first', async () => {
  const whole = await scene();
  const { alice, bob } = whole;
  expect(await look(bob, 'Alice')).toMatchObject({ state: 'online' });
  whole.refusals = 1;
  const { live } = alice.engine.parts;
  live.changed(await setPrivacy(alice.engine.parts, { presence: false }, alice.engine.parts.announce));
  await until(() => whole.refusals === 0, 'it was refused');
  await alice.send('Bob', 'a way for the refusal to be heard');
  await bob.sees('Alice', (seen) => seen.length > 1, 'what came behind');
  alice.clock.pass(60_000);
  await until(async () => (await state(bob, 'Alice')).state === 'unknown', 'asked again');
});

test('whom Bob blocks sees him go, and he is not shown to them again', async () => {
  const { alice, bob } = await scene();
  expect(await look(alice, 'Bob')).toMatchObject({ state: 'online' });
  await bob.engine.setBlocked('Alice', true);
  await until(async () => (await state(alice, 'Bob')).state === 'away', 'he went');
  await bob.restart();
  await bob.sync();
  expect(await look(alice, 'Bob')).toMatchObject({ state: 'away' });
  await types(alice, 'Bob');
  await bob.engine.setBlocked('Alice', false);
  await until(async () => (await state(alice, 'Bob')).state === 'online', 'he is back');
  expect(typings(bob)).toEqual([]);
});

test('a line that went is nobody’s word: unknown until there is one again', async () => {
  const { alice, bob } = await scene();
  await look(bob, 'Alice');
  const { home } = await onlyConversation(bob);
  await bob.engine.online?.hub.line(home.peerId)?.connection?.close();
  await until(() => bob.events.some((event) => event.event === 'presence' && event.presence.state === 'unknown'), 'unknown');
  await until(async () => (await state(bob, 'Alice')).state === 'online', 'looked at again by itself');
  expect(alice.running).toBe(true);
});
