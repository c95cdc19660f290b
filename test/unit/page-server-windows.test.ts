// Who gets a window in a browser: the tab that Alice opened, again after a reload, and nobody else; and what a window may do to her engine.
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { base64url } from '../../core/base/bytes.ts';
import { MAX_REQUEST_CHARS } from '../../core/carrier/frames.ts';
import { MAX_BUFFERED_BYTES } from '../../core/carrier/socket.ts';
import { WINDOW_PATH, WINDOW_PROTOCOL, writeOffer } from '../../core/carrier/window-door.ts';
import { SESSION_KEPT_MS } from '../../core/host/page-door.ts';
import { MAX_WINDOWS } from '../../core/host/page-guard.ts';
import { bob } from '../support/carrier.ts';
import { handClock } from '../support/net-clock.ts';
import { until, within } from '../support/net-wait.ts';
import { again, firstOffer, knock, openWindow, raw, secret, type TriedServer, triedServer } from '../support/page-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const ask = (name: string, input: unknown = {}) => JSON.stringify({ kind: 'req', id: 1, name, input });

describe('the tab that Alice opened', () => {
  test('gets a window: the engine says the answer first, and then what it is asked', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const window = await openWindow(tried, offer);
    await within(tried.server.entered, 'entered');
    expect(window.protocol).toBe(WINDOW_PROTOCOL);
    expect(window.heard).toEqual([offer.answer]);
    window.socket.send(ask('contacts'));
    await until(() => window.heard.length === 2, 'the contacts');
    expect(JSON.parse(window.heard[1] ?? '')).toMatchObject({ kind: 'res', output: [{ petname: 'Bob' }] });
  });

  test('gets one again after a reload, as often as it likes, and the engine proves itself again', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const first = await openWindow(tried, offer);
    first.socket.close();
    await within(first.closed, 'the first is closed');
    for (let i = 0; i < 3; i += 1) {
      const next = await openWindow(tried, again(offer));
      expect(next.heard).toEqual([offer.answer]);
      next.socket.terminate();
    }
  });

  test('gets one when it did not hear that the first knock was taken', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    expect(await knock(tried, { offer })).toBe(101);
    expect((await openWindow(tried, offer)).heard).toEqual([offer.answer]);
  });

  test('cannot come back a day after it was closed', async () => {
    const clock = handClock();
    const tried = await triedServer(ends, clock);
    const offer = firstOffer(tried.server);
    const first = await openWindow(tried, offer);
    clock.pass(SESSION_KEPT_MS * 2);
    first.socket.close();
    await within(first.closed, 'closed');
    await until(() => clock.waiting === 1, 'the server saw it');
    clock.pass(SESSION_KEPT_MS - 1);
    const second = await openWindow(tried, again(offer));
    second.socket.close();
    await until(() => clock.waiting === 1, 'the server saw it again');
    clock.pass(SESSION_KEPT_MS);
    expect(await knock(tried, { offer: again(offer) })).toBe(403);
    expect(await knock(tried, { offer })).toBe(403);
  });

  test('does not get more windows than there may be', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const windows = [await openWindow(tried, offer)];
    while (windows.length < MAX_WINDOWS) windows.push(await openWindow(tried, again(offer)));
    expect(await knock(tried, { offer: again(offer) })).toBe(403);
    windows[0]?.socket.close();
    await until(async () => (await knock(tried, { offer: again(offer) })) === 101, 'there is room again');
  });

  test('hears that the server goes', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const window = await openWindow(tried, offer);
    await within(tried.server.close(), 'closed');
    expect(await within(window.closed, 'goodbye')).toBe(1_001);
    await expect(knock(tried, { offer: again(offer) })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

/** Nothing that Mallory tried used up what Alice has. */
async function stillOpens(tried: TriedServer): Promise<void> {
  expect((await openWindow(tried, firstOffer(tried.server))).heard).toHaveLength(1);
}

describe('nobody else gets a window', () => {
  test.each(['http://evil.example', 'http://localhost', 'null', 'file://', 'https://127.0.0.1', 'http://127.0.0.1:1', null])(
    'no page from %s, even with the token',
    async (origin) => {
      const tried = await triedServer(ends);
      expect(await knock(tried, { offer: firstOffer(tried.server), origin })).toBe(403);
      await stillOpens(tried);
    },
  );

  test.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1'])('nobody who came by the name %s', async (host) => {
    const tried = await triedServer(ends);
    expect(await knock(tried, { offer: firstOffer(tried.server), host })).toBe(403);
    await stillOpens(tried);
  });

  test('nobody who guesses, leaves something out or says something more', async () => {
    const tried = await triedServer(ends);
    const right = firstOffer(tried.server);
    const offers: (readonly string[] | undefined)[] = [
      undefined,
      [WINDOW_PROTOCOL],
      ['token'],
      writeOffer({ ...right, token: secret() }),
      writeOffer({ ...right, token: null }),
      writeOffer({ ...right, answer: null }),
      writeOffer(again(right)),
      writeOffer(right).slice(1),
      writeOffer(right).toReversed(),
      [...writeOffer(right), 'more'],
      [...writeOffer(right), `token.${right.token}`],
      writeOffer({ ...right, session: `${right.session}A` }),
      writeOffer({ ...right, token: right.token?.slice(0, -1) ?? null }),
    ];
    for (const offer of offers) expect(await knock(tried, offer === undefined ? {} : { offer })).toBe(403);
    await stillOpens(tried);
  });

  test('nobody by a token that is spent, nor by the session of another tab', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    await openWindow(tried, offer);
    expect(await knock(tried, { offer: firstOffer(tried.server) })).toBe(403);
    expect(await knock(tried, { offer: { ...offer, session: secret() } })).toBe(403);
    expect(await knock(tried, { offer: again(firstOffer(tried.server)) })).toBe(403);
  });

  test('nobody by a secret of a server that has ended', async () => {
    const before = await triedServer(ends);
    const offer = firstOffer(before.server);
    await openWindow(before, offer);
    await before.server.close();
    const now = await triedServer(ends);
    expect(await knock(now, { offer: again(offer) })).toBe(403);
    expect(await knock(now, { offer })).toBe(403);
  });

  test('nobody by another path, another protocol than WebSocket, or a handshake that is broken; and no answer lacks its headers', async () => {
    const tried = await triedServer(ends);
    for (const path of ['/', '/window/', '/window?x', '//window', '/WINDOW']) {
      expect(await knock(tried, { offer: firstOffer(tried.server), path })).toBe(403);
    }
    const head = `GET ${WINDOW_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${tried.server.port}\r\nOrigin: ${tried.origin}\r\nConnection: Upgrade\r\n`;
    const offered = `Sec-WebSocket-Protocol: ${writeOffer(firstOffer(tried.server)).join(', ')}\r\n`;
    const h2 = await raw(tried.server.port, `${head}Upgrade: h2c\r\n\r\n`);
    const keyless = await raw(tried.server.port, `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${offered}\r\n`);
    for (const answer of [h2, keyless]) {
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toContain("default-src 'none'");
      expect(answer).toContain('Cache-Control: no-store');
    }
  });
});

