// The list of conversations finds people however their names are written, and says what stands in one line.
import { describe, expect, test } from 'vitest';
import type { Contact, Warning } from '../../core/api.ts';
import { EMOJI, EMOJI_GROUPS, findEmoji } from '../../desktop/ui/conversation/emoji-list.ts';
import { lineOf } from '../../desktop/ui/conversation/line-words.ts';
import { findInName } from '../../desktop/ui/conversations/name-search.ts';

const found = (name: string, query: string) => {
  const range = findInName(name, query);
  return range === null ? null : name.slice(...range);
};

describe('a name is found', () => {
  test('without case and accents, and marked as it is written', () => {
    expect(found('Zoë Müller', 'zoe')).toBe('Zoë');
    expect(found('Zoe\u0308 Müller', 'zoe m')).toBe('Zoe\u0308 M');
    expect(found('Straße', 'strass')).toBe('Straß');
    expect(found('Łukasz', 'lu')).toBe('Łu');
  });

  test('or it is not', () => {
    expect(found('Bob', 'alice')).toBeNull();
    expect(found('Bob', '  ')).toBeNull();
  });
});

test('the line under a name says only what is known', () => {
  const contact: Contact = {
    account: 'b',
    petname: null,
    claimedName: null,
    state: 'accepted',
    verified: false,
    blocked: false,
    direct: false,
  };
  const row = { id: 'c', with: contact, unread: 0, last: null, epoch: 1, relay: '/dns4/r.example', warnings: [] as Warning[] };
  const relay = { address: '/dns4/r.example', peerId: 'r', state: 'connected', reason: null } as const;
  expect(lineOf(contact, row, [relay])).toBe('lineRelay');
  expect(lineOf(contact, row, [{ ...relay, state: 'waiting' }])).toBe('lineRelayWaiting');
  expect(lineOf(contact, row, [])).toBe('lineRelay');
  expect(lineOf({ ...contact, direct: true }, row, [relay])).toBe('lineBoth');
  expect(lineOf({ ...contact, direct: true }, { ...row, relay: null }, [])).toBe('lineDirect');
  expect(lineOf(contact, { ...row, relay: null }, [])).toBe('lineNone');
  expect(lineOf({ ...contact, state: 'requested' }, undefined, [])).toBe('lineAsked');
  expect(lineOf({ ...contact, blocked: true }, row, [relay])).toBe('lineBlocked');
});

describe('emoji', () => {
  const all = EMOJI_GROUPS.flatMap((group) => EMOJI[group]);

  test('each is one sign, once, with a name in both languages', () => {
    const segments = new Intl.Segmenter();
    expect(all.filter(({ sign }) => [...segments.segment(sign)].length !== 1)).toEqual([]);
    expect(new Set(all.map(({ sign }) => sign)).size).toBe(all.length);
    expect(all.filter(({ name }) => name.en === '' || name.de === '' || /\p{Emoji_Presentation}/u.test(name.en + name.de))).toEqual([]);
    expect(all.length).toBeGreaterThan(200);
  });

  test('are found by the beginning of a word in either language', () => {
    expect(findEmoji('herz').map(({ sign }) => sign)).toContain('❤️');
    expect(findEmoji('Thu').map(({ sign }) => sign)).toEqual(['👍', '👎']);
    expect(findEmoji(' ')).toEqual([]);
  });
});
