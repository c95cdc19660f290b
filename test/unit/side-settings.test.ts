// What the settings and the window's helpers say and where they lead.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RelayStatus } from '../../core/api.ts';
import { REFUSAL } from '../../core/wire/codes.ts';
import type { Place } from '../../desktop/ui/app/place.ts';
import { Cell } from '../../desktop/ui/app/readable.ts';
import { peopleByAccount } from '../../desktop/ui/palette/by-account.ts';
import { relayReason } from '../../desktop/ui/settings/relay-reason.ts';
import { relaysDown, watchRelays } from '../../desktop/ui/settings/relay-times.ts';
import { sizeWords, untilWords, whenWords } from '../../desktop/ui/settings/times.ts';
import { VERSION } from '../../desktop/ui/settings/version.ts';
import { neighbour, nextUnread } from '../../desktop/ui/shortcuts/neighbours.ts';
import { placeBehind, rememberPlace } from '../../desktop/ui/shortcuts/way-back.ts';
import { regional } from '../../desktop/ui/words/regional.ts';

const relay = (state: RelayStatus['state'], reason: string | null = null, peerId = 'a'): RelayStatus => ({
  address: '/x',
  peerId,
  state,
  reason,
});

describe('a relay that does not serve Alice', () => {
  test('is explained by what it refused, and by nothing while it serves', () => {
    expect(relayReason(relay('connected'))).toBeNull();
    expect(relayReason(relay('connecting'))).toBeNull();
    expect(relayReason(relay('refused', 'The relay did not register this device (TOKEN). Ask its operator.'))).toBe('token');
    expect(relayReason(relay('waiting', 'The relay refused the connection (BUSY).'))).toBe('busy');
    expect(relayReason(relay('waiting', 'offline'))).toBe('unreachable');
    expect(relayReason(relay('refused', null))).toBe('refused');
  });

  test('has words for every refusal there is', () => {
    for (const name of Object.keys(REFUSAL)) expect(relayReason(relay('refused', `No (${name}).`))).not.toBe('unreachable');
  });

  test('is away since its line was seen going down, and no time is made up for the others', () => {
    const relays = new Cell<readonly RelayStatus[]>([relay('waiting', 'x', 'never-seen'), relay('connected')]);
    let now = 1_000;
    const stop = watchRelays(relays, () => now);
    expect(relaysDown.get().size).toBe(0);
    now = 2_000;
    relays.set([relay('waiting', 'x', 'never-seen'), relay('waiting', 'gone')]);
    now = 3_000;
    relays.set([relay('waiting', 'x', 'never-seen'), relay('connecting')]);
    expect([...relaysDown.get()]).toEqual([['a', 2_000]]);
    relays.set([relay('connected')]);
    expect(relaysDown.get().size).toBe(0);
    stop();
  });
});

describe('times and sizes', () => {
  const now = new Date(2026, 10, 22, 14, 30).getTime();
  const at = (day: number, hour = 9) => new Date(2026, 10, day, hour, 5).getTime();

  test('are said as people say them, in both languages', () => {
    expect(whenWords(at(22), now, 'de')).toBe('heute, 09:05');
    expect(whenWords(at(21, 23), now, 'en')).toBe('yesterday');
    expect(whenWords(at(19), now, 'de')).toBe('vor 3 Tagen');
    expect(whenWords(at(2), now, 'en')).toBe('November 2, 2026');
    expect(untilWords(at(23), now, 'de')).toBe('morgen, 09:05');
    expect(untilWords(at(29), now, 'de')).toBe('Sonntag, 29. November');
  });

  test('of the future are not said to be past, when the clocks of two machines differ', () => {
    expect(whenWords(at(25), now, 'en')).toBe('November 25, 2026');
  });

  test('of a store are said in a unit that fits', () => {
    expect(sizeWords(0, 'en')).toBe('0 bytes');
    expect(sizeWords(812_000, 'en')).toBe('812 kB');
    expect(sizeWords(1_428_000_000, 'de')).toBe('1,4\u00a0GB');
  });
});

describe('moving between conversations', () => {
  const row = (unread: number, blocked = false) => ({ unread, with: { blocked } }) as never;
  const list = {
    order: ['a', 'b', 'c', 'd'],
    byAccount: new Map([
      ['a', row(0)],
      ['b', row(2)],
      ['c', row(5, true)],
      ['d', row(1)],
    ]),
  };

  test('goes one up or down, stays at the ends, and begins at an end from elsewhere', () => {
    expect(neighbour(list, 'b', 1)).toBe('c');
    expect(neighbour(list, 'b', -1)).toBe('a');
    expect(neighbour(list, 'd', 1)).toBeNull();
    expect(neighbour(list, null, 1)).toBe('a');
    expect(neighbour(list, 'stranger', -1)).toBe('d');
    expect(neighbour({ order: [], byAccount: new Map() }, null, 1)).toBeNull();
  });

  test('finds the next unread one below, then from the top, and never somebody blocked', () => {
    expect(nextUnread(list, 'a')).toBe('b');
    expect(nextUnread(list, 'b')).toBe('d');
    expect(nextUnread(list, 'd')).toBe('b');
    expect(nextUnread(list, null)).toBe('b');
    expect(nextUnread({ order: ['b'], byAccount: list.byAccount }, 'b')).toBeNull();
  });
});

describe('the way back', () => {
  const bob: Place = { at: 'conversation', account: 'bob' };

  test('out of the settings leads to the conversation Alice came from, however many pages she saw', () => {
    for (const place of [bob, { at: 'settings' }, { at: 'settings', page: 'relays' }] as const) rememberPlace(place);
    expect(placeBehind({ at: 'settings', page: 'relays' })).toEqual(bob);
    expect(placeBehind({ at: 'invite' })).toEqual(bob);
  });

  test('out of a contact leads to their conversation, and out of a conversation nowhere', () => {
    expect(placeBehind({ at: 'contact', account: 'carol' })).toEqual({ at: 'conversation', account: 'carol' });
    expect(placeBehind(bob)).toBeNull();
    expect(placeBehind({ at: 'conversations' })).toBeNull();
  });
});

test('somebody without a name is found by the first digits of their account, as they are shown', () => {
  const people = [
    { id: 'c4da9b2d00', folded: [] },
    { id: 'c4da000000', folded: ['bob c4da'] },
    { id: '00c4da', folded: [] },
  ];
  expect(peopleByAccount('C4DA 9b', people, 9).map(({ id }) => id)).toEqual(['c4da9b2d00']);
  expect(peopleByAccount('c4da', people, 9)).toHaveLength(1);
  expect(peopleByAccount('c4d', people, 9)).toEqual([]);
  expect(peopleByAccount('dave', people, 9)).toEqual([]);
});

test('the version on the page is the version of the package', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8')).version).toBe(VERSION);
});

test('a date is written as the region of the system writes it, in the language of the page', () => {
  const now = new Date(2026, 10, 22, 9, 5).getTime();
  const week = now + 7 * 86_400_000;
  expect(untilWords(week, now, regional('en', ['de-DE', 'en-GB']))).toBe('Sunday 29 November');
  expect(untilWords(week, now, regional('en', ['en-US']))).toBe('Sunday, November 29');
  expect(untilWords(week, now, regional('de', ['en-GB']))).toBe('Sonntag, 29. November');
});
