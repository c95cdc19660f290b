// What is only good for a moment, as Alice's page has it: who types, who is here, what it tells of her, and that it rests while nobody sees it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Client } from '../../desktop/ui/app/client.ts';
import type { LineState } from '../../desktop/ui/app/engine-line.ts';
import { Cell } from '../../desktop/ui/app/readable.ts';
import { AGAIN_MS, keepLooking, LOOK_MS } from '../../desktop/ui/conversation/presence-look.ts';
import { TELL_MS, TypingTold } from '../../desktop/ui/conversation/typing-told.ts';
import { Double } from '../../desktop/ui/try/double.ts';
import { PEOPLE } from '../../desktop/ui/try/people.ts';
import { EVERYBODY } from '../../desktop/ui/try/scenes.ts';

const BOB = PEOPLE[0]?.contact.account ?? '';
const CONVERSATION = 'c0'.repeat(16);

async function alice() {
  const engine = new Double({ ...EVERYBODY, long: 0 });
  const state = new Cell<LineState>('connected');
  const client = new Client({ api: engine.api, state, tries: new Cell(0), hung: new Cell(false) }, (run) => run());
  await vi.waitFor(() => expect(client.conversations.get().loaded).toBe(true));
  const types = (until: number) => engine.tell({ event: 'typing', conversation: CONVERSATION, contact: BOB, until });
  const isHere = () =>
    engine.tell({ event: 'presence', conversation: CONVERSATION, contact: BOB, presence: { state: 'online', lastSeen: null } });
  const shown = () => [client.moments.typing.get().has(BOB), client.moments.presence.get().get(BOB)?.state];
  return { engine, state, client, types, isHere, shown };
}

describe('the window of Alice', () => {
  test('shows that Bob types until the engine says that it is over', async () => {
    const { client, types, shown } = await alice();
    const heard = vi.fn();
    client.moments.typing.subscribe(heard);
    types(Date.now() + 6_000);
    types(Date.now() + 9_000);
    expect([shown(), heard.mock.calls.length]).toEqual([[true, undefined], 1]);
    types(0);
    types(0);
    expect([shown(), heard.mock.calls.length]).toEqual([[false, undefined], 2]);
  });

  test('has what the engine answers to a look, and nothing of whom nothing is known', async () => {
    const { engine, client, isHere, shown } = await alice();
    isHere();
    expect(shown()).toEqual([false, 'online']);
    const seen = { event: 'presence', conversation: CONVERSATION, contact: BOB } as const;
    engine.tell({ ...seen, presence: { state: 'away', lastSeen: 300_000 } });
    expect(client.moments.presence.get().get(BOB)).toEqual({ state: 'away', lastSeen: 300_000 });
    engine.tell({ ...seen, presence: { state: 'hidden', lastSeen: null } });
    expect(client.moments.presence.get().size).toBe(0);
    isHere();
    await client.api.watchPresence({ who: BOB, forMs: LOOK_MS });
    expect(shown()).toEqual([false, undefined]);
  });

  test.each(['lock', 'line'])('knows nothing of it any more after the %s', async (end) => {
    const { state, client, types, isHere, shown } = await alice();
    types(Date.now() + 6_000);
    isHere();
    expect(shown()).toEqual([true, 'online']);
    if (end === 'lock') await client.api.lock({});
    else state.set('lost');
    expect(shown()).toEqual([false, undefined]);
  });
});

describe('a look at a conversation', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('is said again before it lapses while the page is visible, and has no timer while it is not', () => {
    const isVisible = new Cell(true);
    const look = vi.fn();
    const stop = keepLooking({ isVisible: () => isVisible.get(), onChange: (listener) => isVisible.subscribe(listener) }, look);
    expect(AGAIN_MS).toBeLessThan(LOOK_MS);
    vi.advanceTimersByTime(2 * AGAIN_MS);
    expect(look.mock.calls).toEqual([[LOOK_MS], [LOOK_MS], [LOOK_MS]]);
    isVisible.set(false);
    expect(vi.getTimerCount()).toBe(0);
    isVisible.set(true);
    expect([look.mock.calls.length, vi.getTimerCount()]).toEqual([4, 1]);
    stop();
    isVisible.set(false);
    isVisible.set(true);
    expect([look.mock.calls.length, vi.getTimerCount()]).toEqual([4, 0]);
  });
});

test('Alice’s typing is told at most once in three seconds, and its end once', () => {
  const said: boolean[] = [];
  const told = new TypingTold((active) => said.push(active));
  told.stopped();
  for (const at of [0, 1, TELL_MS - 1]) told.typed('Hel', at);
  expect(said).toEqual([true]);
  told.typed('Hello', TELL_MS);
  told.typed('', TELL_MS + 1);
  told.stopped();
  expect(said).toEqual([true, true, false]);
  told.typed('A', TELL_MS + 2);
  expect(said).toEqual([true, true, false]);
  told.typed('Again', 2 * TELL_MS);
  told.stopped();
  expect(said).toEqual([true, true, false, true, false]);
});
