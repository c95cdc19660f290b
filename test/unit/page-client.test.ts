// Alice's client: what her window shows is asked anew after every connection, follows events, and is forgotten when she locks it.
import { describe, expect, test, vi } from 'vitest';
import type { Identity } from '../../core/api.ts';
import type { WindowApi } from '../../core/window-api.ts';
import { Client } from '../../desktop/ui/app/client.ts';
import type { LineState } from '../../desktop/ui/app/engine-line.ts';
import { Pace } from '../../desktop/ui/app/pace.ts';
import { Cell } from '../../desktop/ui/app/readable.ts';
import { HELD_MS } from '../../desktop/ui/app/when-ready.ts';
import { Double } from '../../desktop/ui/try/double.ts';
import { PEOPLE } from '../../desktop/ui/try/people.ts';
import { EVERYBODY, SCENES, type Scene } from '../../desktop/ui/try/scenes.ts';

const BOB = PEOPLE[0]?.contact.account ?? '';

function alice(scene: Partial<Scene> = {}, began: LineState = 'connected') {
  const engine = new Double({ ...EVERYBODY, ...scene, long: 10 });
  const state = new Cell<LineState>(began);
  const other: { me: Partial<Identity> } = { me: {} };
  const api: WindowApi = {
    ...engine.api,
    saveTyped: (input) => engine.api.saveTyped(input),
    identity: async () => ({ ...(await engine.api.identity({})), ...other.me }),
  };
  const line = { api, state, tries: new Cell(0), hung: new Cell(false) };
  const client = new Client(line, (run) => run());
  return { engine, client, state, other };
}

const loaded = (client: Client) =>
  vi.waitFor(() => expect(client.contacts.get().size * Number(client.conversations.get().loaded)).toBeGreaterThan(0));

describe('a client', () => {
  test('asks for everything once the line is there and the home is open', async () => {
    const { client, state } = alice({}, 'connecting');
    await Promise.resolve();
    expect([client.home.get(), client.me.get()]).toEqual([null, null]);
    state.set('connected');
    await loaded(client);
    await vi.waitFor(() => expect(client.warnings.get()).toHaveLength(1));
    expect(client.me.get()?.name).toBe('Alice');
    expect(client.relays.get()).toHaveLength(1);
    expect(client.requests.get()).toHaveLength(2);
    expect([...client.drafts.get().values()]).toEqual(['I will call you on Sunday, after']);
    expect(client.conversations.get().byAccount.get(BOB)).toMatchObject({ unread: 2, with: { petname: 'Bob Amsel' } });
  });

  test('knows the relay of a contact, and one that she left, from her own', async () => {
    const { engine, client } = alice();
    await loaded(client);
    const [ours] = client.relays.get();
    expect(ours).toBeDefined();
    const theirs = { address: '/dns4/bobs.example/tcp/443/tls/ws/p2p/12D3', peerId: '12D3', state: 'waiting', reason: null } as const;
    engine.tell({ event: 'relay', relay: theirs });
    engine.tell({ event: 'relay', relay: { ...(ours ?? theirs), state: 'waiting' } });
    await client.api.identity({});
    expect(client.relays.get().map(({ address }) => address)).toEqual([ours?.address]);
    expect(client.heardRelays.get()).toContainEqual(theirs);
    expect(client.heardRelays.get()).toHaveLength(2);
  });

  test('asks again after the line broke: what happened meanwhile is seen, what was typed meanwhile is saved', async () => {
    const { engine, client, state } = alice();
    await loaded(client);
    const save = vi.spyOn(engine.api, 'saveTyped').mockRejectedValueOnce(new Error('gone'));
    state.set('lost');
    client.saveTyped(BOB, 'half a sen');
    const stop = vi.spyOn(engine, 'tell').mockImplementation(() => {});
    engine.receive(BOB, 'while you were away');
    stop.mockRestore();
    await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(1));
    expect(client.conversations.get().byAccount.get(BOB)?.unread).toBe(2);
    state.set('connected');
    await vi.waitFor(() =>
      expect(client.conversations.get().byAccount.get(BOB)).toMatchObject({ unread: 3, last: { text: 'while you were away' } }),
    );
    expect(client.drafts.get().get(BOB)).toBe('half a sen');
    await vi.waitFor(async () => expect(await engine.api.typed({})).toContainEqual(expect.objectContaining({ text: 'half a sen' })));
  });

  test('forgets everything at once when it is locked, and has it again when it is opened', async () => {
    const { client } = alice();
    await loaded(client);
    await client.api.lock({});
    expect([client.me.get(), client.requests.get(), client.contacts.get().size, client.drafts.get().size]).toEqual([null, [], 0, 0]);
    expect(client.conversations.get().order).toEqual([]);
    await client.api.unlock({ passphrase: 'open' });
    await loaded(client);
  });

  test('shows nothing of what is told while it is locked', async () => {
    const { engine, client } = alice(SCENES.locked);
    await vi.waitFor(() => expect(client.home.get()?.state).toBe('locked'));
    engine.receive(BOB, 'psst');
    await Promise.resolve();
    expect(client.conversations.get()).toMatchObject({ loaded: false, order: [] });
  });

  test('has taken over what a call changed before the caller hears of it', async () => {
    const { client } = alice();
    await loaded(client);
    await client.api.rename({ who: BOB, petname: 'Robert' });
    expect(client.contacts.get().get(BOB)?.petname).toBe('Robert');
    await client.api.setPreferences({ language: 'de' });
    expect(client.preferences.get().language).toBe('de');
    const asking = client.requests.get()[0]?.contact.account ?? '';
    await client.api.accept({ who: asking, petname: 'Heidi' });
    await vi.waitFor(() => expect(client.requests.get()).toHaveLength(1));
    await vi.waitFor(() => expect(client.conversations.get().order[0]).toBe(asking));
  });

  test('hands events on only after its own stores have them', async () => {
    const { engine, client } = alice();
    await loaded(client);
    const seen: (string | null | undefined)[] = [];
    client.onEvent(() => seen.push(client.conversations.get().byAccount.get(BOB)?.last?.text));
    engine.receive(BOB, 'now');
    expect(seen).toEqual(['now']);
  });
});

