// Windows over real homes, real engines and a real relay on this machine: two people, two windows, other commands beside them, and deaths.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { RelayStatus } from '../../core/api.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { type Host, openHost } from '../../core/host/host.ts';
import { relayProcess } from '../../core/host/relay-process.ts';
import { type WindowApi, type WindowEvent, windowContract } from '../../core/window-api.ts';
import { carrierPair } from '../support/carrier.ts';
import { CHEAP } from '../support/host.ts';
import { until, within } from '../support/net-wait.ts';
import { temporaryFolder } from '../support/store-files.ts';

const SOTTO = fileURLToPath(new URL('../../core/cli/start.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../support/host-program.ts', import.meta.url));
const PATIENCE = 30_000;

async function hostOf(home: string): Promise<Host> {
  const host = await openHost({ home, keyring: null, desktop: false, relay: relayProcess(), cost: CHEAP });
  onTestFinished(() => host.close());
  return host;
}

/** A host whose account was made a moment ago. */
async function newHost(name: string, passphrase: string | null = null): Promise<{ readonly host: Host; readonly home: string }> {
  const home = join(temporaryFolder(), name);
  const host = await hostOf(home);
  await host.api.createHome({ name, passphrase, keyring: false });
  return { host, home };
}

/** A window of its own. */
function windowOn(host: Host): { readonly api: WindowApi; readonly seen: WindowEvent[] } {
  const [near, far] = carrierPair();
  serveApi(far, windowContract, host.api);
  const api: WindowApi = connectApi(near, windowContract);
  const seen: WindowEvent[] = [];
  api.onEvent((event) => seen.push(event));
  return { api, seen };
}

const heard = ({ seen }: { readonly seen: readonly WindowEvent[] }) =>
  seen.flatMap((event) => (event.event === 'message' ? [event.message.text] : []));

