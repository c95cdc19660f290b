// `sotto-relay run`: starts, says where it is, waits for a signal or the end of its parent, goes in good order.
import process, { exit, stderr, stdin, stdout } from 'node:process';
import { isSottoError } from '../core/base/errors.ts';
import { type Log, lineLog } from '../core/base/log.ts';
import { type RelayConfig, runConfig } from './config.ts';
import { type Relay, startRelay } from './relay.ts';

/** Going down takes at most this long: the answers of what was accepted, and the store, ms. */
const GO_DEADLINE_MS = 15_000;

/** Runs a relay until a signal, or until whoever started it is gone. @throws BAD_INPUT, STORE_LOCKED, STORE_FAILED, OFFLINE when it cannot start */
export async function run(args: readonly string[]): Promise<void> {
  const config = runConfig(args);
  const log = lineLog((line) => stderr.write(line));
  dieOnFaults(log);
  const end = config.withParent ? Promise.race([firstSignal(), endOfInput()]) : firstSignal();
  const relay = await startRelay({ ...config, log });
  announce(config, relay);
  await end;
  setTimeout(() => exit(1), GO_DEADLINE_MS).unref();
  await relay.stop();
}

// A fault that nobody expected: its message may hold anything, so only its code is written.
function dieOnFaults(log: Log): void {
  const die = (error: unknown) => {
    log.warn(isSottoError(error) ? `uncaught-${error.code}` : 'uncaught');
    exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let signals = 0;
    const go = () => {
      signals += 1;
      if (signals > 1) exit(1);
      resolve();
    };
    process.on('SIGTERM', go);
    process.on('SIGINT', go);
  });
}

/** However the program at the other end goes, also killed: the system closes its end. */
function endOfInput(): Promise<void> {
  return new Promise((resolve) => {
    stdin.once('end', resolve);
    stdin.once('error', () => resolve());
    stdin.resume();
  });
}

function announce(config: RelayConfig, relay: Relay): void {
  const { peerId, addresses } = relay;
  stdout.write(config.json ? `${JSON.stringify({ type: 'ready', peerId, addresses })}\n` : readable(config, addresses));
}

function readable(config: RelayConfig, addresses: readonly string[]): string {
  const door = config.open
    ? 'Open: anybody who can reach it may register, within caps for all together. --closed asks for tokens.'
    : 'Closed: who registers needs a token; `sotto-relay token` prints one to hand out.';
  return `The relay is ready. It keeps what peers send in ${config.data} and cannot read it.\n${door}\n${addresses.map((address) => `  ${address}\n`).join('')}`;
}
