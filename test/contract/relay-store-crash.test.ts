// One history, stopped or disturbed at every single batch of it: what was answered is there afterwards, dense and in one chain.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { hex, utf8 } from '../../core/base/bytes.ts';
import { isSottoError } from '../../core/base/errors.ts';
import { EcPreKeySchema, type PreKeyBundle, PutPreKeysSchema, SignedPreKeySchema } from '../../core/wire/gen/relay_pb.ts';
import type { Disk } from '../../relay/store/disk.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { LevelDisk } from '../../relay/store/level-disk.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import type { RelayStore, StoredStamp, Submission } from '../../relay/store/store.ts';
import {
  bytes,
  everything,
  FailingDisk,
  type Failure,
  HandClock,
  logNamed,
  named,
  proveOrder,
  stamp,
  submit,
  sweepAll,
} from '../support/relay-store.ts';
import { bySize } from '../support/size.ts';

const LIFETIME = 1_000_000;
const LOGS = ['one', 'two', 'three'].map(logNamed);
const [first, second] = [logNamed('one'), logNamed('two')];
const [reader, address, contact] = [named('a reader'), named('a directory'), named('a contact')];
/** Enough for three batches, of which the second and third are prepared while one is being written. */
const BURST = 1_300;
const ONE_TIME = 12;
/** Every how many batches a real LevelDB is disturbed: odd, so that both failures take turns. The disk in memory has it at every batch. */
const STRIDE = bySize({ usual: 5, full: 1, slow: 1 });

/** What the store said yes to, and what it could not say. */
class Diary {
  readonly stamps = new Map<Submission, StoredStamp>();
  readonly unsure: Submission[] = [];
  readonly taken: PreKeyBundle[] = [];
  slot = 0;
  cursor = 0;
  closed = false;
  floor = 0;
  faults = 0;

  async append(store: RelayStore, run: readonly Submission[]): Promise<void> {
    const answer = await this.#try(() => store.append(run));
    for (const [at, one] of run.entries()) {
      const given = answer?.stamps[at];
      if (given !== undefined) this.stamps.set(one, given);
      else if (answer === null) this.unsure.push(one);
    }
  }

  async say(ask: () => Promise<unknown>): Promise<void> {
    await this.#try(ask);
  }

  async #try<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (fault) {
      expect(isSottoError(fault, 'STORE_FAILED')).toBe(true);
      this.faults++;
      return null;
    }
  }
}

async function history(store: RelayStore, clock: HandClock, diary: Diary): Promise<void> {
  for (const log of LOGS) await diary.say(() => store.createLog(log));
  await diary.append(store, [submit(first, 'a'), submit(first, 'b'), submit(second, 'c')]);
  await Promise.all([diary.append(store, [submit(first, 'a'), submit(first, 'd')]), diary.append(store, [submit(second, 'e')])]);
  await diary.say(() => store.setReaders(first.id, [reader]));
  // What was answered is what can be read then: a log that could not be made takes no acks and is not closed either.
  await diary.say(async () => {
    await store.ack(first.id, reader, 2);
    diary.cursor = await store.cursor(first.id, reader);
  });
  await diary.say(async () => {
    diary.slot = (await store.putSlot(first.id, { reader, counter: 4, value: utf8('four') })) ? 4 : 0;
  });
  await diary.say(async () => {
    await sweepAll(store);
    diary.floor = (await store.log(first.id))?.floor ?? 0;
  });
  await diary.say(() => store.putPreKeys(address, preKeys()));
  const take = () =>
    diary.say(async () => {
      const got = await store.takePreKeys(address, 1, contact, null);
      if (typeof got !== 'string') diary.taken.push(...got);
    });
  await Promise.all([take(), take(), take()]);
  await take();
  clock.wall -= 5_000;
  await Promise.all(Array.from({ length: BURST }, (_, n) => diary.append(store, [submit(LOGS[n % 3] ?? first, `burst ${n}`)])));
  await diary.append(store, [submit(first, 'last'), submit(second, 'words')]);
  await diary.say(async () => {
    await store.closeLog(second.id);
    diary.closed = (await store.log(second.id))?.closed ?? false;
  });
}

function preKeys() {
  const ids = Array.from({ length: ONE_TIME }, (_, n) => n + 1);
  const signed = (id: number) => create(SignedPreKeySchema, { id, publicKey: bytes(33), signature: bytes(64) });
  const oneTime = ids.map((id) => create(EcPreKeySchema, { id, publicKey: bytes(33) }));
  const rest = { writer: address, device: 1, counter: 1n, signed: signed(1), lastResortKyber: signed(99), contactHash: contact };
  return create(PutPreKeysSchema, { ...rest, oneTime, oneTimeKyber: ids.map(signed) });
}

