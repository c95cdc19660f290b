// `sotto ui` and `npm start` as real processes: what they say, their address, and a window opened by it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectApi } from '../../core/carrier/connect.ts';
import { type WindowApi, windowContract } from '../../core/window-api.ts';
import { Knocker, type Page } from '../../desktop/ui/app/knock.ts';
import { until, within } from './net-wait.ts';
import { browserSocket, secret } from './page-server.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A first run builds the page. */
const READY_MS = 60_000;
/** As long as the tests' own deadline for going down. */
const DOWN_MS = 30_000;

/** A running one. */
export interface UiProcess {
  readonly address: string;
  /** All it printed. */
  readonly out: () => string;
  readonly err: () => string;
  /** Stops it by a signal; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `node WORDS…` and waits for its address. @param ends gets what ends it @param node another Node than this one */
export async function startUi(
  words: readonly string[],
  env: Record<string, string>,
  ends: (() => unknown)[],
  node = process.execPath,
): Promise<UiProcess> {
  const child = spawn(node, words, { cwd: ROOT, env: { ...bareEnv(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said.out += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said.err += part;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  ends.push(() => stop(child, ended));
  const address = () => /http:\/\/127\.\d+\.\d+\.\d+:\d+\/#[\w-]{43}/.exec(said.out)?.[0];
  await until(() => address() !== undefined || child.exitCode !== null, 'the address', READY_MS);
  const found = address();
  if (found === undefined) throw new Error(`It said no address: ${said.err}`);
  return { address: found, out: () => said.out, err: () => said.err, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<number | null>): Promise<number | null> {
  if (child.exitCode === null) child.kill('SIGTERM');
  return within(ended, 'the end of the process', DOWN_MS);
}

/** The environment of a test, without a screen: no browser is to open. */
function bareEnv(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** The engine behind an address, as its page reaches it. */
export async function windowAt(address: string): Promise<WindowApi> {
  const { host, hash, origin } = new URL(address);
  const kept = new Map<string, string>();
  const page: Page = {
    host,
    hash,
    wipeHash: () => undefined,
    kept: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    connect: (url, protocols) => browserSocket(url, protocols, origin),
    secret,
  };
  const carrier = await within(new Knocker(page).knock(), 'a line to the engine');
  if (carrier === null) throw new Error('The engine did not let us in.');
  return connectApi(carrier, windowContract);
}
