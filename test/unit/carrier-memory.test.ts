// The contract between Alice's engine and her window, over two carriers in memory: what passes, what is refused and what never leaves.
import { expect, test, vi } from 'vitest';
import { type PeerApi, type PeerEvent, peerContract } from '../../core/api.ts';
import { SottoError } from '../../core/base/errors.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { MAX_REQUEST_CHARS, MAX_SENTENCE_CHARS } from '../../core/carrier/frames.ts';
import { MAX_CALLS_UNDER_WAY, serveApi } from '../../core/carrier/serve.ts';
import { type Home, type WindowApi, type WindowEvent, windowContract } from '../../core/window-api.ts';
import { bob, carrierPair, type MadeEngine, madeEngine, message } from '../support/carrier.ts';
import { within } from '../support/net-wait.ts';

const hello = { who: 'Bob', text: 'hello', id: null };

/** Alice's window on an engine, with the faults the engine heard of. */
function windowOn(engine: MadeEngine) {
  const [near, far] = carrierPair();
  const faults: SottoError[] = [];
  serveApi(far, peerContract, engine.api, { onFault: (fault) => faults.push(fault) });
  return { api: connectApi(near, peerContract), near, far, faults };
}

/** A hostile window: sends any text, and gives the next frame that comes back. */
function rawWindow(engine: MadeEngine) {
  const [near, far] = carrierPair();
  const faults: string[] = [];
  const closed = new Promise<void>((resolve) => near.onClose(resolve));
  serveApi(far, peerContract, engine.api, { onFault: ({ code }) => faults.push(code) });
  const ask = (frame: string) => {
    const answer = new Promise<unknown>((resolve) => near.onFrame((text) => resolve(JSON.parse(String(text)))));
    near.send(frame);
    return within(answer, 'an answer');
  };
  return { near, ask, closed: () => within(closed, 'the end of the line'), faults };
}

/** A hostile engine: answers every frame of the window with the text that `say` makes of its id. */
function rawEngine(say: (id: number) => string) {
  const [near, far] = carrierPair();
  far.onFrame((text) => far.send(say((JSON.parse(String(text)) as { id: number }).id)));
  return { api: connectApi(near, peerContract), far, near };
}

test('Alice writes to Bob from her window, and each call gets its own answer, also when a later one is answered first', async () => {
  const slow = Promise.withResolvers<unknown>();
  const engine = madeEngine({ contacts: () => slow.promise, send: () => message('hello') });
  const { api } = windowOn(engine);
  const contacts = api.contacts({});
  expect(await api.send(hello)).toEqual(message('hello'));
  slow.resolve([bob]);
  expect(await contacts).toEqual([bob]);
  expect(engine.asked).toEqual([
    ['contacts', {}],
    ['send', hello],
  ]);
});

test('Alice sees every event in its order until she stops listening, and the engine forgets a window that closed', async () => {
  const engine = madeEngine({ contacts: () => [bob] });
  const { api, near } = windowOn(engine);
  const seen: PeerEvent[] = [];
  const stop = api.onEvent((event) => seen.push(event));
  const [first, second] = ['one', 'two'].map((text) => ({ event: 'message', message: message(text) }));
  engine.tell(first);
  engine.tell(second);
  await api.contacts({});
  stop();
  engine.tell(first);
  await api.contacts({});
  expect(seen).toEqual([first, second]);
  near.close();
  expect(engine.listening()).toBe(0);
});

test('A fault reaches Alice with its code and sentence; what caused it stays in the engine, and so does all of an unknown error', async () => {
  const failures = [
    new SottoError('NOT_FOUND', 'There is no Carol.', new Error('secret')),
    new Error('secret of Bob'),
    new SottoError('REFUSED', 'x'.repeat(5_000)),
  ];
  const { near, ask } = rawWindow(
    madeEngine({
      block: () => {
        throw failures.shift();
      },
    }),
  );
  const frame = JSON.stringify({ kind: 'req', id: 7, name: 'block', input: { who: 'Carol' } });
  expect(await ask(frame)).toEqual({ kind: 'err', id: 7, code: 'NOT_FOUND', message: 'There is no Carol.' });
  expect(await ask(frame)).toEqual({ kind: 'err', id: 7, code: 'INTERNAL', message: expect.not.stringContaining('secret') });
  expect(await ask(frame)).toEqual({ kind: 'err', id: 7, code: 'REFUSED', message: 'x'.repeat(MAX_SENTENCE_CHARS) });
  near.close();
});