/** Demands of a store that was opened on what is left: everything in the diary, and nothing that contradicts it. */
async function holds(store: RelayStore, diary: Diary): Promise<void> {
  const there = new Map<string, { seq: number; time: number; chain: string }>();
  for (const log of LOGS) {
    if ((await store.log(log.id)) === null) continue;
    for (const { seq, time, chain, envelope } of await proveOrder(store, log)) {
      there.set(`${hex(log.id)} ${hex(submit(log, envelope).id)}`, { seq, time, chain: hex(chain) });
    }
  }
  const wrong: unknown[] = [];
  for (const [{ log, id }, { seq, time, chain }] of diary.stamps) {
    const floor = (await store.log(log))?.floor ?? 0;
    const found = seq > floor ? there.get(`${hex(log)} ${hex(id)}`) : await pointOf(store, log, seq);
    const stamped = { seq, time, chain: hex(chain) };
    if (found?.seq !== seq || found.time !== time || found.chain !== stamped.chain) wrong.push({ stamped, found });
  }
  expect(wrong, 'stamps that were answered and do not stand').toEqual([]);
  expect(await store.cursor(first.id, reader)).toBeGreaterThanOrEqual(diary.cursor);
  expect((await store.slots(first.id))[0]?.counter ?? 0).toBeGreaterThanOrEqual(diary.slot);
  if (diary.closed) expect((await store.log(second.id))?.closed).toBe(true);
  expect((await store.log(first.id))?.floor ?? 0).toBeGreaterThanOrEqual(diary.floor);
  await noKeyTwice(store, diary.taken);
}

async function pointOf(store: RelayStore, log: Submission['log'], seq: number) {
  const point = await store.point(log, seq);
  return point === null ? null : { seq: point.seq, time: point.time, chain: hex(point.chain) };
}

async function noKeyTwice(store: RelayStore, taken: readonly PreKeyBundle[]): Promise<void> {
  const ids = taken.map(({ oneTime }) => oneTime?.id);
  for (;;) {
    const got = await store.takePreKeys(address, 1, contact, null);
    if (typeof got === 'string' || got[0]?.oneTime === undefined) break;
    ids.push(got[0].oneTime.id);
  }
  expect(new Set(ids).size).toBe(ids.length);
}

/** Runs the history with the n-th batch failing; false once the history has fewer. */
async function disturbed(below: Disk, n: number, failure: Failure, forGood: boolean): Promise<boolean> {
  const clock = new HandClock();
  const disk = new FailingDisk(below, n, failure, forGood);
  const store = new LevelRelayStore({ location: '', clock, lifetimeMs: LIFETIME, disk });
  const diary = new Diary();
  const opened = await store.open().then(
    () => true,
    (fault) => !isSottoError(fault, 'STORE_FAILED'),
  );
  if (opened) {
    await history(store, clock, diary);
    disk.disarm();
    if (!forGood) await worksOn(store, diary);
    await store.close();
  }
  const after = new LevelRelayStore({ location: '', clock, lifetimeMs: LIFETIME, disk: below });
  await after.open();
  await holds(after, diary);
  await after.close();
  expect(diary.faults > 0 || !opened).toBe(disk.failed);
  return disk.failed;
}

/** A disk that failed once: what is sent again is stamped now, once, unless the log was closed meanwhile. */
async function worksOn(store: RelayStore, diary: Diary): Promise<void> {
  for (const log of LOGS) await store.createLog(log);
  const again = diary.unsure.map(async (one) => {
    const { stamps, refusal } = await store.append([one]);
    if (refusal !== null && refusal !== 'CLOSED') throw new Error(`refused: ${refusal}`);
    if (stamps[0] !== undefined) diary.stamps.set(one, stamps[0]);
  });
  await Promise.all(again);
  await stamp(store, submit(first, 'and on it goes'));
}

const cases: readonly (readonly [Failure, boolean])[] = [
  ['nothing written', true],
  ['written unsaid', true],
  ['nothing written', false],
  ['written unsaid', false],
];

describe('a store whose disk fails at one batch', () => {
  for (const [failure, forGood] of cases) {
    test(`${forGood ? 'stops' : 'fails once'} with ${failure}, at every batch of a history: what was answered is kept`, async () => {
      let n = 1;
      while (await disturbed(new MemoryDisk(), n, failure, forGood)) n++;
      expect(n).toBeGreaterThan(15);
    }, 60_000);
  }

  test('brings a real LevelDB back after a failed batch, wherever in the history', async () => {
    let n = 1;
    for (let more = true; more; n += STRIDE) {
      const location = await mkdtemp(join(tmpdir(), 'sotto-relay-crash-'));
      more = await disturbed(new LevelDisk(location), n, n % 2 ? 'nothing written' : 'written unsaid', false);
      await rm(location, { recursive: true, force: true });
    }
    expect(n).toBeGreaterThan(15);
  }, 60_000);

  test('a watcher hears of what a failed batch left on disk after all', async () => {
    const disk = new FailingDisk(new MemoryDisk(), 3, 'written unsaid', false);
    const store = new LevelRelayStore({ location: '', clock: new HandClock(), disk });
    await store.open();
    await store.createLog(first);
    const heard = new Promise<void>((resolve) => store.watch(first.id, resolve));
    await expect(store.append([submit(first, 'hello')])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await heard;
    expect(await everything(store, first)).toHaveLength(1);
    expect(await stamp(store, submit(first, 'hello'))).toMatchObject({ seq: 1, known: true });
    await store.close();
  });

  test('a dead disk refuses every write and still reads; repaired, it goes on where it was', async () => {
    const disk = new FailingDisk(new MemoryDisk(), 4, 'nothing written', true);
    const store = new LevelRelayStore({ location: '', clock: new HandClock(), disk });
    await store.open();
    await store.createLog(first);
    await stamp(store, submit(first, 'kept'));
    const refused = Array.from({ length: 5 }, (_, n) => store.append([submit(first, `lost ${n}`)]));
    for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.append([submit(first, 'again')])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await everything(store, first)).toHaveLength(1);
    disk.repair();
    expect((await stamp(store, submit(first, 'on'))).seq).toBe(2);
    expect(await proveOrder(store, first)).toHaveLength(2);
    await store.close();
  });
});
