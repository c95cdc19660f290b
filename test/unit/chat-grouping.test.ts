// Between the messages of Alice and Bob stand days, the unread line and the ends of groups.
import { describe, expect, test } from 'vitest';
import type { Message } from '../../core/api.ts';
import { dayOf, GROUP_MS, movedAtStart, rowsOf } from '../../desktop/ui/conversation/grouping.ts';

const NOON = new Date(2026, 10, 21, 12).getTime();
const DAY = 86_400_000;

function said(id: string, by: 'alice' | 'bob' | null, sentAt: number): Message {
  const direction = by === 'alice' ? 'out' : 'in';
  const from = by === null ? null : by;
  return {
    id,
    conversation: 'c',
    direction,
    from,
    text: id,
    sentAt,
    storedAt: sentAt,
    epoch: 1,
    seq: sentAt,
    state: 'delivered',
    reason: null,
    provisional: false,
  };
}

describe('groups', () => {
  test('what Bob says within five minutes hangs together, Alice ends it', () => {
    const messages = [
      said('1', 'bob', NOON),
      said('2', 'bob', NOON + GROUP_MS),
      said('3', 'alice', NOON + GROUP_MS + 1),
      said('4', 'alice', NOON + 2 * GROUP_MS + 2),
    ];
    const rows = rowsOf(messages, false, null, []);
    expect(rows.map(({ first, last }) => [first, last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  test('what nobody could open hangs together with nothing', () => {
    const rows = rowsOf([said('1', null, NOON), said('2', null, NOON)], false, null, []);
    expect(rows.every(({ first, last }) => first && last)).toBe(true);
  });

  test('midnight and the unread line end a group', () => {
    const late = new Date(2026, 10, 21, 23, 59).getTime();
    const rows = rowsOf([said('1', 'bob', late), said('2', 'bob', late + 90_000), said('3', 'bob', late + 91_000)], true, '3', []);
    expect(rows.map(({ first, last }) => [first, last])).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(rows.map(({ unread }) => unread)).toEqual([false, false, true]);
  });
});

describe('days', () => {
  test('each local day is said once, also over a change to summer time', () => {
    const rows = rowsOf([said('1', 'bob', NOON), said('2', 'bob', NOON + 1), said('3', 'alice', NOON + DAY)], true, null, []);
    expect(rows.map(({ day }) => day)).toEqual([new Date(2026, 10, 21).getTime(), null, new Date(2026, 10, 22).getTime()]);
  });

  test('the first row says its day only where nothing stands before it: one more page would take it away again', () => {
    expect(rowsOf([said('1', 'bob', NOON)], false, null, [])[0]?.day).toBeNull();
  });
});

test('a row stays the same object until something about it changes', () => {
  const messages = [said('1', 'bob', NOON), said('2', 'bob', NOON + 1)];
  const before = rowsOf(messages, true, null, []);
  const after = rowsOf([...messages, said('3', 'bob', NOON + 2)], true, null, before);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('rows put before or taken from the start are counted; others are not', () => {
  const [one, two, three] = rowsOf([said('1', 'bob', NOON), said('2', 'bob', NOON), said('3', 'bob', NOON)], true, null, []);
  if (one === undefined || two === undefined || three === undefined) throw new Error('three rows');
  expect(movedAtStart([three], [one, two, three])).toBe(2);
  expect(movedAtStart([one, two, three], [three])).toBe(-2);
  expect(movedAtStart([one, two], [one, two, three])).toBe(0);
  expect(movedAtStart([one], [three])).toBeNull();
  expect(movedAtStart([], [three])).toBeNull();
});

test('the day of a time is that of the calendar, whichever was asked for before', () => {
  let at = new Date(2026, 2, 27, 23, 59, 59, 999).getTime();
  for (let n = 0; n < 2_000; n += 1) {
    expect(dayOf(at)).toBe(new Date(at).setHours(0, 0, 0, 0));
    // Over both changes of the clock, forward and back.
    at += (n % 3 === 0 ? -1 : 1) * ((n * 7_919_317) % (2 * DAY));
  }
  expect(dayOf(9e15)).toBeNaN();
});
