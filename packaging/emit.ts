// Makes dist/, the JavaScript of the installable package: `npm pack` runs it first. Types become blanks, so that every line and column stays
// where it is in the sources. With --without-window only what a relay and the command line need; that takes no installed package.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** Node strips no types below node_modules, so what was a .ts there must name a .js; the same number of letters. */
const RELATIVE_TS = /(['"])(\.{1,2}\/[^'"\n]*)\.ts\1/g;

/** Writes core/ and relay/ as JavaScript below a folder, with the package.json that the program asks for its version. */
export function emitCode(folder: string): void {
  for (const path of ['core', 'relay'].flatMap(codeBelow)) {
    const source = readFileSync(join(ROOT, path), 'utf8');
    const code = path.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
    const target = join(folder, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code.replace(RELATIVE_TS, '$1$2.js$1'));
  }
  const { name, version, type, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, private: true, type, license }, null, 2)}\n`);
}

/** Puts the built window beside the code, where the program looks for it; builds it first when its sources have changed. */
export async function emitWindow(folder: string): Promise<void> {
  const { buildPage } = await import('../desktop/build/page.ts');
  const page = await buildPage();
  const filter = (path: string) => !/\.map$|[/\\]\.[^/\\]*$/.test(path);
  cpSync(page.folder, join(folder, 'desktop', 'ui', 'dist'), { recursive: true, filter });
}

function codeBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[tj]s$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(ROOT, 'dist');
  rmSync(folder, { recursive: true, force: true });
  emitCode(folder);
  if (!process.argv.includes('--without-window')) await emitWindow(folder);
}
