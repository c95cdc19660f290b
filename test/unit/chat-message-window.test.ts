// A window of a conversation shows a slice of the one order whatever pages and events come in between; no double, no unknown hole.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../core/api.ts';
import { MessageWindow, MOST, PAGE } from '../../desktop/ui/conversation/message-window.ts';
import type { WindowView } from '../../desktop/ui/conversation/window-view.ts';
import { ChatEngine } from '../support/chat-engine.ts';

const atOnce = (run: () => void) => run();
const ids = (view: WindowView) => view.messages.map(({ id }) => id);

/** What the window shows is one piece of the order, ends where it says that it ends, and each message is as the engine has it. */
function expectSlice(engine: ChatEngine, view: WindowView): void {
  const order = engine.order();
  const from = order.findIndex(({ id }) => id === view.messages[0]?.id);
  expect(ids(view)).toEqual(view.messages.length === 0 ? [] : order.slice(from, from + view.messages.length).map(({ id }) => id));
  expect(view.messages).toEqual(order.slice(Math.max(from, 0), Math.max(from, 0) + view.messages.length));
  if (view.messages.length === 0) expect({ ...view, left: order.length }).toMatchObject({ left: 0 });
  if (view.atStart && order.length > 0) expect(from).toBe(0);
  if (view.atEnd) expect(from + view.messages.length).toBe(Math.max(order.length, 0) + (order.length === 0 ? from : 0));
}

async function opened(engine: ChatEngine): Promise<MessageWindow> {
  const window = new MessageWindow(engine, 'bob', engine.conversation, atOnce);
  engine.onEvent = (message, isNew) => window.take(message, isNew);
  const opening = window.open();
  await engine.answerAll();
  await opening;
  return window;
}

/** Lets every answer come, and asks for what is in doubt until nothing is. */
async function quiet(engine: ChatEngine, window: MessageWindow): Promise<void> {
  engine.readBack();
  await engine.answerAll();
  for (let round = 0; window.isDoubtful && round < 9; round += 1) {
    const settling = window.settle();
    await engine.answerAll();
    await settling;
  }
}

describe('Alice writes to Bob, who has not answered', () => {
  const said = (n: number, conversation: string): Message => ({
    id: n.toString(16).padStart(32, '0'),
    conversation,
    direction: 'out',
    from: 'a'.repeat(64),
    text: `${n}`,
    sentAt: n,
    storedAt: null,
    epoch: null,
    seq: null,
    state: 'queued',
    reason: null,
    provisional: false,
  });
  const nobody = '0'.repeat(32);
  const empty = { messages: [], before: null, after: null, cursor: null };
  const calls = { history: async () => empty, historyAfter: async () => empty, firstUnread: async () => empty };

  test('and sees it at once; what she writes to Carol is not shown there', async () => {
    const window = new MessageWindow(calls, 'bob', null, atOnce);
    await window.open();
    window.take(said(1, nobody));
    window.take(said(2, 'c'.repeat(32)));
    expect(ids(window.get())).toEqual([said(1, nobody).id]);
  });

  test('and it is the same message once he has', async () => {
    const messages: Message[] = [];
    const window = new MessageWindow({ ...calls, history: async () => ({ messages, before: null }) }, 'bob', null, atOnce);
    await window.open();
    window.take(said(1, nobody));
    messages.push(said(1, 'b'.repeat(32)));
    const { turn } = window.get();
    await window.know('b'.repeat(32));
    // The list does not begin anew: nothing flickers.
    expect(window.get().turn).toBe(turn);
    window.take({ ...said(1, 'b'.repeat(32)), state: 'stored', epoch: 1, seq: 1 });
    expect(window.get().messages).toMatchObject([{ id: said(1, nobody).id, state: 'stored' }]);
    window.take(said(3, nobody));
    expect(window.get().messages).toHaveLength(1);
  });
});

