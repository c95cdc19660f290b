// The processes of a bench: relays, workers with one question and one answer, and what they cost. Ends only what it started.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const RELAY = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));
/** A process that is asked to end and does not is killed after this long, ms. */
const END_DEADLINE_MS = 15_000;

/** Arguments of Node for every process of a bench: profiling, when BENCH_PROF names a folder. */
function nodeArguments(): string[] {
  const folder = process.env.BENCH_PROF;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** What the machine is and how busy it was when asked. */
export function machineLine(): string {
  const [load = 0] = loadavg();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}, load ${load.toFixed(1)}`;
}

/** A temporary folder for the length of `work`. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sotto-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A running relay of the product. */
export interface RelayProcess {
  readonly pid: number;
  /** Multiaddr with /p2p/. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts `sotto-relay run`. @param port 0: any free one */
export async function startRelay(data: string, port = 0): Promise<RelayProcess> {
  const listen = `/ip4/127.0.0.1/tcp/${port}/ws`;
  const child = spawn(process.execPath, [...nodeArguments(), RELAY, 'run', '--data', data, '--listen', listen, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const ready = JSON.parse(line) as { readonly addresses: readonly string[] };
  return { pid: child.pid ?? 0, address: ready.addresses[0] ?? '', stop: () => end(child, () => child.kill('SIGTERM')) };
}

/** The TCP port of a relay's address. */
export function portOf(address: string): number {
  return Number(/\/tcp\/(\d+)\//.exec(address)?.[1] ?? 0);
}

/** A process that runs a file of this folder. */
export interface Worker {
  readonly pid: number;
  send(message: object): void;
  /** Its next message. @throws Error when it ends first */
  next<T>(): Promise<T>;
  stop(): Promise<void>;
}

/** Starts `test/bench/<file>` with `input` as its argument, in JSON. */
export function startWorker(file: string, input: object): Worker {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, [JSON.stringify(input)], { execArgv: nodeArguments(), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const messages: unknown[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  child.on('message', (message) => {
    messages.push(message);
    wake();
  });
  child.once('exit', () => {
    ended = true;
    wake();
  });
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message),
    async next<T>() {
      while (messages.length === 0) {
        if (ended) throw new Error(`${file} ended without an answer`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return messages.shift() as T;
    },
    stop: () => end(child, () => child.connected && child.disconnect()),
  };
}

/** Runs a worker for one answer. */
export async function ask<T>(file: string, input: object): Promise<T> {
  const worker = startWorker(file, input);
  try {
    return await worker.next<T>();
  } finally {
    await worker.stop();
  }
}

/** In a worker: its input. */
export function workerInput<T>(): T {
  process.once('disconnect', () => process.exit(0));
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** In a worker: the next message of the bench. */
export async function told<T>(): Promise<T> {
  const [message] = (await once(process, 'message')) as [T];
  return message;
}

/** In a worker: says something to the bench. */
export function tell(message: object): void {
  process.send?.(message);
}

/** CPU time a process has used, all threads, us; null where the system does not say. */
export async function cpuOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? null : (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function end(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  ask();
  const timer = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS);
  await gone;
  clearTimeout(timer);
}
