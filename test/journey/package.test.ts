// What `npm pack` gives works where there is no checkout. As people run the tests: the JavaScript it is made of, with this Node. In the full
// size (it needs a registry): the tarball, installed into an empty folder under Node 22 and Node 24, with nothing of this checkout in reach.
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emitCode } from '../../packaging/emit.ts';
import { ROOT } from '../support/readme.ts';
import { temporaryData } from '../support/relay-parts.ts';
import { type RelayProcess, relayOf } from '../support/relay-process.ts';
import { size } from '../support/size.ts';
import { startUi } from '../support/ui-process.ts';

const run = promisify(execFile);
/** How long one command may take, ms: npm over a slow line, one. */
const PATIENCE_MS = 300_000;

/** An installed package: its folder, and the variables its programs are started with. */
interface Installed {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder that a program of the package gets as its home; nothing of the checkout's Node comes before. */
const environment = (bin: string): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return { ...rest, PATH: `${bin}${delimiter}${process.env.PATH}`, SOTTO_PASSPHRASE: 'only-to-try' };
};

const program = ({ folder }: Installed, name: 'sotto' | 'sotto-relay') => join(folder, 'packaging', `${name}.js`);

async function call(installed: Installed, name: 'sotto' | 'sotto-relay', ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(program(installed, name), args, { env: installed.env, timeout: PATIENCE_MS });
  expect(stderr.replace(/^For one person, .*\n/, ''), `${name} ${args[0]}`).toBe('');
  return stdout;
}

/** What was set up: a relay, and Alice registered with it by a token. */
interface SetUp {
  readonly data: string;
  readonly line: string;
  readonly relay: RelayProcess;
}