test('a text that was sent is no draft any more; what was typed after it stays', async () => {
  const { engine, client } = alice();
  await loaded(client);
  client.saveTyped(BOB, 'hello');
  await client.api.send({ who: BOB, text: 'hello', id: null, typed: true });
  expect(client.drafts.get().get(BOB)).toBeUndefined();
  client.saveTyped(BOB, 'second');
  const sending = client.api.send({ who: BOB, text: 'second', id: null, typed: true });
  client.saveTyped(BOB, 'second and more');
  await sending;
  expect(client.drafts.get().get(BOB)).toBe('second and more');
  await vi.waitFor(async () => expect(await engine.api.typed({})).toContainEqual(expect.objectContaining({ text: 'second and more' })));
});

test('news are shown at once, and what follows within a frame together with the next', () => {
  const frames: (() => void)[] = [];
  let shown = 0;
  const pace = new Pace(
    () => {
      shown += 1;
    },
    (run) => frames.push(run),
  );
  for (let news = 0; news < 100; news += 1) pace.news();
  expect([shown, frames.length]).toEqual([1, 1]);
  frames.shift()?.();
  expect([shown, frames.length]).toEqual([2, 1]);
  frames.shift()?.();
  expect([shown, frames.length]).toEqual([2, 0]);
});

test('a flood of news is shown as often as an eye follows, and what comes after it at once again', () => {
  vi.useFakeTimers();
  let frames: (() => void)[] = [];
  let shown = 0;
  const pace = new Pace(
    () => {
      shown += 1;
    },
    (run) => frames.push(run),
  );
  const second = (news: boolean) => {
    shown = 0;
    for (let frame = 0; frame < 60; frame += 1) {
      if (news) pace.news();
      vi.advanceTimersByTime(1_000 / 60);
      const now = frames;
      frames = [];
      for (const run of now) run();
    }
    return shown;
  };
  second(true);
  const during = second(true);
  expect(during).toBeGreaterThan(15);
  expect(during).toBeLessThan(25);
  expect(second(false)).toBeLessThan(2);
  expect(frames).toEqual([]);
  shown = 0;
  pace.news();
  expect(shown).toBe(1);
  vi.useRealTimers();
});

test('what somebody did just now is shown at once also in a flood, and not a second time', () => {
  const frames: (() => void)[] = [];
  let shown = 0;
  const pace = new Pace(
    () => {
      shown += 1;
    },
    (run) => frames.push(run),
  );
  pace.news();
  pace.news();
  pace.hurry();
  pace.hurry();
  expect([shown, frames.length]).toEqual([2, 1]);
  frames.shift()?.();
  expect([shown, frames.length]).toEqual([2, 0]);
  for (let news = 0; news < 20; news += 1) {
    pace.news();
    pace.hurry();
    pace.news();
    shown = 0;
    frames.shift()?.();
    expect([shown, frames.length]).toEqual([1, 1]);
    frames.shift()?.();
  }
});

test('what could not be saved is not given to another account that is behind the line now', async () => {
  const { engine, client, state, other } = alice();
  await loaded(client);
  const save = vi.spyOn(engine.api, 'saveTyped').mockRejectedValueOnce(new Error('gone'));
  state.set('lost');
  client.saveTyped(BOB, 'for Bob, from Alice');
  await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(1));
  other.me = { account: BOB, name: 'Mallory' };
  state.set('connected');
  await vi.waitFor(() => expect(client.me.get()?.name).toBe('Mallory'));
  await vi.waitFor(() => expect(client.drafts.get().get(BOB)).toBeUndefined());
  expect(save).toHaveBeenCalledTimes(1);
});

test('a message written while the engine is away is sent when it is back, unless somebody else is there then', async () => {
  const { client, state, other } = alice();
  await loaded(client);
  state.set('lost');
  const sending = client.api.send({ who: BOB, text: 'are you there?', id: null });
  state.set('connected');
  expect((await sending).text).toBe('are you there?');
  state.set('lost');
  const toNobody = expect(client.api.send({ who: BOB, text: 'only as Alice', id: null })).rejects.toMatchObject({ code: 'CLOSED' });
  other.me = { account: BOB };
  state.set('connected');
  await toNobody;
});

test('a message is not held for ever', async () => {
  vi.useFakeTimers();
  try {
    const { client } = alice({}, 'connecting');
    const refused = expect(client.api.send({ who: BOB, text: 'hello?', id: null })).rejects.toMatchObject({ code: 'CLOSED' });
    await vi.advanceTimersByTimeAsync(HELD_MS);
    await refused;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
