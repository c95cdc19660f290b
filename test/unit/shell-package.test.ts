// The packed app, without Electron: built as for people, packed around a stand-in for the binary, read back; and its engine and relay run
// from the unpacked files by plain Node, away from the checkout.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { createPackage, extractAll, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { build, type Configuration, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../desktop/build/packages.ts';
import { buildProcesses, takePage } from '../../desktop/build/shell.ts';
import { FUSES, nativeFiles, packing } from '../../desktop/electron-builder.config.ts';
import { LocalRelay } from '../../desktop/main/local-relay.ts';
import { Utility } from '../support/shell-utility.ts';

const work = mkdtempSync(join(tmpdir(), 'sotto-package-'));
const config = packing({ app: relative(ROOT, join(work, 'app')), output: relative(ROOT, join(work, 'out')) });
const unpacked = join(work, 'out', 'linux-unpacked');
const resources = join(unpacked, 'resources');
const running: Utility[] = [];
let files: readonly string[] = [];

/** A folder with the shape of Electron's, in which nothing runs: fuses all as they come, and Electron's empty app. */
async function standIn(folder: string): Promise<string> {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'empty', 'package.json'), '{}');
  await createPackage(join(folder, 'empty'), join(folder, 'resources', 'default_app.asar'));
  rmSync(join(folder, 'empty'), { recursive: true });
  const count = Object.keys(FUSES).length;
  const wire = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, count]), Buffer.alloc(count, '0')]);
  writeFileSync(join(folder, 'electron'), wire, { mode: 0o755 });
  writeFileSync(join(folder, 'version'), String(config.electronVersion));
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, name), name);
  return folder;
}

