// One process owns a home; every other command gets through to it. With real processes on one home.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { connectHome } from '../../core/host/home-client.ts';
import { MAX_SOCKET_PATH_BYTES, socketPath } from '../../core/host/home-folder.ts';
import { MAX_CALL_BYTES, SOCKET_VERSION } from '../../core/host/home-frames.ts';
import { serveHome } from '../../core/host/home-socket.ts';
import { type FakeOptions, fakeEngine, sentTexts } from '../support/cli-engine.ts';
import { freshHome, sotto } from '../support/cli-run.ts';

const PROGRAM = join(import.meta.dirname, '..', 'support', 'cli-program.ts');
const PASSPHRASE = 'correct horse';
const WAIT_MS = 15_000;

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<{ code: number | null; out: string; err: string }>;
  out(): string;
}

/** Starts `sotto` with the double of the engine as a process of its own. */
function start(argv: string[], env: Record<string, string> = {}, options: FakeOptions = {}): Started {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    env: { PATH, FAKE_ENGINE: JSON.stringify(options), ...env },
    detached: true,
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (err += piece));
  child.stdin.on('error', () => undefined);
  const done = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return { child, done, out: () => out };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function aliceAtHome(home = freshHome()) {
  await fakeEngine().createHome(home, { name: 'Alice', passphrase: PASSPHRASE });
  const withKey = { SOTTO_HOME: home, SOTTO_PASSPHRASE: PASSPHRASE };
  const socket = socketPath(home);
  if (socket === null) throw new Error('no home');
  return { home, socket, withKey, withoutKey: { SOTTO_HOME: home } };
}

/** Serves a home from this process. */
async function served(options: FakeOptions = {}) {
  const alice = await aliceAtHome();
  const engine = fakeEngine(options);
  const peer = await engine.openPeer({ home: alice.home, passphrase: async () => PASSPHRASE, online: false });
  return { ...alice, engine, peer, server: await serveHome(alice.socket, peer) };
}

const never = new AbortController().signal;

async function linkTo(path: string) {
  const link = await connectHome(path);
  if (link === null) throw new Error('nobody answers');
  return link;
}

describe('a home that listens', () => {
  test('takes a send from another process, which needs no passphrase, and tells of it', async () => {
    const { home, withKey, withoutKey } = await aliceAtHome();
    const listening = start(['listen', '--json'], withKey);
    await until(() => listening.out().includes('"ready"'));
    expect(await start(['send', 'bob', 'Hello'], withoutKey).done).toEqual({ code: 0, out: 'stored\n', err: '' });
    expect(sentTexts(home)).toEqual(['Hello']);
    await until(() => listening.out().includes('"text":"Hello"'));
    listening.child.kill('SIGTERM');
    expect((await listening.done).code).toBe(0);
    expect([existsSync(join(home, 'LOCK')), existsSync(join(home, 'sotto.sock'))]).toEqual([false, false]);
  });

  test('killed in the middle of a thousand lines: every line goes out once and in order', async () => {
    const { home, withKey } = await aliceAtHome();
    const listening = start(['listen', '--json'], withKey);
    await until(() => listening.out().includes('"ready"'));
    const lines = Array.from({ length: 1_000 }, (_, at) => `line ${at}`);
    const sending = start(['send', 'bob', '--stdin'], withKey);
    sending.child.stdin?.write(`${lines.slice(0, 500).join('\n')}\n`);
    await until(() => sentTexts(home).length > 50);
    listening.child.kill('SIGKILL');
    sending.child.stdin?.end(lines.slice(500).join('\n'));
    expect(await sending.done).toEqual({ code: 0, out: '1000 messages: 1000 stored\n', err: '' });
    expect(sentTexts(home)).toEqual(lines);
  });

  test('hands over to a second one when it stops', async () => {
    const { home, withKey, withoutKey } = await aliceAtHome();
    const first = start(['listen', '--json'], withKey);
    await until(() => first.out().includes('"ready"'));
    const second = start(['listen', '--json'], withKey);
    await until(() => second.out().includes('"ready"'));
    first.child.kill('SIGINT');
    expect((await first.done).code).toBe(0);
    await until(() => existsSync(join(home, 'LOCK')) && readFileSync(join(home, 'LOCK'), 'utf8') === `${second.child.pid}`);
    await until(() => existsSync(join(home, 'sotto.sock')));
    expect((await start(['send', 'bob', 'Still there?'], withoutKey).done).code).toBe(0);
    await until(() => second.out().includes('Still there?'));
  });

  test('is given up by a second one that cannot open it', async () => {
    const { withKey, withoutKey } = await aliceAtHome();
    const first = start(['listen', '--json'], withKey);
    await until(() => first.out().includes('"ready"'));
    const second = start(['listen', '--json'], withoutKey);
    await until(() => second.out().includes('"ready"'));
    first.child.kill('SIGKILL');
    expect(await second.done).toMatchObject({ code: 1, err: expect.stringContaining('SOTTO_PASSPHRASE') });
  });

  test('is left by a reader whose passphrase nobody knows once the owner is gone', async () => {
    const { withKey, withoutKey } = await aliceAtHome();
    const listening = start(['listen', '--json'], withKey);
    await until(() => listening.out().includes('"ready"'));
    const sending = start(['send', 'bob', '--stdin'], withoutKey);
    sending.child.stdin?.write('one\n');
    await until(() => listening.out().includes('"text":"one"'));
    listening.child.kill('SIGKILL');
    sending.child.stdin?.end('two\n');
    const { code, err } = await sending.done;
    expect(code).toBe(1);
    expect(err).toContain('SOTTO_PASSPHRASE');
  });
});

