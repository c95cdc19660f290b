// The page in Alice's browser, and what Mallory's programs on the same machine and pages in the same browser get of it.
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { readPageFiles } from '../../core/host/page-files.ts';
import { HEADERS_MS, MAX_HEADER_BYTES, MAX_PENDING_SOCKETS } from '../../core/host/page-guard.ts';
import { servePage } from '../../core/host/page-server.ts';
import { until } from '../support/net-wait.ts';
import { allOf, builtPage, firstOffer, openWindow, raw, triedServer } from '../support/page-server.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const get = (port: number, target: string, method = 'GET', host = `127.0.0.1:${port}`, more = '') =>
  raw(port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`);

const ALWAYS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
};

function headersOf(answer: string): Record<string, string> {
  const lines = answer.slice(0, answer.indexOf('\r\n\r\n')).split('\r\n').slice(1);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
}

describe('Alice opens the address', () => {
  test('her browser gets the page, which may load what lies beside it and talk to her engine, and nothing else', async () => {
    const { server, origin } = await triedServer(ends);
    expect(server.address).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${server.port}/#[A-Za-z0-9_-]{43}$`));
    const answer = await fetch(`${origin}/`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Sotto</title>');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...ALWAYS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; " +
        `connect-src ws://127.0.0.1:${server.port}; form-action 'none'; frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; ` +
        "object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    });
    expect(answer.headers.get('permissions-policy')).toMatch(/camera=\(\).*microphone=\(\).*usb=\(\)/);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('a part of the page is kept by the browser for ever, since its name changes with it', async () => {
    const { origin } = await triedServer(ends);
    const answer = await fetch(`${origin}/assets/main-a1b2.js`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      ...ALWAYS,
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('HEAD says the same without the page', async () => {
    const { origin } = await triedServer(ends);
    const answer = await fetch(`${origin}/`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '35', '']);
  });
});

describe('nobody gets what is not a part of the page', () => {
  test.each([
    '/index.html',
    '/secret.js',
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '//etc/passwd',
    '/?x',
    '/assets',
    '/assets/',
    '/assets/main-a1b2.js.map',
    '/.built',
    '/__proto__',
    'http://evil.example/',
    '*',
  ])('not by the path %s', async (path) => {
    const { server } = await triedServer(ends);
    const answer = await get(server.port, path);
    expect(answer).toMatch(/^HTTP\/1\.1 (?:404|400) /);
    expect(answer).not.toMatch(/\r\n\r\nsecret/);
    expect(headersOf(answer)).toMatchObject({ ...ALWAYS, 'cache-control': 'no-store' });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])('not by %s', async (method) => {
    const { server } = await triedServer(ends);
    const answer = await get(server.port, '/', method, undefined, 'Content-Length: 5\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(headersOf(answer)).toMatchObject({ ...ALWAYS, allow: 'GET, HEAD' });
  });

  test('not by CONNECT, and not by what is no HTTP', async () => {
    const { server } = await triedServer(ends);
    expect(await get(server.port, 'example.org:443', 'CONNECT')).toMatch(/^HTTP\/1\.1 405 /);
    const answer = await raw(server.port, '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(headersOf(answer)).toMatchObject(ALWAYS);
  });

  test.each(['evil.example', 'localhost', '127.0.0.1', '[::1]', '127.0.0.1:1', 'user@127.0.0.1'])(
    'not by the name %s, which may be made to point here',
    async (host) => {
      const { server } = await triedServer(ends);
      const answer = await get(server.port, '/', 'GET', host);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(headersOf(answer)).toMatchObject(ALWAYS);
    },
  );

  test('not with two names, or none', async () => {
    const { server } = await triedServer(ends);
    const port = server.port;
    expect(await get(port, '/', 'GET', undefined, 'Host: evil.example\r\n')).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(await raw(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('Mallory cannot shut Alice out', () => {
  test('by a head that is too long', async () => {
    const { server } = await triedServer(ends);
    expect(await get(server.port, '/', 'GET', undefined, `X: ${'x'.repeat(MAX_HEADER_BYTES)}\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('by many sockets that say nothing: the oldest of them go, and her window stays', async () => {
    const tried = await triedServer(ends);
    const window = await openWindow(tried, firstOffer(tried.server));
    const { port } = tried.server;
    let ended = 0;
    for (let i = 0; i < MAX_PENDING_SOCKETS * 2; i += 1) {
      const socket = connect(port, '127.0.0.1');
      ends.push(() => socket.destroy());
      void allOf(socket).then(() => {
        ended += 1;
      });
    }
    // Long before their own deadline.
    await until(() => ended >= MAX_PENDING_SOCKETS, 'half of them are gone', HEADERS_MS / 2);
    expect((await fetch(`${tried.origin}/`)).status).toBe(200);
    expect(window.socket.readyState).toBe(1);
  });

  test('by a head that never ends', async () => {
    const { server } = await triedServer(ends);
    const begun = performance.now();
    expect(await raw(server.port, 'GET / HTTP/1.1\r\nHost: ')).toMatch(/^(?:HTTP\/1\.1 4|$)/);
    expect(performance.now() - begun).toBeGreaterThan(HEADERS_MS / 2);
  }, 20_000);
});

test('where there is no page it is said', () => {
  expect(() => readPageFiles(`${builtPage()}-not`)).toThrow('The window is not built here');
});

test('a port that is taken is said', async () => {
  const { server } = await triedServer(ends);
  const files = readPageFiles(builtPage());
  await expect(servePage({ files, serve: () => undefined, port: server.port })).rejects.toMatchObject({ code: 'BAD_INPUT' });
});
