// Starts the shell's own source with a double of Electron: bundled as it is, or with one place of it changed on purpose.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';
import { type ElectronDouble, electronDouble } from './electron-double.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const load = createRequire(import.meta.url);

/** One place of the source, changed. */
export interface Change {
  /** Path from the root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The text of a file with the change made. Throws when the place is not there, or not once: the list must follow the source. */
export function changed({ file, from, to }: Change): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`);
  return text.replace(from, () => to);
}

/** Bundles one file and all it needs. */
export async function bundle(entry: string, format: 'es' | 'cjs', change: Change | null): Promise<string> {
  const plugin: Plugin = {
    name: 'changed-source',
    enforce: 'pre',
    load: (id) => (change !== null && id === join(ROOT, change.file) ? changed(change) : null),
  };
  const output = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    plugins: [plugin],
    ssr: { noExternal: true, external: ['electron', 'vite', 'electron-builder', '@electron/fuses'] },
    build: { ssr: true, write: false, minify: false, target: 'node24', rolldownOptions: { input: join(ROOT, entry), output: { format } } },
  });
  return (output as Rolldown.RolldownOutput).output[0].code;
}

/** Takes `electron` from the test instead of from a package that would fetch a binary. */
function withDouble(code: string): string {
  return code.replace(/^import \{([^}]*)\} from "electron";$/gm, (_all, names: string) => {
    return `const {${names.replaceAll(' as ', ': ')}} = globalThis.sottoElectronDouble;`;
  });
}

/** A shell that was started. */
export interface StartedShell {
  readonly electron: ElectronDouble;
  /** Its folder, as the build would leave it; files of the page are `index.html` and `assets/page.js`. */
  readonly folder: string;
}

/** Starts main. @param settings how the system is */
export async function startShell(
  settings: { readonly packaged?: boolean; readonly onlyInstance?: boolean; readonly change?: Change | null } = {},
): Promise<StartedShell> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-shell-'));
  const userData = join(folder, 'user data');
  for (const name of ['main', 'page/assets', 'user data']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Sotto</title>');
  writeFileSync(join(folder, 'page', 'assets', 'page.js'), 'export {};');
  writeFileSync(join(folder, 'page-files.json'), JSON.stringify(['index.html', 'assets/page.js']));
  writeFileSync(join(folder, 'secret.js'), 'not of the page');
  const main = join(folder, 'main', 'main.mjs');
  writeFileSync(main, withDouble(await bundle('desktop/main/main.ts', 'es', settings.change ?? null)));
  const electron = electronDouble({ packaged: settings.packaged ?? true, userData, onlyInstance: settings.onlyInstance ?? true });
  Object.assign(globalThis, { sottoElectronDouble: electron.module });
  load(main);
  await electron.ready();
  return { electron, folder };
}

/** Takes away what a start left. */
export function removeShell({ folder }: StartedShell): void {
  rmSync(folder, { recursive: true, force: true });
}