test('What Alice says stands there at once, also while a flood of other messages is shown only now and then', async () => {
  const engine = new ChatEngine();
  const window = new MessageWindow(engine, 'bob', engine.conversation, () => undefined);
  engine.onEvent = (message, isNew) => window.take(message, isNew);
  const opening = window.open();
  await engine.answerAll();
  await opening;
  const others = [engine.receive(), engine.receive()];
  expect(window.get().messages).toEqual([]);
  const own = engine.send();
  expect(ids(window.get())).toEqual([...others, own].map(({ id }) => id));
});

describe('Alice opens a conversation', () => {
  test('that is all read: she sees its end', async () => {
    const engine = new ChatEngine();
    for (let n = 0; n < 500; n += 1) engine.receive({ told: false });
    engine.readAll();
    const view = (await opened(engine)).get();
    expect(ids(view)).toEqual(
      engine
        .order()
        .slice(-PAGE)
        .map(({ id }) => id),
    );
    expect(view).toMatchObject({ opened: true, atEnd: true, atStart: false, unreadFrom: null });
  });

  test('with 300 unread messages: she sees the first of them, a page around it, and the line above it', async () => {
    const engine = new ChatEngine();
    for (let n = 0; n < 200; n += 1) engine.receive({ told: false });
    engine.readAll();
    for (let n = 0; n < 300; n += 1) engine.receive({ told: false });
    const view = (await opened(engine)).get();
    expect(view.unreadFrom).toBe(engine.order()[200]?.id);
    expect(ids(view)).toEqual(
      engine
        .order()
        .slice(200 - PAGE, 200 + PAGE)
        .map(({ id }) => id),
    );
    expect(view).toMatchObject({ atStart: false, atEnd: false });
  });

  test('and an engine that is gone: what went wrong is there, and the next try works', async () => {
    const engine = new ChatEngine();
    engine.receive({ told: false });
    engine.failure = new Error('gone');
    const window = await opened(engine);
    expect(window.get()).toMatchObject({ opened: false, fault: engine.failure });
    engine.failure = null;
    const again = window.open();
    await engine.answerAll();
    await again;
    expect(window.get()).toMatchObject({ opened: true, fault: null });
  });
});

