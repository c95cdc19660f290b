// The next batch is prepared while one is still on its way to disk: it must see everything of that one, and nothing of it if it fails.
import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SottoError } from '../../core/base/errors.ts';
import { EcPreKeySchema, PutPreKeysSchema, SignedPreKeySchema } from '../../core/wire/gen/relay_pb.ts';
import type { DiskBatch } from '../../relay/store/disk.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { bytes, everything, HandClock, logNamed, named, proveOrder, stamp, submit } from '../support/relay-store.ts';

const log = logNamed('Alice and Bob');
/** More than fits in one batch, so that the store prepares ahead. */
const CROWD = 600;
const DEADLINE_MS = 10_000;

/** A disk whose writes wait for a word once `hold` was called, and that demands to be healed after a failure. */
class HeldDisk extends MemoryDisk {
  #held = false;
  #waiting: { go(): void; fail(): void }[] = [];
  #torn = false;
  heals = 0;
  /** Values put into the batch made last. */
  puts = 0;

  get writing(): number {
    return this.#waiting.length;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const one of this.#waiting.splice(0)) one.go();
  }

  failOne(): void {
    this.#torn = true;
    this.#waiting.shift()?.fail();
  }

  override async heal(): Promise<void> {
    await super.heal();
    this.#torn = false;
    this.heals++;
  }

  override batch(): DiskBatch {
    const batch = super.batch();
    this.puts = 0;
    const put = (key: Uint8Array, value: Uint8Array) => {
      this.puts++;
      batch.put(key, value);
    };
    return { put, del: (key) => batch.del(key), drop: () => batch.drop(), write: () => this.#write(batch) };
  }

  async #write(batch: DiskBatch): Promise<void> {
    if (this.#torn) throw new Error('The store wrote on without bringing the disk back first.');
    if (this.#held) {
      await new Promise<void>((go, no) => this.#waiting.push({ go, fail: () => no(new SottoError('STORE_FAILED')) }));
    }
    await batch.write();
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('while a batch is on its way to disk', () => {
  let disk: HeldDisk;
  let store: LevelRelayStore;
  beforeEach(async () => {
    disk = new HeldDisk();
    store = new LevelRelayStore({ location: '', disk, clock: new HandClock(true) });
    await store.open();
    await store.createLog(log);
  });
  afterEach(async () => {
    disk.release();
    await store.close();
  });

  const crowd = () => Array.from({ length: CROWD }, (_, n) => store.append([submit(log, `crowd ${n}`)]));
  const prepared = () => until(() => disk.writing === 1 && disk.puts > CROWD);

  test('the same bytes get the stamp that is on its way, and no number is given twice', async () => {
    disk.hold();
    const first = stamp(store, submit(log, 'hello'));
    await until(() => disk.writing === 1);
    const again = stamp(store, submit(log, 'hello'));
    const others = crowd();
    await prepared();
    disk.release();
    expect(await again).toEqual({ ...(await first), known: true });
    await Promise.all(others);
    expect(await proveOrder(store, log)).toHaveLength(CROWD + 1);
  });

  test('a one-time key on its way to somebody is not handed to the next', async () => {
    const [address, contact] = [named('a directory'), named('a contact')];
    const signed = create(SignedPreKeySchema, { id: 1, publicKey: bytes(33), signature: bytes(64) });
    const oneTime = [1, 2].map((id) => create(EcPreKeySchema, { id, publicKey: bytes(33) }));
    const keys = { writer: address, device: 1, counter: 1n, signed, lastResortKyber: signed, oneTime, contactHash: contact };
    await store.putPreKeys(address, create(PutPreKeysSchema, keys));
    disk.hold();
    const first = store.takePreKeys(address, 1, contact, null);
    await until(() => disk.writing === 1);
    const second = store.takePreKeys(address, 1, contact, null);
    const others = crowd();
    await prepared();
    disk.release();
    const bundles = [...(await first), ...(await second)].map((bundle) => (typeof bundle === 'string' ? bundle : bundle.oneTime?.id));
    expect(bundles).toEqual([1, 2]);
    expect((await store.countPreKeys(address, 1)).oneTime).toBe(0);
    await Promise.all(others);
  });

  test('nothing of it can be read, watched or answered', async () => {
    disk.hold();
    const seen: string[] = [];
    store.watch(log.id, () => seen.push('watched'));
    const first = stamp(store, submit(log, 'hello')).then(() => seen.push('answered'));
    await until(() => disk.writing === 1);
    expect([seen, await everything(store, log), (await store.log(log.id))?.seq]).toEqual([[], [], 0]);
    disk.release();
    await first;
    expect(seen.sort()).toEqual(['answered', 'watched']);
  });

  test('should it fail, the disk is brought back first and what was prepared on top is prepared anew', async () => {
    disk.hold();
    const lost = store.append([submit(log, 'lost')]);
    const refused = expect(lost).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await until(() => disk.writing === 1);
    const others = crowd();
    await prepared();
    disk.failOne();
    await refused;
    disk.release();
    const seqs = (await Promise.all(others)).map(({ stamps }) => stamps[0]?.seq);
    expect(seqs).toEqual(Array.from({ length: CROWD }, (_, n) => n + 1));
    expect(disk.heals).toBe(1);
    expect(await proveOrder(store, log)).toHaveLength(CROWD);
  });
});
