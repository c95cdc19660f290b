// The engine's process over its lives: real processes that answer, crash, hang and stop; main's clock is the only thing held by hand.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../core/base/clock.ts';
import type { FromEngine } from '../../desktop/engine-protocol.ts';
import {
  ASK_EVERY_MS,
  Engine,
  type EngineNews,
  type EngineProcess,
  FIRST_PAUSE_MS,
  LONGEST_PAUSE_MS,
  MOST_UNANSWERED,
  STOP_DEADLINE_MS,
  WELL_AFTER_MS,
} from '../../desktop/main/engine.ts';

const PROGRAM = join(import.meta.dirname, '..', 'support', 'shell-engine-process.mjs');
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A clock that goes when it is told. */
function handClock(): Clock & { go(ms: number): void; waits(): number | null } {
  let now = 0;
  let timer: { at: number; then: () => void } | null = null;
  return {
    now: () => now,
    monotonic: () => now,
    after: (ms, then) => {
      const own = { at: now + ms, then };
      timer = own;
      return () => {
        if (timer === own) timer = null;
      };
    },
    /** How long until the next timer, ms. */
    waits: () => (timer === null ? null : timer.at - now),
    go: (ms) => {
      now += ms;
      if (timer === null || timer.at > now) return;
      const { then } = timer;
      timer = null;
      then();
    },
  };
}

function keeper(modes: readonly string[] = []) {
  const clock = handClock();
  const news: EngineNews[] = [];
  const heard: FromEngine[] = [];
  const engine = new Engine<never>({
    clock,
    onNews: (one) => news.push(one),
    onMessage: (message) => heard.push(message),
    fork: () => {
      const child = fork(PROGRAM, [modes[children.length] ?? 'well'], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      children.push(child);
      const process: EngineProcess<never> = {
        postMessage: (message) => void (child.connected && child.send(message)),
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => void child.once('exit', () => listener()),
        kill: () => void child.kill('SIGKILL'),
      };
      return process;
    },
  });
  const next = (count: number) => expect.poll(() => news.length, { timeout: 10_000 }).toBe(count);
  /** The engine said that it is there. */
  const saidSomething = (count: number) => expect.poll(() => heard.length, { timeout: 10_000 }).toBe(count);
  return { clock, news, heard, engine, next, saidSomething };
}

test('an engine that answers is left alone for as long as it runs', async () => {
  const { clock, news, engine, saidSomething } = keeper();
  engine.start();
  await saidSomething(1);
  for (let asked = 1; asked <= MOST_UNANSWERED * 3; asked += 1) {
    clock.go(ASK_EVERY_MS);
    // Its answer, by its own word: what it was asked last.
    engine.say({ kind: 'lock' });
    await saidSomething(1 + asked);
  }
  expect(news).toEqual([{ state: 'up' }]);
  expect(children).toHaveLength(1);
});

test('a crash is seen and said, and another engine is started after a pause that grows', async () => {
  const { clock, news, engine, next } = keeper(Array.from({ length: 9 }, () => 'crash'));
  engine.start();
  const pauses: (number | null)[] = [];
  for (let crash = 1; crash <= 9; crash += 1) {
    await next(2 * crash);
    expect(news.at(-1)).toEqual({ state: 'crashed', attempt: crash });
    expect(engine.say({ kind: 'lock' })).toBe(false);
    pauses.push(clock.waits());
    clock.go(LONGEST_PAUSE_MS);
  }
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS]);
});

test('an engine that was well for a minute begins again with the shortest pause', async () => {
  const { clock, news, engine, next, saidSomething } = keeper(['crash', 'well']);
  engine.start();
  await next(2);
  clock.go(FIRST_PAUSE_MS);
  await saidSomething(1);
  clock.go(WELL_AFTER_MS);
  children.at(-1)?.kill('SIGKILL');
  await next(4);
  expect(news.at(-1)).toEqual({ state: 'crashed', attempt: 1 });
  expect(clock.waits()).toBe(FIRST_PAUSE_MS);
});

test('an engine that hangs in a loop is seen, said, ended and started again', async () => {
  const { clock, news, engine, next, saidSomething } = keeper(['hang', 'well']);
  engine.start();
  await saidSomething(1);
  for (let asked = 0; asked <= MOST_UNANSWERED; asked += 1) clock.go(ASK_EVERY_MS);
  await next(2);
  expect(news.at(-1)).toEqual({ state: 'hung', attempt: 1 });
  expect(children[0]?.signalCode).toBe('SIGKILL');
  clock.go(FIRST_PAUSE_MS);
  await next(3);
  await saidSomething(2);
  expect(engine.isUp).toBe(true);
});

test('a computer that slept for a night is no hang', async () => {
  const { clock, news, engine, saidSomething } = keeper();
  engine.start();
  await saidSomething(1);
  clock.go(8 * 3_600_000);
  clock.go(ASK_EVERY_MS);
  expect(news).toEqual([{ state: 'up' }]);
});

test('words that are not of the protocol are not heard', async () => {
  const { heard, engine, saidSomething } = keeper(['noise']);
  engine.start();
  await saidSomething(1);
  expect(heard).toEqual([{ kind: 'look', appearance: 'dark', language: 'de' }]);
});

test('told to stop, it writes everything down first; it is not started again', async () => {
  const { clock, news, engine, saidSomething } = keeper();
  engine.start();
  await saidSomething(1);
  await engine.stop();
  expect(children[0]?.exitCode).toBe(0);
  expect(engine.isUp).toBe(false);
  clock.go(LONGEST_PAUSE_MS);
  expect(news).toEqual([{ state: 'up' }]);
});

test('one that does not stop is ended at the deadline', async () => {
  const { clock, engine, saidSomething } = keeper(['hang']);
  engine.start();
  await saidSomething(1);
  const stopped = engine.stop();
  clock.go(STOP_DEADLINE_MS);
  await stopped;
  expect(children[0]?.signalCode).toBe('SIGKILL');
});

test('stopping while another is about to be started starts none', async () => {
  const { clock, engine, next } = keeper(['crash']);
  engine.start();
  await next(2);
  await engine.stop();
  clock.go(LONGEST_PAUSE_MS);
  expect(children).toHaveLength(1);
});
