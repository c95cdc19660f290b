// Alice, Bob and the relay as processes that can die at any moment: by kill -9, or with the power of their disk.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { CallInput, CallName, CallOutput, Message } from '../../core/api.ts';
import { within } from './net-wait.ts';
import { cutPower, spawnWithPower } from './power.ts';

const CHILD = fileURLToPath(new URL('./people-child.ts', import.meta.url));
const RELAY = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));
/** How long a process may take to come up, or a call to be answered, ms: machines with two busy cores. */
const PATIENCE = 60_000;

/** How processes live and die. */
export type Death = 'kill -9' | 'power cut';

/** A process that is started again over the same folder. */
class Mortal {
  readonly folder: string;
  readonly #death: Death;
  readonly #args: readonly string[];
  child: ChildProcess | null = null;
  readonly onLine: (line: string) => void;

  constructor(folder: string, death: Death, args: readonly string[], onLine: (line: string) => void) {
    this.folder = folder;
    this.#death = death;
    this.#args = args;
    this.onLine = onLine;
    onTestFinished(() => this.die());
  }

  start(): void {
    const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
    const child =
      this.#death === 'power cut'
        ? spawnWithPower(process.execPath, this.#args, this.folder, { stdio }).process
        : spawn(process.execPath, this.#args, { stdio });
    // What was on its way to a process that died is lost with it.
    child.stdin?.on('error', () => undefined);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (line) => this.child === child && this.onLine(line));
    this.child = child;
  }

  async die(seed?: number): Promise<void> {
    const { child } = this;
    this.child = null;
    if (this.#death === 'power cut') await cutPower(this.folder, seed);
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** A relay as a process, always at the same address. */
export class RelayOfItsOwn {
  address = '';
  readonly #mortal: Mortal;
  #ready = Promise.withResolvers<void>();

  private constructor(folder: string, death: Death, listen: string) {
    this.#mortal = new Mortal(folder, death, [RELAY, 'run', '--data', join(folder, 'data'), '--listen', listen, '--json'], (line) => {
      const said = JSON.parse(line) as { type?: string; addresses?: string[] };
      if (said.type !== 'ready') return;
      this.address = said.addresses?.[0] ?? '';
      this.#ready.resolve();
    });
  }

  static async start(folder: string, death: Death): Promise<RelayOfItsOwn> {
    const relay = new RelayOfItsOwn(folder, death, `/ip4/127.0.0.1/tcp/${await freePort()}/ws`);
    await relay.start();
    return relay;
  }

  async start(): Promise<void> {
    this.#ready = Promise.withResolvers();
    this.#mortal.start();
    await within(this.#ready.promise, 'the relay is up', PATIENCE);
  }

  async die(seed?: number): Promise<void> {
    await this.#mortal.die(seed);
    await this.start();
  }
}

/** Somebody whose device is a process. */
export class PersonOfTheirOwn {
  readonly name: string;
  /** Highest number of the stream that was said to be kept. */
  kept = 0;
  readonly #mortal: Mortal;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #ready = Promise.withResolvers<void>();
  #calls = 0;

  constructor(name: string, folder: string, death: Death) {
    this.name = name;
    this.#mortal = new Mortal(folder, death, [CHILD, join(folder, 'home'), name], (line) => this.#take(line));
  }

  async start(): Promise<this> {
    this.#ready = Promise.withResolvers();
    this.#mortal.start();
    await within(this.#ready.promise, `${this.name} is up`, PATIENCE);
    return this;
  }

  /** Dies now, and comes back. Calls under way are never answered, as with any process that dies. */
  async die(seed?: number): Promise<void> {
    await this.#mortal.die(seed);
    for (const { reject } of this.#waiting.values()) reject(new Error('died'));
    this.#waiting.clear();
    await this.start();
  }

  call<N extends CallName>(call: N, input: CallInput<N>): Promise<CallOutput<N>> {
    return this.#ask(call, input) as Promise<CallOutput<N>>;
  }

  /** Says the numbers up to `to` that are not said yet, over as many lives as it takes. */
  async stream(who: string, to: number): Promise<void> {
    while (this.kept < to) {
      await this.#ready.promise;
      await this.#ask('stream', { who, from: this.kept + 1, to }).catch((error: Error) => {
        if (error.message !== 'died') throw error;
      });
    }
  }

  async history(who: string): Promise<Message[]> {
    const pages: Message[] = [];
    for (let before: string | null = null; ; ) {
      const page: CallOutput<'history'> = await this.call('history', { who, limit: 10_000, before });
      pages.unshift(...page.messages);
      before = page.before;
      if (before === null) return pages;
    }
  }

  #ask(call: string, input: unknown): Promise<unknown> {
    this.#calls += 1;
    const n = this.#calls;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(n, { resolve, reject });
    this.#mortal.child?.stdin?.write(`${JSON.stringify({ n, call, input })}\n`);
    return promise;
  }

  #take(line: string): void {
    const said = JSON.parse(line) as { ready?: true; kept?: number; n?: number; value?: unknown; error?: string };
    if (said.ready === true) this.#ready.resolve();
    if (said.kept !== undefined) this.kept = Math.max(this.kept, said.kept);
    const waiting = this.#waiting.get(said.n ?? 0);
    this.#waiting.delete(said.n ?? 0);
    if (said.error === undefined) waiting?.resolve(said.value);
    else waiting?.reject(new Error(said.error));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
