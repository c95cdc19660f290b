// One call as the other side sees it, and what hostile other sides get: little, briefly, and never the way to anywhere else.
import { createPublicKey, verify } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { base64url, text, unbase64url, utf8 } from '../../core/base/bytes.ts';
import { systemClock } from '../../core/base/clock.ts';
import { addressOf } from '../../relay/wake/address.ts';
import { Caller } from '../../relay/wake/caller.ts';
import { KIND, type Target } from '../../relay/wake/endpoint.ts';
import { KNOCK_MS, knock } from '../../relay/wake/knock.ts';
import { Vapid } from '../../relay/wake/vapid.ts';
import { testCertificate } from '../support/certificate.ts';
import { handClock } from '../support/net-clock.ts';
import { until, within } from '../support/net-wait.ts';
import { temporaryData } from '../support/relay-parts.ts';

const LOOPBACK = '127.0.0.1';

/** A bare server; what came in on each socket, and a promise of its end. */
async function bare(serve: (socket: Socket) => void) {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => heard.push(piece.toString('latin1')));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const target: Target = { secure: false, host: 'a.example', port, authority: 'a.example', path: '/x?y', origin: 'http://a.example' };
  const gone = () => until(() => sockets.length > 0 && sockets.every(({ destroyed }) => destroyed), 'the relay let go');
  return { heard, sockets, target, gone };
}

const answering = (answer: string) => bare((socket) => socket.once('data', () => socket.write(answer)));

test('a call is a POST of nothing to the address that was checked, for the host of the URL', async () => {
  const { heard, target, gone } = await answering('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
  expect(await knock(target, LOOPBACK, {}, systemClock)).toBe('taken');
  await gone();
  expect(heard.join('')).toBe('POST /x?y HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\nConnection: close\r\n\r\n');
});

test.each([
  ['200 OK', 'taken'],
  ['204 No Content', 'taken'],
  ['301 Moved\r\nlocation: http://127.0.0.1:1/', 'refused'],
  ['307 Moved\r\nlocation: http://169.254.169.254/', 'refused'],
  ['400 Bad Request', 'refused'],
  ['403 Forbidden', 'refused'],
  ['404 Not Found', 'gone'],
  ['410 Gone', 'gone'],
  ['429 Too Many', 'later'],
  ['503 Not Now', 'later'],
  ['101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x', 'refused'],
])('an answer of %s means %s', async (status, meaning) => {
  const { target, gone } = await answering(`HTTP/1.1 ${status}\r\n\r\n`);
  expect(await knock(target, LOOPBACK, {}, systemClock)).toBe(meaning);
  await gone();
});

test('one that never answers is let go after five seconds', async () => {
  const clock = handClock();
  const { heard, target, gone } = await bare(() => undefined);
  const knocked = knock(target, LOOPBACK, {}, clock);
  await until(() => heard.length > 0, 'the call is there');
  clock.pass(KNOCK_MS);
  expect(await knocked).toBe('later');
  await gone();
  expect(clock.waiting).toBe(0);
});

test.each([
  ['a body without an end', 'HTTP/1.1 200 OK\r\n\r\n', 'taken'],
  ['a head without an end', 'HTTP/1.1 200 OK\r\n', 'later'],
  ['words that are no answer', '', 'later'],
])('one that sends %s costs little', async (_, begin, meaning) => {
  const { sockets, target, gone } = await bare((socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(`x: ${'y'.repeat(1_000)}\r\n`));
      if (!socket.destroyed) socket.once('drain', pour);
    };
    socket.once('data', () => {
      socket.write(begin);
      pour();
    });
  });
  expect(await knock(target, LOOPBACK, {}, systemClock)).toBe(meaning);
  await gone();
  // What the system's buffers of both ends took; the relay read a piece or two of it.
  expect(sockets[0]?.bytesWritten).toBeLessThan(16_777_216);
});

test('nobody there, and a line that is cut, is for later', async () => {
  const { target } = await bare((socket) => socket.destroy());
  expect(await knock(target, LOOPBACK, {}, systemClock)).toBe('later');
  expect(await knock({ ...target, port: 1 }, LOOPBACK, {}, systemClock)).toBe('later');
});

