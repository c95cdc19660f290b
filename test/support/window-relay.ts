// A relay as a process that people of a window talk over; it can be killed, and comes back at the same address with all it had.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { within } from './net-wait.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));
const ANYWHERE = '/ip4/127.0.0.1/tcp/0/ws';
/** How long it may take to come up or to go, ms. */
const PATIENCE = 30_000;

/** A relay of its own. */
export class StageRelay {
  readonly #data: string;
  #child: ChildProcess | null = null;
  #address = '';

  constructor(data: string) {
    this.#data = data;
  }

  /** Multiaddr with /p2p/; the same for all its lives. */
  get address(): string {
    return this.#address;
  }

  async start(): Promise<this> {
    const listen = this.#address === '' ? ANYWHERE : this.#address.replace(/\/p2p\/.*$/, '');
    const child = spawn(process.execPath, [PROGRAM, 'run', '--data', this.#data, '--listen', listen, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    const [line] = (await within(once(lines, 'line'), 'the relay is up', PATIENCE)) as [string];
    this.#address = (JSON.parse(line) as { readonly addresses: readonly string[] }).addresses[0] ?? '';
    return this;
  }

  /** Kills it; harmless when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await within(gone, 'the relay is gone', PATIENCE);
  }
}
