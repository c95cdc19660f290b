// Locked means locked: no call and no event of the peer passes while Alice's windows are shut, whoever asks and whatever happens meanwhile.
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { event as eventSchema, type Message, openCalls, type PeerEvent } from '../../core/api.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { type WindowApi, type WindowEvent, windowContract } from '../../core/window-api.ts';
import { bob, carrierPair, message } from '../support/carrier.ts';
import { CHEAP, type MadeHost, madeHost } from '../support/host.ts';
import { MadeKeyring } from '../support/keyring.ts';
import { until } from '../support/net-wait.ts';

const byPassphrase = { passphrase: 'correct horse', cost: CHEAP };
const HOUR = 3_600_000;

async function openHome(answers: Readonly<Record<string, (input: unknown) => unknown>> = {}): Promise<MadeHost> {
  const made = await madeHost([byPassphrase], {}, answers);
  await made.host.api.unlock({ passphrase: 'correct horse' });
  return made;
}

/** A window of its own over a carrier. */
function windowOn({ host }: MadeHost) {
  const [near, far] = carrierPair();
  serveApi(far, windowContract, host.api);
  const api: WindowApi = connectApi(near, windowContract);
  const seen: WindowEvent[] = [];
  api.onEvent((event) => seen.push(event));
  return { api, seen };
}

const warning = { kind: 'fork', conversation: null, text: 'A fork.', at: 1 } as const;
const relay = { address: '/ip4/127.0.0.1/tcp/1/ws', peerId: '12D3', state: 'connected', reason: null } as const;
const incoming: Message = { ...message('secret of Bob'), direction: 'in', from: bob.account, state: 'delivered' };
const EVENTS: readonly PeerEvent[] = [
  { event: 'message', message: incoming },
  { event: 'state', message: incoming },
  { event: 'request', contact: bob },
  { event: 'contact', contact: bob },
  { event: 'unread', conversation: 'cd'.repeat(16), unread: 1 },
  { event: 'typed', account: bob.account, text: 'secret', at: 1 },
  { event: 'relay', relay },
  { event: 'warning', warning },
  { event: 'typing', conversation: 'cd'.repeat(16), contact: bob.account, until: 1 },
  { event: 'presence', conversation: 'cd'.repeat(16), contact: bob.account, presence: { state: 'online', lastSeen: null } },
  { event: 'privacy', privacy: { typing: true, presence: false } },
  { event: 'blob', address: 'ef'.repeat(32), direction: 'put', done: 1, total: 2 },
];

/** What a window may try while it is shut out. */
const inputs = { who: 'Bob', text: 'x', id: 'ab'.repeat(16), limit: 1, before: null, after: null, ids: [], timeoutMs: 1, name: 'Eve' };
const more = {
  petname: null,
  link: 'sotto:x',
  relay: 'x',
  public: false,
  expiresInMs: 0,
  upTo: null,
  verified: true,
  active: true,
  forMs: 1,
};

/** An input that each call of the peer takes: of all fields those that it names. */
function inputOf(name: keyof typeof openCalls): never {
  const entries = Object.keys((openCalls[name][0] as { entries?: object }).entries ?? {});
  return Object.fromEntries(Object.entries({ ...inputs, ...more }).filter(([field]) => entries.includes(field))) as never;
}

