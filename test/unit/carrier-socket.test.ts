// Alice's window and her engine over a real WebSocket on loopback: Node's WebSocket (a browser's) on her side, `ws` on the engine's.
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket as WsSocket } from 'ws';
import { type PeerEvent, peerContract } from '../../core/api.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { MAX_REQUEST_CHARS } from '../../core/carrier/frames.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { MAX_BUFFERED_BYTES, MAX_HELD_FRAMES, type Socket, socketCarrier } from '../../core/carrier/socket.ts';
import { bob, type MadeEngine, madeEngine, message } from '../support/carrier.ts';
import { until, within } from '../support/net-wait.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Serves an engine; gives a window's socket that is still connecting. */
async function socketTo(engine: MadeEngine): Promise<{ readonly window: WebSocket; readonly served: readonly WsSocket[] }> {
  const served: WsSocket[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MAX_REQUEST_CHARS, perMessageDeflate: false });
  server.on('connection', (socket) => {
    served.push(socket);
    serveApi(socketCarrier(socket), peerContract, engine.api);
  });
  await within(new Promise<void>((resolve) => server.once('listening', resolve)), 'listening');
  const window = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  ends.push(() => {
    for (const socket of served) socket.terminate();
    server.close();
  });
  return { window, served };
}

const opened = (socket: WebSocket) => within(new Promise<void>((resolve) => socket.addEventListener('open', () => resolve())), 'open');
const closed = (socket: WebSocket) => within(new Promise<void>((resolve) => socket.addEventListener('close', () => resolve())), 'closed');

test('Alice asks before the socket is open, writes to Bob, sees the event, and hears of a fault', async () => {
  const engine = madeEngine({ contacts: () => [bob], send: () => message('Grüße 👋\u2028') });
  const { window } = await socketTo(engine);
  const api = connectApi(socketCarrier(window), peerContract);
  const seen: PeerEvent[] = [];
  api.onEvent((event) => seen.push(event));
  expect(await within(api.contacts({}), 'the contacts')).toEqual([bob]);
  expect(await within(api.send({ who: 'Bob', text: 'Grüße 👋\u2028', id: null }), 'the message')).toEqual(message('Grüße 👋\u2028'));
  engine.tell({ event: 'contact', contact: bob });
  await until(() => seen.length === 1, 'the event came');
  expect(seen).toEqual([{ event: 'contact', contact: bob }]);
  await expect(within(api.invites({}), 'a refusal')).rejects.toMatchObject({ code: 'MALFORMED' });
});

test('When the engine dies the calls under way end with CLOSED', async () => {
  const engine = madeEngine({ contacts: () => new Promise(() => undefined) });
  const { window, served } = await socketTo(engine);
  const pending = connectApi(socketCarrier(window), peerContract).contacts({});
  await until(() => engine.asked.length === 1, 'the call arrived');
  for (const socket of served) socket.terminate();
  await expect(within(pending, 'the end')).rejects.toMatchObject({ code: 'CLOSED' });
  await until(() => engine.listening() === 0, 'the engine forgot the window');
});

test('Where nobody listens, what was asked ends with CLOSED', async () => {
  const { window, served } = await socketTo(madeEngine({}));
  await opened(window);
  for (const socket of served) socket.terminate();
  await closed(window);
  await expect(connectApi(socketCarrier(window), peerContract).contacts({})).rejects.toMatchObject({ code: 'CLOSED' });
});

test.each([
  ['bytes in place of text', new Uint8Array(8)],
  ['no JSON', 'hello'],
  ['a frame above the bound', 'x'.repeat(MAX_REQUEST_CHARS + 1)],
])('A window that sends %s is shut', async (_what, data) => {
  const engine = madeEngine({});
  const { window } = await socketTo(engine);
  await opened(window);
  const end = closed(window);
  window.send(data);
  await end;
  await until(() => engine.listening() === 0, 'the engine forgot the window');
  expect(engine.asked).toEqual([]);
});

/** A socket that only counts what it was given. */
function stuckSocket(readyState: number, bufferedAmount: number) {
  const state = { sent: 0, closed: false };
  const socket: Socket = {
    readyState,
    bufferedAmount,
    send: () => {
      state.sent += 1;
    },
    close: () => {
      state.closed = true;
    },
    addEventListener: () => undefined,
  };
  return { carrier: socketCarrier(socket), state };
}

test('A window that does not read is shut before what waits for it fills the memory', () => {
  const full = stuckSocket(1, MAX_BUFFERED_BYTES + 1);
  full.carrier.send('x');
  expect(full.state).toEqual({ sent: 0, closed: true });
  const atBound = stuckSocket(1, MAX_BUFFERED_BYTES);
  atBound.carrier.send('x');
  expect(atBound.state).toEqual({ sent: 1, closed: false });
});

test('A socket that never opens holds only so many frames', () => {
  const { carrier, state } = stuckSocket(0, 0);
  for (let at = 0; at < MAX_HELD_FRAMES; at += 1) carrier.send('x');
  expect(state.closed).toBe(false);
  carrier.send('x');
  expect(state).toEqual({ sent: 0, closed: true });
});
