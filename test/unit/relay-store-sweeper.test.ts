// The relay's sweeper: it deletes on time, and never because a clock was set wrong (H11).
import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { CLOCK_JUMP_MS } from '../../core/wire/limits.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { type Sweepable, Sweeper } from '../../relay/sweep.ts';
import { everything, HandClock, logNamed, stamp, submit } from '../support/relay-store.ts';

const INTERVAL = 10_000;
const HOUR = 3_600_000;
const LIFETIME = 30 * 24 * HOUR;
const log = logNamed('Alice and Bob');

/** Wall and monotonic time by hand; timers fire when `pass` has brought them due. */
class SteppedClock extends HandClock {
  #timers: { at: number; then: () => void }[] = [];

  override after(ms: number, then: () => void): () => void {
    const timer = { at: this.passed + ms, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  pass(ms: number): void {
    this.wall += ms;
    this.passed += ms;
    const due = this.#timers.filter(({ at }) => at <= this.passed);
    this.#timers = this.#timers.filter(({ at }) => at > this.passed);
    for (const { then } of due) then();
  }
}

/** Counts finished walks, so that a test can wait for one. */
class Watched implements Sweepable {
  readonly #below: Sweepable;
  #waiting: (() => void)[] = [];
  walks = 0;
  failing = false;

  constructor(below: Sweepable) {
    this.#below = below;
  }

  async sweep(most: number) {
    if (this.failing) throw new Error('the disk is full');
    const step = await this.#below.sweep(most);
    if (!step.more) {
      this.walks++;
      for (const then of this.#waiting.splice(0)) then();
    }
    return step;
  }

  lastSweep(): Promise<number> {
    return this.#below.lastSweep();
  }

  walked(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function made(disk = new MemoryDisk(), clock = new SteppedClock()) {
  const store = new LevelRelayStore({ location: '', disk, clock: new HandClockOf(clock), lifetimeMs: LIFETIME });
  await store.open();
  await store.createLog(log);
  const lines: string[] = [];
  const watched = new Watched(store);
  const sweeper = new Sweeper(
    watched,
    clock,
    { ...silentLog, warn: (event) => lines.push(event), info: (event) => lines.push(event) },
    INTERVAL,
  );
  open.push({ stop: () => sweeper.stop().then(() => store.close()) });
  return { store, clock, sweeper, watched, lines, disk };
}

/** The store's clock: the same wall, real timers. */
class HandClockOf extends HandClock {
  readonly #other: HandClock;

  constructor(other: HandClock) {
    super(true);
    this.#other = other;
  }

  override now(): number {
    return this.#other.wall;
  }
}

describe('the sweeper', () => {
  test('deletes what is past its lifetime as time goes by, and says how many', async () => {
    const { store, clock, sweeper, watched, lines } = await made();
    await stamp(store, submit(log, 'hello'));
    let walked = watched.walked();
    sweeper.start();
    await walked;
    // The sweeper plans its next turn once the walk is over.
    for (let days = 0; days < 31; days++) {
      await sweeper.settled();
      walked = watched.walked();
      clock.pass(24 * HOUR);
      await walked;
    }
    expect(await everything(store, log)).toHaveLength(0);
    expect([sweeper.stopped, lines]).toEqual([false, ['swept']]);
  });

  test('stops when the wall clock jumps ahead, says so, and goes on only after the operator’s word', async () => {
    const { store, clock, sweeper, watched, lines } = await made();
    await stamp(store, submit(log, 'hello'));
    const first = watched.walked();
    sweeper.start();
    await first;
    await sweeper.settled();
    clock.wall += 365 * 24 * HOUR;
    for (let turns = 0; turns < 3; turns++) {
      clock.pass(INTERVAL);
      await sweeper.settled();
    }
    expect([sweeper.stopped, watched.walks, await everything(store, log).then((all) => all.length)]).toEqual([true, 1, 1]);
    expect(lines).toEqual(['clock jumped, sweep stopped until confirmed']);
    clock.wall -= 365 * 24 * HOUR;
    clock.pass(INTERVAL);
    await sweeper.settled();
    expect([sweeper.stopped, watched.walks]).toEqual([true, 1]);
    const walked = watched.walked();
    sweeper.confirm();
    clock.pass(INTERVAL);
    await walked;
    expect([sweeper.stopped, await everything(store, log).then((all) => all.length)]).toEqual([false, 1]);
  });

  test('remembers over a restart when it last swept', async () => {
    const { store, clock, sweeper, watched, disk } = await made();
    await stamp(store, submit(log, 'hello'));
    const walked = watched.walked();
    sweeper.start();
    await walked;
    await sweeper.stop();
    await store.close();
    clock.wall += CLOCK_JUMP_MS + 1;
    const later = await made(disk, clock);
    later.sweeper.start();
    await later.sweeper.settled();
    expect([later.sweeper.stopped, later.watched.walks]).toEqual([true, 0]);
  });

  test('a jump of less than a day, and a clock that goes back, stop nothing', async () => {
    const { clock, sweeper, watched } = await made();
    sweeper.start();
    await sweeper.settled();
    clock.wall += CLOCK_JUMP_MS - 1;
    clock.pass(INTERVAL);
    await sweeper.settled();
    clock.wall -= 10 * CLOCK_JUMP_MS;
    clock.pass(INTERVAL);
    await sweeper.settled();
    expect([sweeper.stopped, watched.walks]).toEqual([false, 3]);
  });

  test('a sweep that fails is said and tried again', async () => {
    const { clock, sweeper, watched, lines } = await made();
    watched.failing = true;
    sweeper.start();
    await sweeper.settled();
    watched.failing = false;
    const walked = watched.walked();
    clock.pass(INTERVAL);
    await walked;
    expect(lines).toEqual(['sweep failed']);
  });

  test('stopped, it does no more', async () => {
    const { clock, sweeper, watched } = await made();
    sweeper.start();
    await sweeper.settled();
    await sweeper.stop();
    clock.pass(10 * INTERVAL);
    await sweeper.settled();
    expect(watched.walks).toBe(1);
  });
});