describe('while Alice looks', () => {
  test('twenty thousand new messages do not fill her memory', async () => {
    const engine = new ChatEngine();
    const window = await opened(engine);
    for (let n = 0; n < 20_000; n += 1) engine.receive();
    expect(window.get().messages.length).toBeLessThanOrEqual(4 * MOST);
    expectSlice(engine, window.get());
  });

  test('what came while she looked elsewhere has a line before it', async () => {
    const engine = new ChatEngine();
    engine.receive();
    engine.readAll();
    const window = await opened(engine);
    engine.receive();
    expect(window.get().unreadFrom).toBeNull();
    window.isWatched = false;
    engine.receive();
    engine.receive();
    expect(window.get().unreadFrom).toBe(engine.order()[2]?.id);
    window.clearUnread();
    expect(window.get().unreadFrom).toBeNull();
  });

  test('what she reads far from the end is let go on the far side only, one side at a time', async () => {
    const engine = new ChatEngine();
    for (let n = 0; n < 2_000; n += 1) engine.receive({ told: false });
    engine.readAll();
    const window = await opened(engine);
    for (let n = 0; n < 6; n += 1) {
      const older = window.older();
      await engine.answerAll();
      await older;
    }
    const first = window.get().messages[0]?.id;
    expect(window.keep(0, 20)).toBe(true);
    expect(window.get()).toMatchObject({ atEnd: false, messages: { length: MOST } });
    expect(window.get().messages[0]?.id).toBe(first);
    expectSlice(engine, window.get());
    const newer = window.newer();
    await engine.answerAll();
    await newer;
    expect(window.get().messages.length).toBe(MOST + PAGE);
    expectSlice(engine, window.get());
  });

  test('she reads a thousand messages forward and back, page by page, and is never sent elsewhere', async () => {
    const engine = new ChatEngine();
    for (let n = 0; n < 100; n += 1) engine.receive({ told: false });
    engine.readAll();
    for (let n = 0; n < 1_000; n += 1) engine.receive({ told: false });
    const window = await opened(engine);
    const { turn } = window.get();
    for (const way of ['newer', 'older'] as const) {
      for (let n = 0; n < 20; n += 1) {
        const page = window[way]();
        engine.receive();
        await engine.answerAll();
        await page;
        window.keep(
          ...(way === 'newer' ? ([window.get().messages.length - 20, window.get().messages.length] as const) : ([0, 20] as const)),
        );
        expectSlice(engine, window.get());
      }
    }
    expect(window.get()).toMatchObject({ turn, atStart: true });
  });

  test('what she left behind unread she finds again, however far she went', async () => {
    const engine = new ChatEngine();
    for (let n = 0; n < 2_000; n += 1) engine.receive({ told: false });
    const window = await opened(engine);
    const left = engine.order()[30]?.id ?? '';
    window.leaveUnread(left);
    const toEnd = window.toEnd();
    await engine.answerAll();
    await toEnd;
    expect(window.get()).toMatchObject({ atEnd: true, unreadFrom: left });
    expect(ids(window.get())).not.toContain(left);
    const back = window.toUnread();
    await engine.answerAll();
    expect(await back).toBe(true);
    expect(window.get().unreadFrom).toBe(left);
    expect(ids(window.get())).toContain(left);
    expectSlice(engine, window.get());
  });

  test('messages of other conversations are left alone', async () => {
    const engine = new ChatEngine();
    engine.receive();
    const window = await opened(engine);
    window.take({ ...(engine.order()[0] as Message), id: 'f'.repeat(32), conversation: '9'.repeat(32), seq: 99 });
    expectSlice(engine, window.get());
  });

  test('what her first words become once Bob has accepted is shown in place of them', async () => {
    const engine = new ChatEngine();
    engine.send({ told: false });
    const window = new MessageWindow(engine, 'bob', null, atOnce);
    engine.onEvent = (message, isNew) => window.take(message, isNew);
    engine.conversation = '0'.repeat(32);
    const opening = window.open();
    await engine.answerAll();
    await opening;
    expect(window.get().messages.length).toBe(1);
    engine.conversation = 'c'.repeat(32);
    engine.receive();
    const known = window.know(engine.conversation);
    await engine.answerAll();
    await known;
    expectSlice(engine, window.get());
    engine.receive();
    expectSlice(engine, window.get());
  });
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('receive', 'send', 'direct', 'stamp', 'taken', 'late', 'again', 'state', 'early') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('older', 'newer', 'end', 'settle', 'answer', 'answer', 'keep-first', 'keep-last', 'refresh', 'open'),
  },
);
const runs = process.env.SLOW === '1' ? 5_000 : 250;

test('after any interleaving of pages and events the window is a slice of the true order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(300), fc.nat(40), fc.array(fc.tuple(step, fc.nat()), { maxLength: 120 }), async (settled, waiting, steps) => {
      const engine = new ChatEngine();
      for (let n = 0; n < settled; n += 1) engine.receive({ told: false });
      if (settled % 3 === 0) engine.readAll();
      for (let n = 0; n < waiting; n += 1) engine.direct(n * 7, { told: false });
      const window = await opened(engine);
      for (const [name, n] of steps) {
        if (name === 'older') void window.older();
        else if (name === 'newer') void window.newer();
        else if (name === 'end') void window.toEnd();
        else if (name === 'open') void window.open();
        else if (name === 'settle') void window.settle();
        else if (name === 'refresh') void window.refresh();
        else if (name === 'keep-first') window.keep(0, 10);
        else if (name === 'keep-last') window.keep(window.get().messages.length - 10, window.get().messages.length);
        else if (name === 'answer') await engine.answerOne();
        else engine.happen(name, n);
        const shown = ids(window.get());
        expect(new Set(shown).size).toBe(shown.length);
      }
      await quiet(engine, window);
      expectSlice(engine, window.get());
    }),
    { numRuns: runs },
  );
}, 120_000);
