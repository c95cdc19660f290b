// A relay as a process of its own, with the Node that runs this one. It goes when its standard input ends, so it never outlives us.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { SottoError } from '../base/errors.ts';
import type { RelayStarter, RunningRelay } from './local-relay.ts';

const MAIN = fileURLToPath(new URL('../../relay/main.ts', import.meta.url));
/** How long it may take to come up, ms: a machine with two busy cores. */
const UP_MS = 20_000;
/** How long it may take to go down, ms; a little longer than it allows itself. */
const DOWN_MS = 17_000;

const readyLine = v.object({ type: v.literal('ready'), addresses: v.pipe(v.array(v.string()), v.minLength(1)) });

/** Starts relays as processes of Node. @param main the relay's program; the one beside this folder */
export function relayProcess(main: string = MAIN): RelayStarter {
  return { start: (folder, port) => start(main, folder, port) };
}

async function start(main: string, folder: string, port: number): Promise<RunningRelay> {
  const listen = `/ip4/127.0.0.1/tcp/${port}/ws`;
  const child = spawn(process.execPath, [main, 'run', '--data', folder, '--listen', listen, '--json', '--with-parent'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: withoutSecrets(process.env),
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin?.on('error', () => undefined); // it went before we said so
  try {
    return { address: await firstAddress(child, ended), ended, stop: () => stop(child, ended) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function firstAddress(child: ChildProcess, ended: Promise<void>): Promise<string> {
  const down = () => new SottoError('OFFLINE', 'The relay on this machine did not start.');
  if (child.stdout === null) throw down();
  const lines = createInterface({ input: child.stdout });
  const late = AbortSignal.timeout(UP_MS);
  const gone = ended.then(() => Promise.reject(down()));
  gone.catch(() => undefined);
  const line = await Promise.race([once(lines, 'line', { signal: late }), gone]).catch(() => {
    throw down();
  });
  child.stdout.resume(); // what it may say later is nobody's
  const ready = v.safeParse(readyLine, parsed(String(line[0])));
  const address = ready.success ? ready.output.addresses[0] : undefined;
  if (address === undefined) throw down();
  return address;
}

/** The end of its standard input is the word to go; a signal would mean something else on every system. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), DOWN_MS);
  await ended;
  clearTimeout(timer);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** A relay has no use for what opens a home. */
function withoutSecrets({ SOTTO_PASSPHRASE: _, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return rest;
}
