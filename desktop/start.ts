// `npm start`: the window. In Electron where its program is there; otherwise the same window in the browser, by `sotto ui`. Downloads nothing.
// It looks for the file and never imports the package, which would fetch what is not there.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SOTTO = join(ROOT, 'core', 'cli', 'start.js');
const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  win32: 'electron.exe',
};

type Env = Readonly<Record<string, string | undefined>>;

/** Electron's program; null when it is not there. */
export function electronProgram(env: Env, platform: NodeJS.Platform): string | null {
  const folder = env.ELECTRON_OVERRIDE_DIST_PATH || join(ROOT, 'node_modules', 'electron', 'dist');
  const program = join(folder, PROGRAMS[platform] ?? 'electron');
  return existsSync(program) ? program : null;
}

/** Why the window opens in the browser, as one line; null when it opens in Electron. */
export function whyBrowser(env: Env, platform: NodeJS.Platform): string | null {
  if (electronProgram(env, platform) === null)
    return 'Electron is not here (`npx install-electron` would fetch it); this is the same window for your browser.';
  const hasScreen = platform === 'win32' || platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return hasScreen ? null : 'There is no screen for Electron here; this is the same window for a browser.';
}

/** Runs a program until it ends, with this terminal; the answer is its exit code. Signals are its affair. */
function run(program: string, words: readonly string[]): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  // A terminal gives Ctrl-C to both of us; twice would be taken for impatience.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
  });
}

async function start(words: readonly string[]): Promise<number> {
  const why = whyBrowser(process.env, process.platform);
  const program = electronProgram(process.env, process.platform);
  if (why !== null || program === null) {
    console.error(why);
    return run(process.execPath, [SOTTO, 'ui', ...words]);
  }
  const { buildShell } = await import('./build/shell.ts');
  const { appFolder } = await buildShell();
  return run(program, [appFolder, ...words]);
}

if (import.meta.main) process.exitCode = await start(process.argv.slice(2));
