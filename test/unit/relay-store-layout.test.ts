// The layout of a relay's store: every released one is read, an older one is brought up from wherever it was cut off, a newer one is left alone.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { concat, hex, u32be } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/base/hash.ts';
import { type Log, silentLog } from '../../core/base/log.ts';
import type { Disk } from '../../relay/store/disk.ts';
import { under } from '../../relay/store/keys.ts';
import { NEWEST_LAYOUT, settle } from '../../relay/store/layout.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { META } from '../../relay/store/meta.ts';
import { MIGRATIONS } from '../../relay/store/migrations/all.ts';
import type { Migration } from '../../relay/store/migrations/migration.ts';
import { FailingDisk, HandClock, proveOrder, submit } from '../support/relay-store.ts';
import { diskOf, FROZEN, frozen, frozenFile, type HexPair, madeToday, pairsOf } from '../support/relay-store-frozen.ts';

/** SHA-256 of each frozen store: none is ever edited; a new layout gets a new one. */
const HASHES: readonly string[] = ['b507afac976f2f0d8a01590187f98e4463efafd455a15b46aa53396be6cbf341'];
const layouts = HASHES.map((_, at) => at + 1);
const ENTRIES = 1_300;

/** Each entry becomes a byte longer: twice would be seen. */
const longer: Migration = { over: under('entry'), change: ({ key, value }, changes) => changes.put(key, concat(value, Uint8Array.of(1))) };
/** Each entry moves to another kind of record. */
const moved: Migration = {
  over: under('entry'),
  change: ({ key, value }, changes) => {
    changes.del(key);
    changes.put(concat(Uint8Array.of(0x62), key.subarray(1)), value);
  },
};

async function opened(disk: Disk): Promise<LevelRelayStore> {
  const store = new LevelRelayStore({ location: '', clock: new HandClock(), disk });
  await store.open();
  return store;
}

/** What is on a disk that nobody has open. */
async function lyingOn(disk: Disk): Promise<HexPair[]> {
  await disk.open();
  const pairs = await pairsOf(disk);
  await disk.close();
  return pairs;
}

async function settled(disk: Disk, steps: readonly Migration[], log: Log = silentLog): Promise<void> {
  await disk.open();
  try {
    await settle(disk, log, steps);
  } finally {
    await disk.close();
  }
}

function aStore(): Promise<Disk> {
  const entries = Array.from({ length: ENTRIES }, (_, n): HexPair => [`65${hex(sha256(u32be(n)))}`, hex(u32be(n))]);
  return diskOf([[hex(META.incarnation), hex(FROZEN.incarnation)], ...entries]);
}

describe('the frozen stores', () => {
  test('there is one for every layout, none was edited, and each migration has its file', () => {
    expect(layouts.at(-1)).toBe(NEWEST_LAYOUT);
    expect(layouts.map((layout) => hex(sha256(new Uint8Array(frozenFile(layout)))))).toEqual(HASHES);
    const files = readdirSync(new URL('../../relay/store/migrations', import.meta.url)).filter((name) => /^\d/.test(name));
    expect(files.sort().map((name) => Number(name.slice(0, 3)))).toEqual(MIGRATIONS.map((_, at) => at + 2));
  });

  test('the program writes the newest one byte for byte: whoever changes a record needs a new layout', async () => {
    expect(await madeToday()).toEqual(frozen(NEWEST_LAYOUT));
  });

  test.each(layouts)('layout %i is read whole, and marked', async (layout) => {
    const unmarked = frozen(layout).filter(([key]) => layout > 1 || key !== hex(META.layout));
    const disk = await diskOf(unmarked);
    const store = await opened(disk);
    const { home, closed, reader, registration, token, blob } = FROZEN;
    expect(store.incarnation()).toEqual(FROZEN.incarnation);
    const entries = await proveOrder(store, home);
    expect(entries.map(({ envelope }) => Buffer.from(envelope).toString())).toEqual(FROZEN.words.slice(2));
    expect((await store.append([submit(home, 'one')])).stamps[0]?.seq).toBe(1);
    expect(await store.cursor(home.id, reader)).toBe(2);
    expect(await store.slots(home.id)).toEqual([{ reader, counter: 7, value: FROZEN.slot }]);
    expect(await store.link(FROZEN.link)).toMatchObject({ log: home.id, entries: 20, directory: FROZEN.address });
    expect((await store.log(closed.id))?.closed).toBe(true);
    expect([await store.registration(registration), await store.tokenUses(token)]).toEqual([token, 1]);
    expect((await store.manifest(FROZEN.address))?.version).toBe(3);
    expect(await store.countPreKeys(FROZEN.address, 1)).toMatchObject({ oneTime: 2, oneTimeKyber: 1 });
    expect(await store.blobs.get(blob)).toMatchObject({ whole: true, size: 9, registration });
    expect(await store.blobs.used(registration)).toEqual({ bytes: 18, blobs: 2 });
    await store.close();
    expect(await lyingOn(disk)).toContainEqual([hex(META.layout), hex(u32be(NEWEST_LAYOUT))]);
  });
});

