// A real relay in a process of its own, and real connections to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { signingKey } from '../../core/base/ed25519.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { createNode } from '../../core/net/node.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { RELAY_PROTOCOL } from '../../core/wire/version.ts';
import { inTime, TestPeer } from './relay-peer.ts';

const MAIN = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));
/** What Node is given to run `sotto-relay`. */
export const RELAY = [MAIN] as const;
const LOOPBACK = '/ip4/127.0.0.1/tcp/0/ws';

/** A running relay. */
export interface RelayProcess {
  readonly pid: number;
  readonly peerId: string;
  readonly address: string;
  readonly addresses: readonly string[];
  /** Lines it wrote to stdout. */
  stdout(): readonly string[];
  /** Everything it wrote, to stdout and stderr. */
  output(): string;
  /** Signals it and waits until it is gone; its exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** Resident memory, bytes. */
  memory(): Promise<number>;
}

/** What one command of the operator gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `sotto-relay run --json` and waits for its first line. */
export function startRelayProcess(data: string, ...args: string[]): Promise<RelayProcess> {
  return launched(data, '--listen', LOOPBACK, ...args);
}

/** The same, listening where its settings say. */
export function launched(data: string, ...args: string[]): Promise<RelayProcess> {
  return relayOf(spawn(process.execPath, [...RELAY, 'run', '--data', data, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** A relay that was started with --json and pipes, once it says that it is ready. */
export async function relayOf(child: ChildProcess): Promise<RelayProcess> {
  if (child.stdout === null || child.stderr === null) throw new Error('The relay has no pipes.');
  const [written, printed]: [string[], string[]] = [[], []];
  child.stderr.on('data', (piece) => written.push(String(piece)));
  const gone = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => printed.push(line));
  const early = gone.then(() => Promise.reject(new Error(`The relay went: ${written.join('')}`)));
  early.catch(() => undefined);
  const [first] = (await inTime(Promise.race([once(lines, 'line'), early]), 20_000)) as [string];
  const ready = JSON.parse(first) as { type: string; peerId: string; addresses: string[] };
  return {
    pid: child.pid ?? 0,
    peerId: ready.peerId,
    address: ready.addresses[0] ?? '',
    addresses: ready.addresses,
    stdout: () => printed,
    output: () => [...printed, ...written].join('\n'),
    end: async (signal) => {
      child.kill(signal);
      const [code, by] = await inTime(gone, 20_000);
      return code ?? by ?? -1;
    },
    memory: () => residentBytes(child),
  };
}

/** Runs one command to its end. */
export function sottoRelay(...args: string[]): Promise<Ran> {
  return sottoRelayWith({}, ...args);
}

/** The same with these variables beside the usual ones. */
export async function sottoRelayWith(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...variables } });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (piece) => out.push(String(piece)));
  child.stderr.on('data', (piece) => err.push(String(piece)));
  const [code] = (await inTime(once(child, 'close'), 20_000)) as [number];
  return { code, stdout: out.join(''), stderr: err.join('') };
}

/** A device's connection: the peer that speaks, and the channel beneath. */
export interface Device {
  readonly peer: TestPeer;
  readonly channel: FrameChannel;
  readonly peerId: string;
  readonly publicKey: Uint8Array;
}

/** Connects a device of its own key (or this one); nothing was said yet. */
export async function connectDevice(address: string, key = signingKey()): Promise<Device> {
  const node = await createNode({ key, listen: [] });
  onTestFinished(() => node.stop());
  const channel = await node.dial(address, RELAY_PROTOCOL, AbortSignal.timeout(10_000));
  return { peer: peerOver(channel), channel, peerId: node.peerId, publicKey: key.publicKey };
}

/** A test peer over a real channel. */
export function peerOver(channel: FrameChannel): TestPeer {
  return new TestPeer({
    send: (frames) => void channel.send(frames.map(({ type, request, payload }) => encodeFrame(type, request, payload))),
    onFrames: (handler) => channel.onFrames(handler),
  });
}

async function residentBytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
