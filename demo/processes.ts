// The programs of the demo: starts them, reads their lines, ends them. It never ends a process that it did not start.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SottoError } from '../core/base/errors.ts';

/** How long anything that a program should do may take before the demo gives up, ms. Generous: machines are busy at times. */
const PATIENCE_MS = 60_000;
/** How long a program may take to go before it is killed, ms. */
const GO_MS = 10_000;
/** Bytes of error output that are kept to explain a failure. */
const MOST_ERRORS = 4_096;

/** Where the programs lie. */
export const SOTTO = fileURLToPath(new URL('../core/cli/start.js', import.meta.url));
/** See `SOTTO`. */
export const SOTTO_RELAY = fileURLToPath(new URL('../relay/main.ts', import.meta.url));

/** One running program. */
export class Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #gone: Promise<unknown>;
  readonly #signal: AbortSignal;
  /** Lines of its standard output so far. */
  readonly lines: string[] = [];
  #errors = '';
  #isGone = false;

  constructor(name: string, child: ChildProcess, signal: AbortSignal) {
    this.#name = name;
    this.#child = child;
    this.#signal = signal;
    child.stdin?.on('error', () => undefined); // it may go before it has read everything; its exit code tells
    child.stderr?.on('data', (piece) => {
      this.#errors = `${this.#errors}${piece}`.slice(-MOST_ERRORS);
    });
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.lines.push(line);
        this.#step();
      });
    }
    this.#gone = once(child, 'close').then(
      () => undefined,
      () => undefined,
    );
    void this.#gone.then(() => {
      this.#isGone = true;
      this.#step();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Gives it lines to read. */
  write(lines: readonly string[]): void {
    this.#child.stdin?.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Says that there is nothing more to read. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Waits until `look` finds something, asking again after every line. @throws TIMEOUT, CLOSED when it goes before, or we are stopped */
  async until<T>(what: string, look: () => T | null): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== null) return found;
      if (this.#signal.aborted) throw new SottoError('CLOSED', 'Interrupted.');
      if (this.#isGone) throw new SottoError('CLOSED', `${this.#name} ended before ${what}. ${this.#errors}`);
      if (performance.now() >= deadline) throw new SottoError('TIMEOUT', `${this.#name}: ${what} did not happen. ${this.#errors}`);
      await this.#nextStep(deadline - performance.now());
    }
  }

  /** Waits for its end and demands that it went well. @throws REFUSED with what it complained of */
  async done(): Promise<readonly string[]> {
    await this.until('its end', () => (this.#isGone ? true : null));
    if (this.#child.exitCode !== 0) throw new SottoError('REFUSED', `${this.#name} failed. ${this.#errors}`);
    return this.lines;
  }

  /** Ends it with a signal and waits until it is gone; kills it when it does not go. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GO_MS);
    await this.#gone;
    clearTimeout(timer);
  }

  /** At once, without waiting: for the moment when this process itself goes. */
  killNow(): void {
    if (!this.#isGone) this.#child.kill('SIGKILL');
  }

  #nextStep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.#watchers.delete(go);
        this.#signal.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, Math.max(0, ms));
      this.#watchers.add(go);
      this.#signal.addEventListener('abort', go, { once: true });
    });
  }

  #step(): void {
    for (const go of [...this.#watchers]) go();
  }
}

/** All programs of one demo. */
export class Processes {
  readonly #signal: AbortSignal;
  readonly #programs = new Set<Program>();

  /** @param signal stops every waiting when aborted */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    process.on('exit', () => this.killNow());
  }

  /** Starts one of our programs on the Node that runs this. */
  start(name: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio: 'pipe', windowsHide: true });
    const started = new Program(name, child, this.#signal);
    this.#programs.add(started);
    return started;
  }

  /** Ends everything that still runs, and waits for it. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#programs].map((program) => program.end('SIGTERM')));
  }

  killNow(): void {
    for (const program of this.#programs) program.killNow();
  }
}