describe('a store', () => {
  test('of a newer layout is refused in a sentence, and not a byte of it changes', async () => {
    const disk = await diskOf([...frozen(NEWEST_LAYOUT).filter(([key]) => key !== hex(META.layout)), [hex(META.layout), '00000063']]);
    const before = await lyingOn(disk);
    await expect(opened(disk)).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringMatching(/layout 99.*newer/) });
    expect(await lyingOn(disk)).toEqual(before);
  });

  test('that was not restored to the end is refused in a sentence', async () => {
    const disk = await diskOf([...frozen(NEWEST_LAYOUT), [hex(META.restoring), '']]);
    await expect(opened(disk)).rejects.toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringMatching(/not restored to the end/) });
  });

  test('goes through every step it lacks and no other, with a log line each', async () => {
    const disk = await aStore();
    await settled(disk, [longer]);
    const lines: unknown[] = [];
    const log: Log = { info: (event, facts) => lines.push([event, facts]), warn: () => undefined };
    await settled(disk, [longer, moved], log);
    const layout = 3;
    expect(lines).toEqual([
      ['store-migrating', { layout }],
      ['store-migrated', { layout, records: ENTRIES }],
    ]);
    const all = await lyingOn(disk);
    expect(all.filter(([key]) => key.startsWith('62') && key.length === 66).every(([, value]) => value.length === 10)).toBe(true);
    expect(all).toHaveLength(ENTRIES + 2);
  });

  test('whose migration was cut off at any batch goes on there, and no record is changed twice', async () => {
    const whole = await aStore();
    await settled(whole, [longer, moved]);
    const expected = await lyingOn(whole);
    let cuts = 0;
    for (let at = 1; ; at += 1) {
      const below = await aStore();
      const failing = new FailingDisk(below, at, at % 2 === 0 ? 'nothing written' : 'written unsaid', true);
      await settled(failing, [longer, moved]).catch(() => undefined);
      if (!failing.failed) break;
      cuts += 1;
      await settled(below, [longer, moved]);
      expect(await lyingOn(below), `cut at batch ${at}`).toEqual(expected);
    }
    expect(cuts).toBeGreaterThan(8);
  });

  test('takes no migration that writes where it has not been yet', async () => {
    const ahead: Migration = {
      over: under('entry'),
      change: ({ key, value }, changes) => changes.put(concat(key, Uint8Array.of(1)), value),
    };
    const disk = await aStore();
    const before = await lyingOn(disk);
    await expect(settled(disk, [ahead])).rejects.toThrow(RangeError);
    expect(await lyingOn(disk)).toEqual([...before, [hex(META.layout), hex(u32be(1))]].sort());
  });
});
