// The filter over stored ids may doubt, and must never deny one that is stored.
import { describe, expect, test } from 'vitest';
import { IdFilter } from '../../relay/store/id-filter.ts';
import { ID_KEY_BYTES, idKey } from '../../relay/store/keys.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { named } from '../support/relay-store-logs.ts';

const log = named('a log');
const keyView = (n: number, of = log): DataView => new DataView(idKey(of, named(`id ${n}`)).buffer, 0, ID_KEY_BYTES);

async function diskWith(count: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.open();
  const batch = disk.batch();
  for (let n = 0; n < count; n++) batch.put(idKey(log, named(`id ${n}`)), new Uint8Array(8));
  await batch.write();
  return disk;
}

describe('the filter over stored ids', () => {
  test('denies nothing before it has read everything', () => {
    expect(new IdFilter().perhaps(keyView(1), 0)).toBe(true);
  });

  test('never denies what is on disk or was added, and denies nearly all else', async () => {
    const filter = new IdFilter();
    const filling = filter.fill(await diskWith(2_000));
    for (let n = 2_000; n < 3_000; n++) filter.add(keyView(n), 0);
    expect(await filling).toBe(true);
    for (let n = 3_000; n < 4_000; n++) filter.add(keyView(n), 0);
    for (let n = 0; n < 4_000; n++) expect(filter.perhaps(keyView(n), 0)).toBe(true);
    const doubts = Array.from({ length: 4_000 }, (_, n) => filter.perhaps(keyView(n + 4_000), 0)).filter(Boolean);
    expect(doubts.length).toBeLessThan(40);
  });

  test('keeps logs apart', async () => {
    const filter = new IdFilter();
    await filter.fill(await diskWith(50));
    const elsewhere = Array.from({ length: 50 }, (_, n) => filter.perhaps(keyView(n, named('another log')), 0)).filter(Boolean);
    expect(elsewhere.length).toBeLessThan(5);
  });

  test('doubts everything again once stopped, and an overtaken reading does not end that', async () => {
    const filter = new IdFilter();
    const overtaken = filter.fill(await diskWith(50));
    filter.stop();
    expect(await overtaken).toBe(false);
    expect(filter.perhaps(keyView(99), 0)).toBe(true);
  });
});