async function setUp(installed: Installed): Promise<SetUp> {
  const data = await temporaryData();
  const own = ['--data', join(data, 'relay')];
  await call(installed, 'sotto-relay', 'init', ...own, '--listen', '/ip4/127.0.0.1/tcp/0/ws', '--closed');
  const { env } = installed;
  const relay = await relayOf(
    spawn(program(installed, 'sotto-relay'), ['run', '--json', ...own], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const line = (await call(installed, 'sotto-relay', 'token', 'create', ...own)).trim();
  expect(await call(installed, 'sotto', 'init', '--home', join(data, 'Alice'), '--name', 'Alice', '--relay', line)).toMatch(/ connected$/m);
  return { data, line, relay };
}

/** Alice writes to Bob over it while he is away. */
async function talk(installed: Installed, { data, line }: SetUp): Promise<void> {
  const home = (name: string) => ['--home', join(data, name)];
  const sotto = (...args: string[]) => call(installed, 'sotto', ...args);
  await sotto('init', ...home('Bob'), '--name', 'Bob', '--relay', line);
  await sotto('add', (await sotto('invite', ...home('Alice'))).trim(), '--as', 'alice', ...home('Bob'));
  await sotto('accept', 'Bob', '--as', 'bob', ...home('Alice'));
  expect(await sotto('send', 'bob', 'Hello Bob, are you there?', ...home('Alice'))).toBe('stored\n');
  await sotto('sync', ...home('Bob'));
  expect(await sotto('read', 'alice', ...home('Bob'))).toContain('Hello Bob, are you there?');
  expect(await call(installed, 'sotto-relay', 'status', '--data', join(data, 'relay'))).toContain('The relay is running.');
}

/** Everything below a folder, as paths from there. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

test('the JavaScript of the package is whole, keeps the lines of its sources, and lets Alice in at a relay', async () => {
  const folder = await temporaryData();
  emitCode(join(folder, 'dist'));
  const missing = filesBelow(join(folder, 'dist')).flatMap((path) => {
    const code = readFileSync(join(folder, 'dist', path), 'utf8');
    const named = [...code.matchAll(/(['"])(\.{1,2}\/[^'"\n]+\.[jt]s)\1/g)].map(([, , target]) => target ?? '');
    return named.filter((target) => !existsSync(join(folder, 'dist', dirname(path), target))).map((target) => `${path} names ${target}`);
  });
  expect(missing).toEqual([]);
  const places = (code: string) => [code.split('\n').length, code.indexOf('async function main')];
  const [source, made] = [join(ROOT, 'relay', 'main.ts'), join(folder, 'dist', 'relay', 'main.js')].map((path) =>
    readFileSync(path, 'utf8'),
  );
  expect(places(made ?? '')).toEqual(places(source ?? ''));

  mkdirSync(join(folder, 'packaging'));
  for (const name of ['sotto.js', 'sotto-relay.js']) cpSync(join(ROOT, 'packaging', name), join(folder, 'packaging', name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const installed = { folder, env: environment(dirname(process.execPath)) };
  expect(await call(installed, 'sotto', '--version')).toMatch(/^sotto \d/);
  const { relay } = await setUp(installed);
  expect(await relay.end('SIGTERM')).toBe(0);
});

/** Installs into an empty folder, by the npm of this machine under the Node that comes first. */
async function install(what: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', what], { cwd: folder, env, timeout: PATIENCE_MS });
}

async function packed(): Promise<string> {
  const to = await temporaryData();
  await run('npm', ['pack', '--pack-destination', to], { cwd: ROOT, timeout: PATIENCE_MS, maxBuffer: 16_777_216 });
  const [name = ''] = readdirSync(to);
  return join(to, name);
}

/** The folder with the program of another Node, from the registry. */
async function nodeOf(major: number): Promise<string> {
  const folder = await temporaryData();
  await install(`node@${major}`, folder, process.env);
  return join(folder, 'node_modules', 'node', 'bin');
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

if (size !== 'usual') {
  test('the tarball holds JavaScript, the window, the papers and nothing else; installed, it works under Node 22 and Node 24', async () => {
    const tarball = await packed();
    for (const major of [22, 24]) {
      const bin = await nodeOf(major);
      const env = environment(bin);
      expect((await run('node', ['--version'], { env })).stdout).toMatch(`v${major}.`);
      const place = await temporaryData();
      await install(tarball, place, env);
      const modules = join(place, 'node_modules');
      const installed = { folder: join(modules, 'sotto'), env };
      if (major === 22) looksRight(installed.folder, modules);
      expect((await run(join(modules, '.bin', 'sotto-relay'), ['--help'], { env })).stdout).toContain('sotto-relay run');
      const there = await setUp(installed);
      await talk(installed, there);
      expect(await there.relay.end('SIGTERM')).toBe(0);
      await showsTheWindow(installed, join(place, 'home'), join(bin, 'node'));
    }
  }, 900_000);
}

function looksRight(folder: string, modules: string): void {
  const files = filesBelow(folder);
  const known = /^(dist\/.+\.(js|json|css|html|md)|packaging\/(sotto(-relay)?\.js|sotto-relay\.service)|docs\/.+|package\.json)$/;
  const papers = ['LICENSE', 'README.md', 'core/wire/PROTOCOL.md', 'relay/README.md'];
  expect(files.filter((path) => !known.test(path))).toEqual(expect.arrayContaining(papers));
  expect(files.filter((path) => !known.test(path) && !papers.includes(path))).toEqual([]);
  expect(files).toContain('dist/desktop/ui/dist/index.html');
  const places = [`${ROOT}/`, `${homedir()}/`];
  expect(files.filter((path) => places.some((one) => readFileSync(join(folder, path), 'latin1').includes(one)))).toEqual([]);
  const there = (name: string) => existsSync(join(modules, name));
  expect(Object.keys(manifest.dependencies).filter((name) => !there(name))).toEqual([]);
  expect(['typescript', 'vite', 'vitest', 'electron', 'react', 'playwright-core'].filter(there)).toEqual([]);
}

async function showsTheWindow(installed: Installed, home: string, node: string): Promise<void> {
  const ends: (() => unknown)[] = [];
  const ui = await startUi([program(installed, 'sotto'), 'ui', '--no-open', '--home', home], {}, ends, node);
  const page = await fetch(new URL('/', ui.address));
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Sotto</title>')]);
  expect(await ui.stop()).toBe(0);
}