test('Alice gets a fault back as the error it was', async () => {
  const fail = () => {
    throw new SottoError('NOT_FOUND', 'There is no Carol.');
  };
  const { api } = windowOn(madeEngine({ block: fail }));
  const error = await api.block({ who: 'Carol' }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(SottoError);
  expect(error).toMatchObject({ code: 'NOT_FOUND', message: 'There is no Carol.' });
});

test.each(['__proto__', 'constructor', 'toString', 'onEvent', 'hasOwnProperty', ''])('The name %j is no call', async (name) => {
  const engine = madeEngine({});
  const { ask } = rawWindow(engine);
  expect(await ask(JSON.stringify({ kind: 'req', id: 1, name, input: {} }))).toMatchObject({ kind: 'err', id: 1, code: 'BAD_INPUT' });
  expect(engine.asked).toEqual([]);
});

test('An input that breaks the contract is refused on both sides, names the field and not what stood in it', async () => {
  const engine = madeEngine({ send: () => message('') });
  const { api } = windowOn(engine);
  const bad = { who: 'Bob', text: '', id: null };
  await expect(api.send(bad)).rejects.toMatchObject({ code: 'BAD_INPUT', message: 'The field text is not valid.' });
  const { ask } = rawWindow(engine);
  for (const input of [bad, { ...hello, more: 1 }, null, 'x', [], { ...hello, who: { toString: 'Bob' } }]) {
    expect(await ask(JSON.stringify({ kind: 'req', id: 1, name: 'send', input }))).toMatchObject({ kind: 'err', code: 'BAD_INPUT' });
  }
  expect(engine.asked).toEqual([]);
});

test('What breaks the contract is not even sent, so that the typing mistake of a page shows in the page', async () => {
  const [near, far] = carrierPair();
  const sent: unknown[] = [];
  far.onFrame((text) => sent.push(text));
  await expect(within(connectApi(near, peerContract).send({ who: 'Bob', text: '', id: null }), 'a refusal', 1_000)).rejects.toMatchObject({
    code: 'BAD_INPUT',
  });
  await Promise.resolve();
  expect(sent).toEqual([]);
});

test('What a window hides under __proto__ in an input never reaches the engine', async () => {
  const engine = madeEngine({ send: () => message('hello') });
  const { ask } = rawWindow(engine);
  await ask(`{"kind":"req","id":1,"name":"send","input":{"who":"Bob","text":"hello","id":null,"__proto__":{"evil":true}}}`);
  expect(engine.asked.every(([, input]) => JSON.stringify(input) === JSON.stringify(hello))).toBe(true);
  expect(({} as { evil?: boolean }).evil).toBeUndefined();
});

test.each([
  ['no JSON', '{'],
  ['no frame', '{"kind":"req"}'],
  ['a frame with more in it', '{"kind":"req","id":1,"name":"contacts","input":{},"more":1}'],
  ['an id that is no number', '{"kind":"req","id":"1","name":"contacts","input":{}}'],
  ['the id 0', '{"kind":"req","id":0,"name":"contacts","input":{}}'],
  ['an answer', '{"kind":"res","id":1,"output":{}}'],
  ['a name without end', `{"kind":"req","id":1,"name":"${'a'.repeat(65)}","input":{}}`],
  ['a frame that is no text', new Uint8Array(3) as unknown as string],
])('A window that sends %s is shut, and the engine hears why', async (_what, frame) => {
  const engine = madeEngine({ contacts: () => [] });
  const { near, closed, faults } = rawWindow(engine);
  near.send(frame);
  await closed();
  expect(faults).toEqual(['MALFORMED']);
  expect(engine.asked).toEqual([]);
  expect(engine.listening()).toBe(0);
});

test('A frame above the bound is not even read: the window is shut; a call that large is not sent at all', async () => {
  const { near, closed, faults } = rawWindow(madeEngine({}));
  near.send(' '.repeat(MAX_REQUEST_CHARS + 1));
  await closed();
  expect(faults).toEqual(['TOO_LARGE']);
  const engine = madeEngine({ send: () => message('hello') });
  const { api } = windowOn(engine);
  await expect(api.send({ ...hello, text: 'x'.repeat(MAX_REQUEST_CHARS) })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(await api.send(hello)).toEqual(message('hello'));
});

test('An answer that breaks the contract does not leave the engine, and a window does not believe one', async () => {
  const { ask } = rawWindow(madeEngine({ contacts: () => [{ ...bob, secret: 'key' }] }));
  const answer = await ask('{"kind":"req","id":1,"name":"contacts","input":{}}');
  expect(answer).toMatchObject({ kind: 'err', code: 'MALFORMED', message: expect.not.stringContaining('key') });
  const { api } = rawEngine((id) => JSON.stringify({ kind: 'res', id, output: [{ ...bob, secret: 'key' }] }));
  await expect(api.contacts({})).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('An event that breaks the contract is withheld and told to the engine; the good one after it comes', async () => {
  const engine = madeEngine({ contacts: () => [] });
  const { api, faults } = windowOn(engine);
  const seen: PeerEvent[] = [];
  api.onEvent((event) => seen.push(event));
  engine.tell({ event: 'contact', contact: { ...bob, secret: 'key' } });
  engine.tell({ event: 'contact', contact: bob });
  await api.contacts({});
  expect(seen).toEqual([{ event: 'contact', contact: bob }]);
  expect(faults.map(({ code }) => code)).toEqual(['MALFORMED']);
});

test('A backlog comes to Alice in few frames, in its order, and what happened before an answer comes before it', async () => {
  const engine = madeEngine({ contacts: () => [bob] });
  const { api, near, far } = windowOn(engine);
  const frames = vi.spyOn(far, 'send');
  const heard: string[] = [];
  api.onEvent((event) => heard.push(event.event === 'message' ? (event.message.text ?? '') : ''));
  const texts = Array.from({ length: 500 }, (_, at) => `message ${at}`);
  const asked = api.contacts({}).then(() => heard.push('the answer'));
  await Promise.resolve();
  for (const text of texts) engine.tell({ event: 'message', message: message(text) });
  await within(asked, 'the answer');
  expect(heard).toEqual([...texts, 'the answer']);
  expect(frames.mock.calls.length).toBeLessThan(12);
  near.close();
});

test.each([
  ['an event that is none', '{"kind":"evts","events":[{"event":"free beer"}]}'],
  ['no JSON', 'hello'],
  ['a request', '{"kind":"req","id":1,"name":"contacts","input":{}}'],
])('A window that is told %s leaves, and its calls under way say so', async (_what, frame) => {
  const { api } = rawEngine(() => frame);
  await expect(api.contacts({})).rejects.toMatchObject({ code: 'CLOSED' });
});

test('An answer nobody asked for is passed over, and an error code nobody knows is INTERNAL', async () => {
  const { api, far } = rawEngine((id) => JSON.stringify({ kind: 'err', id, code: '__proto__', message: 'x' }));
  far.send('{"kind":"res","id":99,"output":{}}');
  await expect(api.contacts({})).rejects.toMatchObject({ code: 'INTERNAL' });
});

test('When the engine goes away every call under way and every later one ends with CLOSED, and none is asked again', async () => {
  const engine = madeEngine({ contacts: () => new Promise(() => undefined), sync: () => new Promise(() => undefined) });
  const { api, far } = windowOn(engine);
  const pending = Promise.allSettled([api.contacts({}), api.sync({ timeoutMs: 1 })]);
  await Promise.resolve();
  far.close();
  expect(await within(pending, 'both calls')).toEqual([
    { status: 'rejected', reason: expect.objectContaining({ code: 'CLOSED' }) },
    { status: 'rejected', reason: expect.objectContaining({ code: 'CLOSED' }) },
  ]);
  await expect(api.contacts({})).rejects.toMatchObject({ code: 'CLOSED' });
});

test('Calls beyond the bound are refused until one is answered', async () => {
  const slow = Promise.withResolvers<unknown>();
  const { api } = windowOn(madeEngine({ contacts: () => slow.promise, invites: () => [] }));
  const full: Promise<unknown>[] = Array.from({ length: MAX_CALLS_UNDER_WAY }, () => api.contacts({}));
  await expect(api.invites({})).rejects.toMatchObject({ code: 'REFUSED' });
  slow.resolve([bob]);
  await Promise.all(full);
  expect(await api.invites({})).toEqual([]);
});

test('A window has every call of the contract and nothing that is not in it', () => {
  const { api } = windowOn(madeEngine({}));
  const names = Object.keys(api as PeerApi).sort();
  expect(names).toEqual(Object.keys(madeEngine({}).api).sort());
});

const closedHome: Home = {
  state: 'locked',
  reason: null,
  slots: { passphrase: true, keyring: false, keyFile: false },
  keyring: { available: false, backend: null, strong: false },
  shared: false,
  desktop: false,
};

test("A window's own contract is carried as well: its calls, its events and those of the peer in it, each checked", async () => {
  const engine = madeEngine({ home: () => closedHome, preferences: () => ({ appearance: 'pink' }) });
  const [near, far] = carrierPair();
  const faults: string[] = [];
  const served = { ...engine.api, ...Object.fromEntries(['home', 'preferences'].map((name) => [name, engine.call(name)])) };
  serveApi(far, windowContract, served as unknown as WindowApi, { onFault: ({ code }) => faults.push(code) });
  const api: WindowApi = connectApi(near, windowContract);
  const seen: WindowEvent[] = [];
  api.onEvent((event) => seen.push(event));
  expect(await api.home({})).toEqual(closedHome);
  await expect(api.preferences({})).rejects.toMatchObject({ code: 'MALFORMED' });
  await expect(api.unlock({ passphrase: '' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  engine.tell({ event: 'home', home: closedHome });
  engine.tell({ event: 'home', home: { ...closedHome, key: 'secret' } });
  engine.tell({ event: 'contact', contact: bob });
  await api.home({});
  expect(seen.map(({ event }) => event)).toEqual(['home', 'contact']);
  expect(faults).toEqual(['MALFORMED']);
});

test('What only a window may ask, the bare contract of a peer does not know', async () => {
  const { ask } = rawWindow(madeEngine({ home: () => closedHome }));
  expect(await ask('{"kind":"req","id":1,"name":"home","input":{}}')).toMatchObject({ kind: 'err', code: 'BAD_INPUT' });
});