test('the certificate is that of the name in the URL, and is checked', async () => {
  const pair = testCertificate('push');
  const server = createSecureServer(pair, (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const before = getCACertificates('default');
  onTestFinished(() => {
    setDefaultCACertificates(before);
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const target = { secure: true, host: 'localhost', port, authority: 'localhost', path: '/', origin: 'https://localhost' };
  expect(await knock(target, LOOPBACK, {}, systemClock), 'nobody vouches for it').toBe('later');
  setDefaultCACertificates([...before, pair.cert]);
  expect(await knock(target, LOOPBACK, {}, systemClock)).toBe('taken');
  expect(await knock({ ...target, host: LOOPBACK }, LOOPBACK, {}, systemClock)).toBe('taken');
  expect(await knock({ ...target, host: 'push.example.org' }, LOOPBACK, {}, systemClock), 'another name').toBe('later');
});

test('a name is resolved once; one private address among many is enough to refuse it; attempts go through all addresses', async () => {
  const asked: string[] = [];
  const names: Record<string, string[]> = {
    both: ['1.1.1.1', '10.0.0.1'],
    rebinds: ['127.0.0.1'],
    good: ['1.1.1.1', '2606:4700::1111'],
    none: [],
  };
  const resolve = async (host: string) => {
    asked.push(host);
    return names[host] ?? [];
  };
  const answers = ['both', 'rebinds', 'none', '10.1.1.1', '::1', '1.1.1.1'].map((host) => addressOf(host, resolve, false, 0));
  expect(await Promise.all(answers)).toEqual(['private', 'private', 'unknown', 'private', 'private', '1.1.1.1']);
  expect(asked).toEqual(['both', 'rebinds', 'none']);
  expect(await Promise.all([0, 1, 2].map((turn) => addressOf('good', resolve, false, turn)))).toEqual([
    '1.1.1.1',
    '2606:4700::1111',
    '1.1.1.1',
  ]);
  expect(await addressOf('rebinds', resolve, true, 0)).toBe('127.0.0.1');
});

test('a name that becomes private after it was set is not called, and a name server that never answers holds nobody up', async () => {
  const { sockets, target } = await answering('HTTP/1.1 200 OK\r\n\r\n');
  const clock = handClock();
  const vapid = new Vapid();
  let addresses: string[] | null = ['1.1.1.1'];
  const resolve = async () => addresses ?? new Promise<never>(() => undefined);
  const caller = new Caller({ clock, vapid, resolve, allowPrivate: false });
  const endpoint = { kind: KIND.webhook, url: `https://rebinds.example:${target.port}/` };
  expect(caller.host(endpoint.kind, endpoint.url)).toBe('rebinds.example');
  addresses = [LOOPBACK];
  expect(await caller.call(endpoint, 0)).toBe('refused');
  addresses = null;
  const late = caller.call(endpoint, 0);
  await until(() => clock.waiting === 1, 'it waits');
  clock.pass(KNOCK_MS);
  expect(await within(late, 'it gave up')).toBe('later');
  expect(sockets).toHaveLength(0);
});

test('UnifiedPush and Web Push are called as their standards say, a webhook with nothing more', async () => {
  const { heard, target } = await answering('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
  const vapid = await Vapid.open(await temporaryData());
  const caller = new Caller({ clock: systemClock, vapid, resolve: async () => [], allowPrivate: true });
  const heads: Record<string, Record<string, string>> = {};
  for (const [name, kind] of Object.entries(KIND)) {
    heard.length = 0;
    expect(await caller.call({ kind, url: `http://${LOOPBACK}:${target.port}/push` }, 0)).toBe('taken');
    const lines = heard.join('').trim().split('\r\n').slice(1);
    heads[name] = Object.fromEntries(lines.map((line) => line.split(': ')));
  }
  const plain = { host: `${LOOPBACK}:${target.port}`, 'content-length': '0', Connection: 'close' };
  const push = { ttl: '86400', urgency: 'high' };
  const { authorization = '', ...webPush } = heads.webPush ?? {};
  expect([heads.webhook, heads.unifiedPush, webPush]).toEqual([plain, { ...plain, ...push }, { ...plain, ...push, topic: 'sotto' }]);
  const [, token = '', key = ''] = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = unbase64url(key);
  expect(point).toEqual(vapid.publicKey);
  const [header = '', claims = '', signature = ''] = token.split('.');
  const jwk = { kty: 'EC', crv: 'P-256', x: base64url(point.slice(1, 33)), y: base64url(point.slice(33)) };
  const publicKey = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
  expect(verify('sha256', utf8(`${header}.${claims}`), publicKey, unbase64url(signature))).toBe(true);
  expect(JSON.parse(text(unbase64url(header)))).toEqual({ typ: 'JWT', alg: 'ES256' });
  const { aud, exp } = JSON.parse(text(unbase64url(claims))) as { aud: string; exp: number };
  expect(aud).toBe(`http://${LOOPBACK}:${target.port}`);
  expect(exp - Date.now() / 1_000).toBeLessThanOrEqual(86_400);
  expect(exp).toBeGreaterThan(Date.now() / 1_000);
});

test('the key for Web Push is made once, for its owner alone, and a damaged one is said', async () => {
  const data = await temporaryData();
  const first = await Vapid.open(data);
  expect([first.publicKey.length, first.publicKey[0]]).toEqual([65, 4]);
  expect((await Vapid.open(data)).publicKey).toEqual(first.publicKey);
  const path = join(data, 'wake-key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await readFile(path)).length).toBeGreaterThan(100);
  await writeFile(path, 'nothing');
  await expect(Vapid.open(data)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
});
