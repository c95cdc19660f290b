// Keeps one connection up: tries again with exponential backoff and full jitter, so that thousands of peers do not return in the same second.
import type { Clock } from '../base/clock.ts';
import { RECONNECT_FIRST_MS, RECONNECT_MOST_MS } from '../wire/limits.ts';

/** A connection that held this long was a good one: the next wait is short again, ms. */
export const HELD_LONG_MS = 30_000;

/**
 * How long to wait before the next attempt, ms: evenly between 0 and the doubling bound (full jitter), never under RECONNECT_FIRST_MS / 2,
 * so that a relay which refuses at once is not asked in a loop.
 * @param failures attempts in a row without a connection that held, from 0
 * @param random a number 0 <= r < 1
 */
export function reconnectDelay(failures: number, random: number): number {
  const bound = Math.min(RECONNECT_MOST_MS, RECONNECT_FIRST_MS * 2 ** Math.min(failures, 30));
  return Math.max(RECONNECT_FIRST_MS / 2, Math.floor(bound * random));
}

/** What can be kept connected. */
export interface Connected {
  /** Resolves when it is gone, with the reason; never rejects. */
  readonly closed: Promise<string>;
  close(): Promise<void>;
}

/** What keepConnected needs. */
export interface KeepOptions<T extends Connected> {
  /** One attempt; may throw anything. */
  connect(signal: AbortSignal): Promise<T>;
  readonly clock: Clock;
  /** 0 <= r < 1. */
  random(): number;
  onUp(connection: T): void;
  /** @param reason why the connection went or the attempt failed @param wait ms until the next attempt */
  onDown(reason: unknown, wait: number): void;
  /** Ends it: the connection is closed, nothing is tried again. */
  readonly signal: AbortSignal;
}

/** Runs until `signal` is aborted; then resolves once the connection is closed. Never rejects. */
export async function keepConnected<T extends Connected>(options: KeepOptions<T>): Promise<void> {
  const { signal, clock } = options;
  let failures = 0;
  while (!signal.aborted) {
    const { reason, held } = await hold(options);
    if (signal.aborted) return;
    if (held >= HELD_LONG_MS) failures = 0;
    const wait = reconnectDelay(failures, options.random());
    failures += 1;
    options.onDown(reason, wait);
    await pause(clock, wait, signal);
  }
}

// One connection from the attempt to its end; answers why it ended, and how long it held, ms.
async function hold<T extends Connected>(options: KeepOptions<T>): Promise<{ readonly reason: unknown; readonly held: number }> {
  const { signal, clock } = options;
  let connection: T;
  try {
    connection = await options.connect(signal);
  } catch (error) {
    return { reason: error, held: 0 };
  }
  const up = clock.monotonic();
  const close = () => void connection.close();
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  else options.onUp(connection);
  const reason = await connection.closed;
  signal.removeEventListener('abort', close);
  return { reason, held: clock.monotonic() - up };
}

function pause(clock: Clock, wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(wait, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
    function done(): void {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
