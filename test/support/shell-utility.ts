// A utility process of the desktop as a process of plain Node: its real bundle, with a double of Electron's parent port.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Carrier } from '../../core/carrier/carrier.ts';
import { Ending } from '../../core/carrier/carrier.ts';
import { connectApi } from '../../core/carrier/connect.ts';
import { type WindowApi, windowContract } from '../../core/window-api.ts';
import type { FromEngine, ToEngine } from '../../desktop/engine-protocol.ts';

const BRIDGE = join(import.meta.dirname, 'shell-utility.mjs');

const NO_KEYRING = { available: false, backend: null, strong: false };

/** What comes over the channel. */
type Said = { readonly main: FromEngine } | { readonly line: number; readonly frame: string } | { readonly closed: number };

/** A running process, with what it said to main. */
export class Utility {
  readonly child: ChildProcess;
  readonly said: FromEngine[] = [];
  /** Lines that the process closed, by number: the first window has the first. */
  readonly closed: number[] = [];
  /** A test's own main. */
  answer: ((main: FromEngine) => void) | null = null;
  /** Everything it wrote on its standard output and error. */
  output = '';
  #lines = 0;
  readonly #listeners = new Set<(said: Said) => void>();

  /** Starts a bundle. @param env added to a small environment @param folder where it runs */
  constructor(
    entry: string,
    options: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>>; readonly cwd: string },
  ) {
    this.child = fork(BRIDGE, [entry, ...(options.args ?? [])], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, HOME: options.cwd, ...options.env },
      execArgv: [],
      silent: true,
    });
    this.child.stdout?.on('data', (text) => void this.#wrote(text));
    this.child.stderr?.on('data', (text) => void this.#wrote(text));
    this.child.on('message', (said: Said) => {
      if ('main' in said) this.#hear(said.main);
      if ('closed' in said) this.closed.push(said.closed);
      for (const listener of this.#listeners) listener(said);
    });
  }

  /** What main answers by itself: there is no keyring here, unless a test has one. */
  #hear(main: FromEngine): void {
    this.said.push(main);
    if (this.answer !== null) this.answer(main);
    else if (main.kind === 'keyring-state') this.say({ kind: 'keyring', ask: main.ask, keyring: NO_KEYRING });
  }

  #wrote(text: unknown): void {
    this.output += String(text);
  }

  /** Main says something. */
  say(main: ToEngine | 'stop', line?: number): void {
    this.child.send({ main, line });
  }

  /** What it said to main, of a kind; waits for it. */
  async heard<K extends FromEngine['kind']>(kind: K): Promise<Extract<FromEngine, { readonly kind: K }>> {
    for (;;) {
      const found = this.said.find((said) => said.kind === kind);
      if (found !== undefined) return found as Extract<FromEngine, { readonly kind: K }>;
      await once(this.child, 'message', { signal: AbortSignal.timeout(20_000) });
    }
  }

  /** A page that got its port. */
  window(window: number): WindowApi {
    return connectApi(this.line(window), windowContract);
  }

  /** The page's end of a new line for a window. */
  line(window: number): Carrier {
    this.#lines += 1;
    const line = this.#lines;
    const ending = new Ending();
    this.child.once('exit', () => void ending.happen());
    const carrier: Carrier = {
      send: (frame) => {
        if (this.child.connected) this.child.send({ line, frame });
      },
      onFrame: (listener) => {
        this.#listeners.add((said) => {
          if ('frame' in said && said.line === line) listener(said.frame);
          if ('closed' in said && said.closed === line) ending.happen();
        });
      },
      onClose: (listener) => ending.listen(listener),
      close: () => void ending.happen(),
    };
    this.say({ kind: 'window', window }, line);
    return carrier;
  }

  /** Resolves with its exit code. */
  async gone(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const [code] = (await once(this.child, 'exit', { signal: AbortSignal.timeout(20_000) })) as [number | null];
    return code;
  }

  /** Ends it, whatever it does. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