beforeAll(async () => {
  const page = join(work, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Sotto</title>');
  writeFileSync(join(page, 'assets', 'page.js.map'), '{}');
  await buildProcesses(join(work, 'app'));
  takePage(page, join(work, 'app'));
  const electronDist = await standIn(join(work, 'electron'));
  await build({ projectDir: ROOT, config: { ...config, electronDist }, targets: Platform.LINUX.createTarget('dir') });
  files = listPackage(join(resources, 'app.asar'), { isPack: false }).map((path) => path.slice(1));
}, 120_000);

afterAll(async () => {
  for (const utility of running) await utility.end();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});

test('the configuration is one that electron-builder understands, and a misspelt one is not', async () => {
  await validateConfiguration(config, new DebugLogger(false));
  const misspelt = { ...config, asarUnpak: [] } as Configuration;
  await expect(validateConfiguration(misspelt, new DebugLogger(false))).rejects.toThrow(/asarUnpak/);
});

test('the packed app holds everything that runs', () => {
  const needed = ['package.json', 'main/main.js', 'main/preload.cjs', 'engine/engine.js', 'engine/relay-entry.js', 'relay/relay.js'];
  const more = ['session/open-thread-start.js', 'page/index.html', 'page-files.json', 'icons/tray.png', 'THIRD-PARTY.txt'];
  expect([...needed, ...more].filter((file) => !files.includes(file))).toEqual([]);
});

test('the packed app holds no source, no test, no map and nothing of another system', () => {
  expect(files.filter((file) => /\.(?:ts|tsx|map|md|test\.js)$|(?:^|\/)(?:tests?|src|deps|\.[^/]+)(?:\/|$)/.test(file))).toEqual([]);
  const binaries = files.filter((file) => file.endsWith('.node'));
  expect(binaries.map((file) => file.split('/').find((part) => part.startsWith('linux-')))).toEqual([
    `linux-${process.arch}`,
    `linux-${process.arch}`,
  ]);
});

test.each([
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
] as const)('for %s on %s each native package brings exactly its own binary, wherever it is packed', (platform, arch) => {
  const counts = nativeFiles(platform).flatMap(({ from = '', filter = [] }) => {
    const prebuilds = join(from, 'prebuilds');
    if (!existsSync(prebuilds)) return [];
    const wanted = [filter].flat().find((pattern) => pattern.startsWith('prebuilds/')) ?? '';
    const all = readdirSync(prebuilds, { recursive: true }).map((path) => `prebuilds/${String(path)}`);
    return [all.filter((path) => matchesGlob(path, wanted.replace('$' + '{arch}', arch)) && !path.includes('musl')).length];
  });
  expect(counts).toEqual([1, 1]);
});

test('only what is native lies beside the archive, and all of it is small enough to download', () => {
  const beside = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(beside.every(({ name }) => name.endsWith('.node'))).toBe(true);
  const bytes = beside.reduce(
    (sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size,
    statSync(join(resources, 'app.asar')).size,
  );
  expect(bytes).toBeLessThan(48 * 1024 * 1024);
});

test('licences come along where people find them', () => {
  expect(readFileSync(join(resources, 'LICENSE'), 'utf8')).toContain('GNU AFFERO GENERAL PUBLIC LICENSE');
  const others = readFileSync(join(resources, 'THIRD-PARTY.txt'), 'utf8');
  for (const name of ['@signalapp/libsignal-client', 'classic-level', 'libp2p', 'react', 'valibot']) expect(others).toContain(`\n${name} `);
  expect(existsSync(join(unpacked, 'LICENSES.chromium.html'))).toBe(true);
});

test('every fuse of the packed binary is as it was decided', async () => {
  const wire = await getCurrentFuseWire(join(unpacked, 'sotto-desktop'));
  const state = Object.fromEntries(Object.keys(FUSES).map((fuse) => [fuse, wire[Number(fuse) as FuseV1Options] === FuseState.ENABLE]));
  expect(state).toEqual(FUSES);
  expect(Object.keys(FUSES)).toHaveLength(Object.keys(FuseV1Options).filter((key) => !/^\d/.test(key)).length);
});

/** The archive as files, away from the checkout: what is not packed is not found. */
function asFiles(): string {
  const folder = join(work, 'files');
  if (!existsSync(folder)) extractAll(join(resources, 'app.asar'), folder);
  return folder;
}

function start(entry: string, args: readonly string[] = []): Utility {
  const home = mkdtempSync(join(work, 'home-'));
  const utility = new Utility(join(asFiles(), entry), { args, cwd: home, env: { SOTTO_HOME: join(home, 'sotto') } });
  running.push(utility);
  return utility;
}

test('the packed engine makes Alice a home, opens it, answers over a port, and goes when told', async () => {
  const engine = start('engine/engine.js');
  engine.say({ kind: 'ping', ping: 1 });
  expect(await engine.heard('pong')).toEqual({ kind: 'pong', ping: 1 });
  expect(await engine.heard('look')).toEqual({ kind: 'look', appearance: 'system', language: 'system' });
  const alice = engine.window(1);
  expect(await alice.home({})).toMatchObject({ state: 'none', desktop: true });
  expect(await alice.createHome({ name: 'Alice', passphrase: null, keyring: false })).toMatchObject({ state: 'open' });
  expect((await alice.identity({})).name).toBe('Alice');
  await alice.setPreferences({ language: 'de' });
  expect(engine.said).toContainEqual({ kind: 'look', appearance: 'system', language: 'de' });
  engine.say({ kind: 'stop' });
  expect(await engine.gone()).toBe(0);
  await expect(alice.home({})).rejects.toThrow();
  expect(engine.output).toBe('');
});

test('a window that comes again gets a new line, and its old one is closed', async () => {
  const engine = start('engine/engine.js');
  await engine.window(1).home({});
  expect(engine.closed).toEqual([]);
  await engine.window(1).home({});
  await expect.poll(() => engine.closed).toEqual([1]);
});

test('the packed relay comes up, says where it is, and goes in good order', async () => {
  const relay = start('engine/relay-entry.js', ['run', '--data', join(work, 'relay'), '--listen', '/ip4/127.0.0.1/tcp/0/ws', '--json']);
  await expect.poll(() => relay.output, { timeout: 20_000 }).toMatch(/"type":"ready".*\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws/);
  relay.say('stop');
  expect(await relay.gone()).toBe(0);
});

test('the packed engine runs the packed relay through main, and uses the keyring through main', async () => {
  const engine = start('engine/engine.js');
  const relay = new LocalRelay(
    (args) => {
      const { child } = start('engine/relay-entry.js', args);
      return {
        stdout: child.stdout,
        on: child.on.bind(child),
        postMessage: (main) => void child.send({ main }),
        kill: () => child.kill('SIGKILL'),
      };
    },
    (message) => engine.say(message),
  );
  engine.answer = (main) => {
    if (main.kind === 'relay-start' || main.kind === 'relay-stop') void relay.answer(main);
    if (main.kind === 'keyring-state')
      engine.say({ kind: 'keyring', ask: main.ask, keyring: { available: true, backend: 'kwallet6', strong: true } });
    if (main.kind === 'keyring-seal') engine.say({ kind: 'secret', ask: main.ask, value: `sealed ${main.value}` });
    if (main.kind === 'keyring-open') engine.say({ kind: 'secret', ask: main.ask, value: main.value.replace('sealed ', '') });
  };
  const alice = engine.window(1);
  await alice.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: true });
  const { address } = await alice.startLocalRelay({});
  expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\//);
  await expect.poll(async () => (await alice.identity({})).relays[0]?.state, { timeout: 10_000 }).toBe('connected');
  expect(await alice.home({})).toMatchObject({ slots: { passphrase: true, keyring: true }, keyring: { backend: 'kwallet6' } });
  expect(JSON.stringify(engine.said)).not.toContain('correct horse');
  engine.say({ kind: 'stop' });
  expect(await engine.gone()).toBe(0);
  // It went in order: the relay with it.
  expect(await running.at(-1)?.gone()).toBe(0);
});

test('the thread that opens backlogs finds what it needs in the packed app', async () => {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(join(asFiles(), 'session', 'open-thread-start.js'), { workerData: { device: new Uint8Array(0) } });
  const error = await new Promise<Error>((resolve) => worker.once('error', resolve));
  // It came as far as reading the device, which is none here: every module was found.
  expect(error.message).not.toMatch(/Cannot find|ERR_MODULE/);
  expect(dirname(String(error.stack).match(/file:\/\/([^\s:)]+)/)?.[1] ?? '')).toContain(asFiles());
});
