// Opens the address of the window in the default browser. The address is a key: it never stands among the words of a process, which every
// user of a machine may read, nor goes a passphrase along in the environment.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a browser has to read the file that leads to the address, ms: a cold start of a large one on a slow disk. */
const FILE_KEPT_MS = 60_000;

type Env = Readonly<Record<string, string | undefined>>;

/** What is run to open an address. */
export interface Opener {
  readonly program: string;
  readonly words: readonly string[];
  /** What it reads from standard input. */
  readonly input: string;
  /** Removes what was made for it. */
  clean(): void;
}

/** An address on its way to a browser. */
export interface Opening {
  /** False when no browser can be opened here. */
  readonly opened: Promise<boolean>;
  /** Removes what was made for it. To be called once the window is there, or will not be. */
  clean(): void;
}

/** Opens it. @param platform as of `process` */
export function openAddress(address: string, env: Env, platform: NodeJS.Platform = process.platform): Opening {
  const opener = hasScreen(env, platform) ? openerFor(address, platform) : null;
  if (opener === null) return { opened: Promise.resolve(false), clean: () => undefined };
  const timer = setTimeout(opener.clean, FILE_KEPT_MS).unref();
  const clean = () => {
    clearTimeout(timer);
    opener.clean();
  };
  return { opened: start(opener, env), clean };
}

/** Without a screen, or at the far end of a shell, a browser would open in the terminal or for nobody. */
function hasScreen(env: Env, platform: NodeJS.Platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return env.SSH_CONNECTION === undefined;
  return [env.DISPLAY, env.WAYLAND_DISPLAY].some((name) => name !== undefined && name !== '');
}

/**
 * The words of a process are hidden from other users on Windows. On macOS the address goes to `osascript` by its standard input. Elsewhere
 * `xdg-open` gets the path of a page that only this user can read and that leads to the address.
 */
export function openerFor(address: string, platform: NodeJS.Platform): Opener {
  const bare = { input: '', clean: () => undefined };
  if (platform === 'win32') return { program: 'rundll32', words: ['url.dll,FileProtocolHandler', address], ...bare };
  if (platform === 'darwin') return { program: 'osascript', words: ['-'], ...bare, input: `open location "${address}"\n` };
  const folder = privateFolder();
  const file = join(folder, 'window.html');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${address}"><title>Sotto</title>\n`;
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' });
  return { program: 'xdg-open', words: [file], input: '', clean: () => rmSync(folder, { recursive: true, force: true }) };
}

/** In the user's own folder and not hidden: a browser in a snap sees neither the system's temporary files nor what begins with a dot. */
function privateFolder(): string {
  try {
    return mkdtempSync(join(homedir(), 'sotto-window-'));
  } catch {
    return mkdtempSync(join(tmpdir(), 'sotto-window-'));
  }
}

/** Some openers end when the browser has the address, some when it is closed: only an early failure says something. */
function start({ program, words, input }: Opener, env: Env): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { env: withoutOurs(env), stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.unref();
  });
}

/** The environment without what is Sotto's: the passphrase, above all. */
export function withoutOurs(env: Env): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SOTTO_')));
}
