// Builds everything that is not the page: main, preload, engine, the thread that opens messages, the relay; and puts the page beside them.
// The folder it answers is what Electron is started with and what is packed.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { argv, stdout } from 'node:process';
import { build, type InlineConfig, type Plugin } from 'vite';
import { NATIVE, noticesOf, ROOT, withAllTheyNeed } from './packages.ts';
import { buildPage, PAGE_FOLDER } from './page.ts';

/** What was built, with a package.json that names where it starts. */
export const APP_FOLDER: string = join(ROOT, 'desktop', 'dist');
const STAMP = join(APP_FOLDER, '.built');

/** What the processes are made of. */
const SOURCES = [
  'core',
  'relay',
  'desktop/main',
  'desktop/engine',
  'desktop/build',
  'desktop/icons',
  'desktop/engine-protocol.ts',
  'package-lock.json',
];
/** What the page is made of besides packages of the app itself. */
const PAGE_PACKAGES = ['@base-ui/react', 'i18next', 'linkifyjs', 'react', 'react-dom', 'react-i18next', 'uqr', 'virtua'];

/** The processes that main starts. The depth of each is that of its source, because parts find each other by relative paths. */
const PROCESSES = {
  'engine/engine': 'desktop/engine/engine.ts',
  'engine/relay-entry': 'desktop/engine/relay-entry.ts',
  // Not open-thread-start.js: the cache it turns on would be written into the app.
  'session/open-thread-start': 'core/session/open-thread.ts',
  'relay/relay': 'relay/main.ts',
};

/** Builds what changed since the last time; answers the folder to start Electron with. */
export async function buildShell(): Promise<{ readonly appFolder: string }> {
  await buildPage();
  if (!isFresh()) {
    rmSync(APP_FOLDER, { recursive: true, force: true });
    await buildProcesses(APP_FOLDER);
    writeFileSync(STAMP, '');
  }
  takePage(PAGE_FOLDER, APP_FOLDER);
  return { appFolder: APP_FOLDER };
}

/** Builds everything but the page, into any folder. */
export async function buildProcesses(folder: string): Promise<void> {
  await build(config(folder, PROCESSES, 'es'));
  // One file, because everybody waits for it.
  await build(config(folder, { 'main/main': 'desktop/main/main.ts' }, 'es'));
  // A sandboxed preload knows no modules: one file in the old format.
  await build(config(folder, { 'main/preload': 'desktop/main/preload.ts' }, 'cjs'));
  describe(folder);
}

function config(folder: string, input: Readonly<Record<string, string>>, format: 'es' | 'cjs'): InlineConfig {
  return {
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    plugins: [requireBecomesImport()],
    ssr: { noExternal: true, external: ['electron', ...NATIVE] },
    build: {
      ssr: true,
      target: 'node24',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, path]) => [name, join(ROOT, path)])),
        output: { format, entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  };
}

/** The one package that core loads late by `require`, which no bundler follows: beside a bundle there would be nothing to load. */
function requireBecomesImport(): Plugin {
  const asked = "createRequire(import.meta.url)('@multiformats/multiaddr')";
  return {
    name: 'sotto:require-becomes-import',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('core/wire/link.ts')) return null;
      if (!code.includes(asked)) throw new Error('core/wire/link.ts loads multiaddr in another way now; so must the bundle.');
      return `import * as multiaddrPackage from '@multiformats/multiaddr';\n${code.replace(asked, 'multiaddrPackage')}`;
    },
  };
}

function describe(folder: string): void {
  const { version, description, license, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly [field: string]: string;
  } & { readonly dependencies: Readonly<Record<string, string>> };
  const manifest = { name: 'sotto', productName: 'Sotto', version, description, license, type: 'module', main: 'main/main.js' };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), noticesOf(withAllTheyNeed([...Object.keys(dependencies), ...PAGE_PACKAGES])));
  cpSync(join(ROOT, 'desktop', 'icons'), join(folder, 'icons'), { recursive: true });
}

/** Copies the page, without maps and hidden files, and writes down which files it has: nothing else is ever served. */
export function takePage(from: string, folder: string): void {
  rmSync(join(folder, 'page'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(from, join(folder, 'page'), { recursive: true, filter: (path) => !/\.map$|[/\\]\.[^/\\]*$/.test(path) });
  writeFileSync(join(folder, 'page-files.json'), JSON.stringify(filesBelow(join(folder, 'page'))));
}

/** Every file below a folder, by its path from there with `/`. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function isFresh(): boolean {
  if (!existsSync(STAMP)) return false;
  const built = statSync(STAMP).mtimeMs;
  return SOURCES.every((source) => newest(join(ROOT, source)) <= built);
}

/** When a file, or the newest file or folder below a folder, changed, ms. A file that went changes its folder. */
function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (argv[1] === import.meta.filename) stdout.write(`${(await buildShell()).appFolder}\n`);