describe('a locked home', () => {
  it('is tried with every event and every call there is', () => {
    expect(new Set(EVENTS.map(({ event }) => event))).toEqual(new Set(eventSchema.options.map(({ entries }) => entries.event.literal)));
    for (const one of EVENTS) expect(v.is(eventSchema, one)).toBe(true);
    for (const name of Object.keys(openCalls) as (keyof typeof openCalls)[])
      expect(v.is(openCalls[name][0], inputOf(name)), name).toBe(true);
  });

  it('refuses every call of a peer, lets no event through, and what is asked and told does not matter', async () => {
    const made = await openHome();
    const windows = [windowOn(made), windowOn(made)];
    await made.host.api.lock({});
    const calls = Object.keys(openCalls) as (keyof typeof openCalls)[];
    const step = fc.oneof(
      fc.record({ call: fc.constantFrom(...calls), window: fc.constantFrom(...windows) }),
      fc.record({ event: fc.constantFrom(...EVENTS) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        for (const one of steps) {
          if ('event' in one) made.tell(one.event);
          else await expect(one.window.api[one.call](inputOf(one.call))).rejects.toMatchObject({ code: 'LOCKED' });
        }
      }),
    );
    for (const name of calls) await expect(windows[0]?.api[name](inputOf(name))).rejects.toMatchObject({ code: 'LOCKED' });
    for (const one of EVENTS) made.tell(one);
    await windows[0]?.api.home({});
    expect(made.asked.filter(([name]) => name !== 'contacts')).toEqual([]); // the notices' own question
    for (const { seen } of windows) expect(seen.map(({ event }) => event)).toEqual(['home']);
    expect(made.events.map(({ event }) => event)).toEqual(['home', 'home', 'home']);
    expect(made.open).toBe(1);
  });

  it('is locked for every window at once, goes on receiving, and opens for all again by the passphrase alone', async () => {
    const keyring = new MadeKeyring();
    const made = await madeHost([byPassphrase, { keyring }], { keyring }, { contacts: () => [bob] });
    await made.reaches('open');
    const [one, two] = [windowOn(made), windowOn(made)];
    expect(await one.api.lock({})).toMatchObject({ state: 'locked' });
    await expect(two.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    expect(made.open, 'the engine goes on').toBe(1);
    await expect(two.api.unlock({ passphrase: null })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(two.api.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(one.api.contacts({})).rejects.toMatchObject({ code: 'LOCKED' });
    await two.api.unlock({ passphrase: 'correct horse' });
    expect(await one.api.contacts({})).toEqual([bob]);
    made.tell({ event: 'contact', contact: bob });
    await one.api.home({});
    expect(one.seen.map(({ event }) => event).at(-1)).toBe('contact');
  });

  it('lets no answer out that was asked for before', async () => {
    const slow = Promise.withResolvers<unknown>();
    const made = await openHome({ settled: () => slow.promise });
    const asked = made.host.api.settled({ ids: [], timeoutMs: 60_000 });
    await until(() => made.asked.length === 1, 'the call arrived');
    await made.host.api.lock({});
    await made.host.api.unlock({ passphrase: 'correct horse' });
    slow.resolve([incoming]);
    await expect(asked).rejects.toMatchObject({ code: 'LOCKED' });
  });

  it('cannot be made where there is no passphrase to ask for', async () => {
    const made = await madeHost([{ keyFile: true }]);
    await made.reaches('open');
    await expect(made.host.api.lock({})).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await made.host.api.home({})).toMatchObject({ state: 'open' });
  });
});

describe('a home that nobody touches', () => {
  it('locks by itself, with one timer, and not while somebody is there', async () => {
    const made = await openHome();
    expect(made.clock.waiting).toBe(1);
    made.clock.pass(HOUR - 1_000);
    await made.host.api.active({});
    made.clock.pass(HOUR - 1_000);
    expect(await made.host.api.home({})).toMatchObject({ state: 'open' });
    expect(made.clock.waiting).toBe(1);
    made.clock.pass(1_000);
    await made.reaches('locked');
    expect(made.clock.waiting, 'nothing to count while it is locked').toBe(0);
    await made.host.api.unlock({ passphrase: 'correct horse' });
    made.clock.pass(HOUR);
    await made.reaches('locked');
  });

  it('counts what Alice likes, at once when she changes it, and 0 means never', async () => {
    const made = await openHome();
    await made.host.api.setPreferences({ lockAfterMs: 60_000 });
    made.clock.pass(60_000);
    await made.reaches('locked');
    await made.host.api.unlock({ passphrase: 'correct horse' });
    await made.host.api.setPreferences({ lockAfterMs: 0 });
    expect(made.clock.waiting).toBe(0);
    await made.host.api.setPreferences({ lockAfterMs: 10 ** 12 });
    made.clock.pass(2 ** 31);
    expect(await made.host.api.home({})).toMatchObject({ state: 'open' });
  });

  it('locks when the computer slept through the time, before the first key does anything', async () => {
    const made = await openHome();
    made.clock.sleep(2 * HOUR);
    await made.host.api.active({});
    await made.reaches('locked');
  });

  it('does not lock where there is no passphrase', async () => {
    const made = await madeHost([{ keyFile: true }]);
    await made.reaches('open');
    expect(made.clock.waiting).toBe(0);
  });
});

describe('notices', () => {
  const level = async (made: MadeHost, notifications: 'none' | 'event' | 'name' | 'text') =>
    made.host.api.setPreferences({ notifications });

  it('say as much as Alice asked for, of incoming messages and requests only', async () => {
    const made = await openHome({ contacts: () => [bob] });
    const expected = {
      none: [],
      event: [{ kind: 'message', account: bob.account, name: null, text: null, count: 1 }],
      name: [{ kind: 'message', account: bob.account, name: 'Bob', text: null, count: 1 }],
      text: [{ kind: 'message', account: bob.account, name: 'Bob', text: 'secret of Bob', count: 1 }],
    };
    for (const one of ['none', 'event', 'name', 'text'] as const) {
      await level(made, one);
      made.notices.length = 0;
      made.tell({ event: 'message', message: message('mine') });
      made.tell({ event: 'message', message: { ...incoming, state: 'read' } });
      made.tell({ event: 'state', message: incoming });
      made.tell({ event: 'message', message: incoming });
      await until(() => made.notices.length === expected[one].length, one);
      expect(made.notices).toEqual(expected[one]);
      made.clock.pass(3_000);
    }
    made.notices.length = 0;
    made.tell({ event: 'request', contact: bob });
    await until(() => made.notices.length === 1, 'the request');
    expect(made.notices).toEqual([{ kind: 'request', account: bob.account, name: 'Bob', text: null, count: 1 }]);
  });

  it('are told to the windows where no shell shows them, no louder while they are locked', async () => {
    const made = await madeHost([byPassphrase], { withoutShell: true }, { contacts: () => [bob] });
    await made.host.api.unlock({ passphrase: 'correct horse' });
    await level(made, 'text');
    made.tell({ event: 'message', message: incoming });
    const told = () => made.events.flatMap((event) => (event.event === 'notice' ? [event.notice] : []));
    await until(() => told().length === 1, 'the notice');
    await made.host.api.lock({});
    made.clock.pass(3_000);
    made.tell({ event: 'message', message: incoming });
    await until(() => told().length === 2, 'the notice while it is locked');
    expect(told().map(({ name, text }) => [name, text])).toEqual([
      ['Bob', 'secret of Bob'],
      [null, null],
    ]);
  });

  it('say no more than that something came while it is locked, also when it was locked a moment ago', async () => {
    const slow = Promise.withResolvers<unknown>();
    const made = await openHome({ contacts: () => slow.promise });
    await level(made, 'text');
    made.tell({ event: 'message', message: incoming });
    await made.host.api.lock({});
    slow.resolve([bob]);
    await until(() => made.notices.length === 1, 'the notice');
    expect(made.notices).toEqual([{ kind: 'message', account: bob.account, name: null, text: null, count: 1 }]);
  });

  it('are two for 500 messages that waited, and the second says how many', async () => {
    const made = await openHome({ contacts: () => [bob] });
    await level(made, 'text');
    for (let n = 1; n <= 500; n += 1) made.tell({ event: 'message', message: { ...incoming, text: `m${n}` } });
    await until(() => made.notices.length === 1, 'the first');
    made.clock.pass(3_000);
    await until(() => made.notices.length === 2, 'the second');
    made.clock.pass(60_000);
    expect(made.notices.map(({ text, count }) => [text, count])).toEqual([
      ['m1', 1],
      ['m500', 499],
    ]);
  });

  it('are one short line whatever Bob wrote or calls himself', async () => {
    const hostile = { ...bob, petname: null, claimedName: 'Sotto\u202e\nYour disk is full' };
    const made = await openHome({ contacts: () => [hostile] });
    await level(made, 'text');
    const text = `a\u0000\u2066b\n\nc\u001b[31m d${'\u0301'.repeat(100_000)}e👩‍🚀${'x'.repeat(1_000)}`;
    made.tell({ event: 'message', message: { ...incoming, text } });
    await until(() => made.notices.length === 1, 'the notice');
    const [notice] = made.notices;
    expect(notice?.name).toBe('Sotto Your disk is full');
    expect(notice?.text).toMatch(/^a b c \[31m d\u0301{3}/u);
    expect([...(notice?.text ?? '')].length).toBeLessThanOrEqual(141);
    expect(`${notice?.name}${notice?.text}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });
});
