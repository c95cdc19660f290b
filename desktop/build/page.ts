// Builds the page into desktop/ui/dist when its sources have changed since; `node desktop/build/page.ts` also says how large its parts are.
// A build comes to its place by renaming: who reads at the same time gets the old one or the new one.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = join(ROOT, 'desktop', 'ui');
/** Where the built page lies. */
export const PAGE_FOLDER = join(PAGE, 'dist');
/** What it was built from, as a hash. Not served: it is no kind of file that a page has. */
const STAMP = '.built';
/** All that the page is built from; `try` only looks at it. */
const SOURCES = [
  'desktop/ui',
  'core/api.ts',
  'core/blob-api.ts',
  'core/live-api.ts',
  'core/wake-api.ts',
  'core/window-api.ts',
  'core/carrier',
  'core/base',
  'desktop/build/page.ts',
  'package-lock.json',
];
const NOT_SOURCES = /^desktop\/ui\/(?:dist|\.dist-[^/]*|try)(?:\/|$)/;

/** One file of a built page. */
export interface PagePart {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
  /** Loaded only when it is needed; everything else the page waits for. */
  readonly lazy: boolean;
}

/** What a build came to. */
export interface PageBuild {
  readonly folder: string;
  /** Empty when nothing had changed. */
  readonly parts: readonly PagePart[];
}

/**
 * Builds the page unless it is there already. Where the builder is not installed, the page that is there has to do.
 * @throws Error with one plain sentence when it cannot be built and there is none
 */
export async function buildPage(options: { readonly onBuild?: () => void } = {}): Promise<PageBuild> {
  const stamp = hashOfSources();
  if (isBuiltFrom(stamp)) return { folder: PAGE_FOLDER, parts: [] };
  const vite = await builder();
  if (vite === null && existsSync(join(PAGE_FOLDER, 'index.html'))) return { folder: PAGE_FOLDER, parts: [] };
  if (vite === null) throw new Error('The window is not built, and what builds it is not installed: run npm ci first.');
  options.onBuild?.();
  const place = join(PAGE, `.dist-${process.pid}`);
  const mode = process.env.NODE_ENV;
  try {
    // Whoever builds it, a test for one: libraries look at this to choose what is for their makers only.
    process.env.NODE_ENV = 'production';
    const output = await vite.build({
      configFile: join(PAGE, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: place, emptyOutDir: true },
    });
    writeFileSync(join(place, STAMP), stamp);
    putInPlace(place);
    return { folder: PAGE_FOLDER, parts: partsOf(output) };
  } finally {
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
    rmSync(place, { recursive: true, force: true });
  }
}

function isBuiltFrom(stamp: string): boolean {
  const path = join(PAGE_FOLDER, STAMP);
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

async function builder(): Promise<typeof import('vite') | null> {
  try {
    return await import('vite');
  } catch {
    return null;
  }
}

/** Two builds at once come to the same; the later one has its own thrown away. */
function putInPlace(place: string): void {
  const before = `${place}-before`;
  try {
    if (existsSync(PAGE_FOLDER)) renameSync(PAGE_FOLDER, before);
    renameSync(place, PAGE_FOLDER);
  } catch (error) {
    if (!existsSync(join(PAGE_FOLDER, 'index.html'))) throw error;
  } finally {
    rmSync(before, { recursive: true, force: true });
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap(filesOf).sort()) {
    const bytes = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function filesOf(source: string): readonly string[] {
  const start = join(ROOT, source);
  if (source.includes('.')) return [source];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !NOT_SOURCES.test(path));
}

type Output = Awaited<ReturnType<typeof import('vite')['build']>>;

function partsOf(built: Output): readonly PagePart[] {
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : [];
  const files = outputs.flatMap(({ output }) => output);
  const chunks = new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const awaited = new Set<string>();
  const wait = (name: string) => {
    const chunk = chunks.get(name);
    if (chunk === undefined || awaited.has(name)) return;
    awaited.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) awaited.add(style);
    for (const next of chunk.imports) wait(next);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) wait(chunk.fileName);
  return files.map((file) => {
    const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
    const lazy = file.fileName !== 'index.html' && !awaited.has(file.fileName);
    return { name: file.fileName, bytes: bytes.length, gzip: gzipSync(bytes).length, lazy };
  });
}

/** A line for each part, the largest first, and what the page waits for in all. */
export function sizes(parts: readonly PagePart[]): string {
  const kB = (bytes: number) => `${(bytes / 1_000).toFixed(1).padStart(8)} kB`;
  const rows = parts
    .toSorted((a, b) => b.gzip - a.gzip)
    .map(({ name, bytes, gzip, lazy }) => `${kB(bytes)} ${kB(gzip)} gzip  ${lazy ? 'later ' : 'first '} ${name}`);
  const code = parts.filter(({ name, lazy }) => name.endsWith('.js') && !lazy).reduce((sum, { gzip }) => sum + gzip, 0);
  return [...rows, `The page's code before its later parts: ${kB(code).trim()} gzip.`].join('\n');
}

if (import.meta.main) {
  const quiet = process.argv.includes('--quiet');
  try {
    const { parts } = await buildPage({ onBuild: () => console.error('Building the window; that takes some seconds, this once.') });
    if (!quiet) console.log(parts.length === 0 ? 'The window is built already.' : sizes(parts));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