describe('a home that nobody has open', () => {
  test('takes eight sends at once, each message once', async () => {
    const { home, withKey } = await aliceAtHome();
    const all = Array.from({ length: 8 }, (_, at) => start(['send', 'bob', `message ${at}`], withKey, { settleMs: 50 }).done);
    for (const { code, out, err } of await Promise.all(all)) expect({ code, out, err }).toEqual({ code: 0, out: 'stored\n', err: '' });
    expect(sentTexts(home).sort()).toEqual(all.map((_, at) => `message ${at}`));
  });

  test('is opened although a dead owner left its socket and lock', async () => {
    const { home, withKey } = await aliceAtHome();
    const dead = start(['listen', '--json'], withKey);
    await until(() => dead.out().includes('"ready"'));
    dead.child.kill('SIGKILL');
    await dead.done;
    expect([existsSync(join(home, 'LOCK')), existsSync(join(home, 'sotto.sock'))]).toEqual([true, true]);
    expect((await start(['send', 'bob', 'Hello'], withKey).done).code).toBe(0);
  });

  test('is waited for while a process that does not serve it has it', async () => {
    const { home, withKey } = await aliceAtHome();
    writeFileSync(join(home, 'LOCK'), `${process.pid}`);
    const engine = fakeEngine();
    const tries = () => engine.asked.filter(({ name }) => name === 'openPeer').length;
    const reading = sotto(engine, ['read', 'bob', '--json'], { env: withKey });
    await until(() => tries() >= 2);
    rmSync(join(home, 'LOCK'));
    expect((await reading).code).toBe(0);
  });
});

describe('the socket of a home', () => {
  test('is for its user alone and goes with its owner', async () => {
    const { socket, server } = await served();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    await server.leave(0, never);
    expect(existsSync(socket)).toBe(false);
  });

  test('of a home with a long path lies in a private directory elsewhere', async () => {
    const home = join(freshHome(), 'x'.repeat(120));
    const { socket } = await aliceAtHome(home);
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    expect(socketPath(home)).toBe(socket);
    chmodSync(dirname(socket), 0o755);
    expect(() => socketPath(home)).toThrow('not yours alone');
    rmSync(dirname(socket), { recursive: true });
  });

  test('answers calls in their order and errors with their code', async () => {
    const { socket, server, home } = await served();
    const link = await linkTo(socket);
    const ids = Array.from({ length: 300 }, (_, at) => at.toString(16).padStart(32, '0'));
    await Promise.all(ids.map((id) => link.call('send', { who: 'bob', text: id, id })));
    expect(sentTexts(home)).toEqual(ids);
    await expect(link.call('send', { who: 'carol', text: 'Hi', id: null })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(link.call('history', { who: 'bob', limit: 0, before: null })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'The field limit is not valid.',
    });
    await link.close();
    await server.leave(0, never);
  });

  test('refuses nonsense, too long frames and unknown calls, each for its sender alone', async () => {
    const { socket, server, engine } = await served();
    const good = await linkTo(socket);
    const closes = async (bytes: string | Buffer) => {
      const bad: Socket = createConnection(socket);
      bad.on('error', () => undefined).resume();
      bad.write(bytes);
      await once(bad, 'close');
    };
    await closes('nonsense\n');
    await closes('{"id":0,"call":"identity","input":{}}\n');
    await closes(Buffer.alloc(MAX_CALL_BYTES + 2, 0x20));
    await expect(good.call('constructor' as 'identity', {})).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(good.call('onEvent' as 'identity', {})).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await good.call('identity', {})).toMatchObject({ name: 'Alice' });
    expect(engine.asked.map(({ name }) => name)).toEqual(['openPeer', 'identity']);
    await server.leave(0, never);
  });

  test('checks what the owner says as well', async () => {
    const path = join(dirname(freshHome()), 'owner.sock');
    mkdirSync(dirname(path), { recursive: true });
    const owner = createServer((socket) => {
      socket.write(`{"sotto":${SOCKET_VERSION}}\n`);
      socket.on('error', () => undefined).on('data', () => socket.write('{"id":1,"output":{"account":"no"}}\n'));
    }).listen(path);
    const link = await linkTo(path);
    await expect(link.call('identity', {})).rejects.toMatchObject({ code: 'MALFORMED' });
    await link.close();
    owner.close();
  });

  test('of another version is said, and a silent one counts as nobody', async () => {
    const path = join(dirname(freshHome()), 'owner.sock');
    const owner = createServer((socket) => socket.on('error', () => undefined).write('{"sotto":999}\n')).listen(path);
    await expect(connectHome(path)).rejects.toMatchObject({ code: 'HOME_BUSY' });
    owner.close();
    const silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(path);
    expect(await connectHome(path)).toBeNull();
    silent.close();
  });

  test('stays for a client that is served, and not for one that only listens', async () => {
    const { socket, server } = await served({ settleMs: 200 });
    const sender = await linkTo(socket);
    const listener = await linkTo(socket);
    await listener.listen(() => undefined);
    const settled = sender.call('settled', { ids: [], timeoutMs: 1 }).then(async (output) => {
      await sender.close();
      return output;
    });
    await until(() => existsSync(socket));
    await Promise.all([server.leave(WAIT_MS, never), listener.lost]);
    expect(await settled).toEqual([]);
  });
});
