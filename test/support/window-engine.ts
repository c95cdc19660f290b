// `sotto ui` as a process: one person's engine, served to a browser. Can be killed and started again over the same home.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from './net-wait.ts';

const PROGRAM = fileURLToPath(new URL('../../core/cli/start.js', import.meta.url));
/** How long it may take to come up, ms: a machine with two busy cores. */
const PATIENCE = 30_000;

/** What it says first. */
interface Ready {
  readonly url: string;
}

/** One person's `sotto ui`. */
export class UiProcess {
  readonly home: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #written: string[] = [];
  #url = '';

  constructor(home: string, ...args: string[]) {
    this.home = home;
    this.#args = args;
  }

  /** Process id of the engine. @throws Error while it does not run */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('sotto ui does not run');
    return pid;
  }

  /** The address with a token that nobody used yet, at the first reading after a start. */
  get url(): string {
    return this.#url;
  }

  /** Everything it wrote to stderr. */
  get complaints(): string {
    return this.#written.join('');
  }

  async start(): Promise<this> {
    const child = spawn(process.execPath, [PROGRAM, 'ui', '--json', '--no-open', '--home', this.home, ...this.#port(), ...this.#args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: this.home, BROWSER: 'false' },
    });
    this.#child = child;
    this.#written = [];
    child.stderr.on('data', (piece) => this.#written.push(String(piece)));
    const lines = createInterface({ input: child.stdout });
    const first = once(lines, 'line') as Promise<[string]>;
    const gone = once(child, 'exit').then(() => {
      throw new Error(`sotto ui ended: ${this.complaints}`);
    });
    gone.catch(() => undefined);
    const [line] = await within(Promise.race([first, gone]), 'sotto ui is up', PATIENCE);
    this.#url = (JSON.parse(line) as Ready).url;
    return this;
  }

  /** The same address in all its lives, as somebody has who chose one: a tab keeps what it keeps by its address. */
  #port(): string[] {
    return this.#url === '' ? [] : ['--port', new URL(this.#url).port];
  }

  /** Signals it and waits until it is gone; harmless when it is. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await within(gone, 'sotto ui is gone', PATIENCE);
  }
}