/** `sotto …` as a process of its own. */
function sotto(home: string, ...argv: string[]): ChildProcess {
  const child = spawn(process.execPath, [SOTTO, ...argv, '--home', home], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return child;
}

async function becomeContacts(alice: WindowApi, bob: WindowApi): Promise<void> {
  const { link } = await alice.createInvite({ public: false, expiresInMs: 0 });
  await bob.addContact({ link, petname: 'Alice' });
  await until(async () => (await alice.requests({})).length > 0, 'Bob asks', PATIENCE);
  const [request] = await alice.requests({});
  await alice.accept({ who: request?.contact.account ?? '', petname: 'Bob' });
  await until(async () => (await bob.contacts({}))[0]?.state === 'accepted', 'Alice accepted', PATIENCE);
}

async function answers(address: string): Promise<boolean> {
  const socket = connect(Number(/\/tcp\/(\d+)/.exec(address)?.[1]), '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return open;
}

test('Alice and Bob find each other by the relay on her machine, and her two windows and a command beside them agree', async () => {
  const [alice, bob] = await Promise.all([newHost('Alice', 'correct horse'), newHost('Bob')]);
  const relay: RelayStatus = await alice.host.api.startLocalRelay({});
  expect(relay).toMatchObject({ state: 'connected', reason: null });
  await bob.host.api.addRelay({ relay: relay.address });
  const [one, two, his] = [windowOn(alice.host), windowOn(alice.host), windowOn(bob.host)];
  await becomeContacts(one.api, his.api);
  await his.api.send({ who: 'Alice', text: 'hello', id: null });
  await until(() => heard(one).includes('hello') && heard(two).includes('hello'), 'both windows hear', PATIENCE);
  await two.api.saveTyped({ who: 'Bob', text: 'Dear Bob' });
  await two.api.markRead({ who: 'Bob', upTo: null });
  await one.api.send({ who: 'Bob', text: 'Dear Bob', id: null, typed: true });
  await until(() => heard(his).includes('Dear Bob'), 'Bob hears', PATIENCE);
  const told = two.seen.flatMap((event): (string | number)[] =>
    event.event === 'typed' ? [event.text] : event.event === 'unread' ? [event.unread] : [],
  );
  expect(told).toEqual(['Dear Bob', 0, '']);
  const command = sotto(alice.home, 'send', 'Bob', 'from', 'the', 'command', 'line');
  expect(await within(once(command, 'exit'), 'a command beside the windows', PATIENCE)).toEqual([0, null]);
  await until(() => [one, two, his].every((each) => heard(each).includes('from the command line')), 'all hear of it', PATIENCE);
  await one.api.lock({});
  await his.api.send({ who: 'Alice', text: 'while you were away', id: null });
  await expect(two.api.conversations({})).rejects.toMatchObject({ code: 'LOCKED' });
  await until(
    async () => (await his.api.history({ who: 'Alice', limit: 9, before: null })).messages.at(-1)?.state === 'delivered',
    'received all the same',
    PATIENCE,
  );
  expect(heard(one)).not.toContain('while you were away');
  await two.api.unlock({ passphrase: 'correct horse' });
  expect((await one.api.conversation({ who: 'Bob' })).last?.text).toBe('while you were away');
});

test('a home that `sotto listen` has is shared, and taken over when it goes, also by kill -9', async () => {
  const { host, home } = await newHost('Alice');
  const { account } = await host.api.identity({});
  await host.close();
  const listen = sotto(home, 'listen', '--json');
  await within(once(createInterface({ input: listen.stdout as NodeJS.ReadableStream }), 'line'), 'listening', PATIENCE);
  const second = await hostOf(home);
  const { api, seen } = windowOn(second);
  await until(async () => (await api.home({})).state === 'open', 'open', PATIENCE);
  expect(await api.home({})).toMatchObject({ shared: true });
  expect((await api.identity({})).account).toBe(account);
  await api.setPreferences({ language: 'de' });
  listen.kill('SIGKILL');
  await until(async () => !(await api.home({})).shared, 'taken over', PATIENCE);
  expect((await api.identity({})).account).toBe(account);
  expect(await api.home({})).toMatchObject({ state: 'open', shared: false });
  expect(seen.at(-1)).toMatchObject({ event: 'home', home: { state: 'open', shared: false } });
  const child = sotto(home, 'contacts');
  expect(await within(once(child, 'exit'), 'the command', PATIENCE)).toEqual([0, null]);
});

test('two hosts share a home, and the one that stays has it when the other goes', async () => {
  const first = await newHost('Alice');
  const second = await hostOf(first.home);
  const { api, seen } = windowOn(second);
  await until(async () => (await api.home({})).state === 'open', 'open', PATIENCE);
  expect(await api.home({})).toMatchObject({ shared: true });
  await first.host.api.setName({ name: 'Alice of Oz' });
  expect((await api.identity({})).name).toBe('Alice of Oz');
  await first.host.close();
  await until(async () => !(await api.home({})).shared, 'taken over', PATIENCE);
  expect((await api.identity({})).name).toBe('Alice of Oz');
  expect(seen.filter(({ event }) => event === 'home').length).toBeGreaterThan(0);
});

test('the relay goes with the host, by close and by kill -9, and comes back at its address', async () => {
  const home = join(temporaryFolder(), 'Alice');
  const child = spawn(process.execPath, [PROGRAM, home], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await within(once(createInterface({ input: child.stdout }), 'line'), 'the host', PATIENCE)) as [string];
  const { address } = JSON.parse(line) as { address: string };
  expect(await answers(address)).toBe(true);
  child.kill('SIGKILL');
  await until(async () => !(await answers(address)), 'the relay goes too', PATIENCE);
  const host = await hostOf(home);
  await until(async () => (await host.api.localRelay({})).running, 'it runs again', PATIENCE);
  expect(await host.api.localRelay({})).toEqual({ running: true, address });
  await until(async () => (await host.api.identity({})).relays[0]?.state === 'connected', 'connected', PATIENCE);
  await host.close();
  expect(await answers(address)).toBe(false);
});