/** A frame of a browser, by hand. */
function frame(first: number, bytes: Uint8Array, length = bytes.length): Buffer {
  const size = length < 126 ? [0x80 | length] : [0x80 | 127, 0, 0, 0, 0, ...new Uint8Array(new Uint32Array([length]).buffer).reverse()];
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), bytes]);
}

/** Lets Mallory's program in with Alice's own secret, and gives its bare socket. */
async function bareWindow(tried: TriedServer, offer: Parameters<typeof writeOffer>[0]) {
  const socket = connect(tried.server.port, '127.0.0.1');
  ends.push(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(
    `GET ${WINDOW_PATH} HTTP/1.1\r\nHost: 127.0.0.1:${tried.server.port}\r\nOrigin: ${tried.origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: ${writeOffer(offer).join(', ')}\r\n\r\n`,
  );
  await within(new Promise((resolve) => socket.once('data', resolve)), 'the upgrade');
  return socket;
}

describe('a window that does not keep to the contract is closed, and the engine goes on', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  test.each([
    ['no JSON', frame(0x81, utf8('{'))],
    ['binary', frame(0x82, utf8(ask('contacts')))],
    ['not UTF-8', frame(0x81, new Uint8Array([0xff, 0xfe]))],
    ['a reserved bit', frame(0xc1, utf8('{}'))],
    ['an opcode that is none', frame(0x83, utf8('{}'))],
    ['a piece of nothing', frame(0x80, utf8('{}'))],
    ['a message that is too long', frame(0x81, utf8('{}'), MAX_REQUEST_CHARS * 3 + 1)],
    ['a length beyond all numbers', Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(8, 0xff), Buffer.alloc(4)])],
    ['a frame without its mask', Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['a long ping', frame(0x89, new Uint8Array(200))],
  ])('%s', async (_what, bytes) => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const socket = await bareWindow(tried, offer);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    socket.write(bytes);
    await within(ended, 'the end');
    await until(() => tried.engine.listening() === 0, 'the engine forgot the window');
    expect((await openWindow(tried, again(offer))).heard).toEqual([offer.answer]);
  });

  test('a text as long as one may be comes through', async () => {
    const tried = await triedServer(ends);
    const window = await openWindow(tried, firstOffer(tried.server));
    const empty = ask('send', { who: 'Bob', text: '', id: null });
    window.socket.send(ask('send', { who: 'Bob', text: '€'.repeat(MAX_REQUEST_CHARS - empty.length), id: null }));
    await until(() => window.heard.length === 2, 'an answer');
    expect(tried.engine.asked.map(([name]) => name)).toEqual(['send']);
  });

  test('one that does not read is closed once too much waits for it', async () => {
    const tried = await triedServer(ends);
    const offer = firstOffer(tried.server);
    const socket = await bareWindow(tried, offer);
    socket.pause();
    const event = { event: 'contact', contact: { ...bob, claimedName: 'x'.repeat(4_000_000) } };
    for (let sent = 0; sent <= MAX_BUFFERED_BYTES * 1.2 && tried.engine.listening() > 0; sent += 4_000_000) tried.engine.tell(event);
    await until(() => tried.engine.listening() === 0, 'it is closed');
    expect((await openWindow(tried, again(offer))).heard).toEqual([offer.answer]);
  });
});

test('the secrets are 32 bytes', async () => {
  const { server } = await triedServer(ends);
  const token = new URL(server.address).hash.slice(1);
  expect(base64url(Buffer.from(token, 'base64url'))).toBe(token);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
});
