// The relay of the demo: `sotto-relay run` on loopback, which can be killed and started again on the same address.
import { join } from 'node:path';
import { type Processes, type Program, SOTTO_RELAY } from './processes.ts';

/** Any free port the first time. */
const ANYWHERE = '/ip4/127.0.0.1/tcp/0/ws';

/** One relay, running or not. */
export class Relay {
  readonly #processes: Processes;
  readonly folder: string;
  #program: Program | null = null;
  #address = '';

  /** @param folder the demo's own */
  constructor(processes: Processes, folder: string) {
    this.#processes = processes;
    this.folder = join(folder, 'relay');
  }

  /** Its multiaddr, once it has run. */
  get address(): string {
    return this.#address;
  }

  get pid(): number {
    return this.#program?.pid ?? 0;
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    const listen = this.#address === '' ? ANYWHERE : this.#address.replace(/\/p2p\/.*$/, '');
    const program = this.#processes.start('sotto-relay', SOTTO_RELAY, ['run', '--data', this.folder, '--listen', listen, '--json']);
    this.#program = program;
    const line = await program.until('it was ready', () => program.lines[0] ?? null);
    this.#address = (JSON.parse(line) as { readonly addresses: readonly string[] }).addresses[0] ?? '';
  }

  /** kill -9: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    await this.#program?.end('SIGKILL');
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    await this.#program?.end('SIGTERM');
  }
}
