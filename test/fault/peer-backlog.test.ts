// A backlog is indexed behind its commits: whenever Bob dies, everything is there once, in order, and found by its ids after the next start.
import { expect, test } from 'vitest';
import { indexAgainIfPossible } from '../../core/peer/late-index.ts';
import { MIN_AWAY } from '../../core/peer/opener.ts';
import type { Locator } from '../../core/peer/outbox.ts';
import { decodeRecord, keys, type RowRecord, readRecord } from '../../core/peer/records.ts';
import { orderOf, rangeOf } from '../../core/store/keys.ts';
import type { Store } from '../../core/store/store.ts';
import { until } from '../support/net-wait.ts';
import type { Person } from '../support/people.ts';
import { backlogOf, bobOver, heard } from '../support/people-backlog.ts';
import { copyOf } from '../support/people-disk.ts';
import { bySize } from '../support/size.ts';
import { FaultyStore } from '../support/store-faulty.ts';

const BACKLOG = 4 * MIN_AWAY;
/** Bob dies at every STRIDE-th commit up to this one; slow: at every one there is. */
const { DEATHS, STRIDE } = bySize({ usual: { DEATHS: 5, STRIDE: 2 }, full: { DEATHS: 6, STRIDE: 1 }, slow: { DEATHS: 40, STRIDE: 1 } });

/** The disk of a Bob who was away while Alice wrote. */
async function backlog(): Promise<{ disk: Store; conversation: string; said: readonly string[] }> {
  const { bob, conversation, said } = await backlogOf(BACKLOG);
  return { disk: bob.disk, conversation, said };
}

/** Bob over a copy of that disk, taking what waits. */
async function returned(disk: Store, prepare: (person: Person) => void = () => undefined): Promise<Person> {
  const bob = await bobOver(disk);
  prepare(bob);
  return bob.goOnline();
}

/** Every settled row of the conversation stands where its ids say, on the disk itself. */
async function isIndexed(disk: Store, id: string): Promise<boolean> {
  const conversation = Buffer.from(id, 'hex').toString('base64url');
  let rows = 0;
  for await (const { key, value } of disk.range(rangeOf('row', [conversation], { gte: [0], lt: [1] }))) {
    const row = decodeRecord<RowRecord>(value);
    const [, a, b] = orderOf(key);
    rows += 1;
    const wanted = [keys.outer(conversation, row.outer ?? ''), ...(row.kind === 'control' ? [] : [keys.message(row.id)])];
    for (const one of wanted) {
      const place = (await readRecord<Locator>(disk, one))?.place;
      if (place?.zone !== 0 || place.a !== a || place.b !== b) return false;
    }
  }
  return rows >= BACKLOG;
}

test('The index follows when the backlog was taken, and at the latest when Bob leaves', async () => {
  const { disk, conversation, said } = await backlog();
  const bob = await returned(await copyOf(disk));
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  expect(await isIndexed(bob.disk, conversation)).toBe(false);
  expect(await readRecord(bob.disk, keys.unindexed())).not.toBeNull();
  await until(() => isIndexed(bob.disk, conversation), 'the index is on the disk');
  await until(async () => (await readRecord(bob.disk, keys.unindexed())) === null, 'the mark is gone');
  const quick = await returned(await copyOf(disk));
  await until(async () => (await heard(quick)).length === BACKLOG, 'all of it is here');
  await quick.leave();
  expect(await isIndexed(quick.disk, conversation)).toBe(true);
  expect(await heard(bob)).toEqual(said);
});

test('A full disk keeps nobody from reading a backlog whose index is not made, and the engine makes it when there is room', async () => {
  const { disk, conversation, said } = await backlog();
  const copy = await copyOf(disk);
  const bob = await returned(copy);
  await until(async () => (await heard(bob)).length === BACKLOG, 'all of it is here');
  await bob.kill();
  expect(await isIndexed(copy, conversation)).toBe(false);
  const full = new FaultyStore(copy).failAt(1);
  await indexAgainIfPossible(full);
  expect(full.commits).toBe(1);
  expect(await isIndexed(copy, conversation)).toBe(false);
  const again = await returned(copy);
  expect(await isIndexed(copy, conversation)).toBe(true);
  expect(await heard(again)).toEqual(said);
});

test('Bob dies at any commit of a backlog and its index: all of it is there once, in order, and indexed', async () => {
  const { disk, conversation, said } = await backlog();
  for (let death = 1; death <= DEATHS; death += STRIDE) {
    for (const moment of ['before', 'after'] as const) {
      const copy = await copyOf(disk);
      const bob = await returned(copy, (person) => void person.store.stopAt(death, moment));
      await Promise.race([
        bob.store.stopped,
        until(async () => bob.hasStopped || (await isIndexed(copy, conversation)), 'Bob dies or is done'),
      ]);
      await bob.kill();
      const again = await returned(copy);
      await until(async () => (await heard(again)).length === BACKLOG, `all of it is here after death ${death} ${moment}`);
      expect(await heard(again)).toEqual(said);
      await again.leave();
      expect(await isIndexed(copy, conversation)).toBe(true);
    }
  }
});
