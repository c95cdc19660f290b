// The list of conversations finds people however their names are written, and says what stands in one line.
import { describe, expect, test } from 'vitest';
import type { Contact, Message, Warning } from '../../core/api.ts';
import { NO_CONVERSATIONS, stateOf, withWritten } from '../../desktop/ui/app/conversations-state.ts';
import { ConversationsStore } from '../../desktop/ui/app/conversations-store.ts';
import { EMOJI, EMOJI_GROUPS, findEmoji } from '../../desktop/ui/conversation/emoji-list.ts';
import { lineOf } from '../../desktop/ui/conversation/line-words.ts';
import { findInName } from '../../desktop/ui/conversations/name-search.ts';
import { accountOf, PageEngine } from '../support/page-engine.ts';

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

const contact: Contact = {
  account: 'b',
  petname: null,
  claimedName: null,
  state: 'accepted',
  verified: false,
  blocked: false,
  direct: false,
};

test('the line under a name says only what is known', () => {
  const row = { id: 'c', with: contact, unread: 0, last: null, epoch: 1, relay: '/dns4/r.example', warnings: [] as Warning[] };
  const relay = { address: '/dns4/r.example', peerId: 'r', state: 'connected', reason: null } as const;
  expect(lineOf(contact, row, [relay])).toBe('lineRelay');
  expect(lineOf(contact, row, [{ ...relay, state: 'waiting' }])).toBe('lineRelayWaiting');
  expect(lineOf(contact, row, [])).toBe('lineRelay');
  // The same relay by its other address.
  const elsewhere = { ...row, relay: '/ip4/192.0.2.1/tcp/443/ws/p2p/r' };
  expect(lineOf(contact, elsewhere, [{ ...relay, state: 'waiting' }])).toBe('lineRelayWaiting');
  expect(lineOf(contact, elsewhere, [{ ...relay, peerId: 's', state: 'waiting' }])).toBe('lineRelay');
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

describe('what Alice writes to Bob, who has not answered,', () => {
  const said = (at: number): Message => ({
    id: at.toString(16).padStart(32, '0'),
    conversation: '0'.repeat(32),
    direction: 'out',
    from: 'a'.repeat(64),
    text: 'hello',
    sentAt: at,
    storedAt: null,
    epoch: null,
    seq: null,
    state: 'queued',
    reason: 'waits until the contact accepts',
    provisional: false,
  });
  const bob: Contact = { ...contact, account: 'bob', state: 'requested' };
  const talk = (account: string, at: number) => ({
    id: account.padStart(32, '0'),
    with: { ...contact, account },
    unread: 0,
    last: said(at),
    epoch: 1,
    relay: null,
    warnings: [],
  });

  test('stands in the list among the others by its time, also after everything was asked again', () => {
    const engine = [talk('dave', 30), talk('carol', 10)];
    const asked = stateOf(engine, [bob], NO_CONVERSATIONS);
    expect(asked.order).toEqual(['dave', 'carol', 'bob']);
    const written = withWritten(asked, 'bob', said(20));
    expect(written.order).toEqual(['dave', 'bob', 'carol']);
    expect(written.byAccount.get('bob')?.last?.text).toBe('hello');
    const again = stateOf(engine, [bob], written);
    expect([again.order, again.byAccount.get('bob')?.last?.text]).toEqual([written.order, 'hello']);
    expect(withWritten(written, 'dave', said(40))).toBe(written);
  });

  test('is in the list at once, and in a window that is opened later', async () => {
    const engine = new PageEngine(() => undefined);
    engine.request(5);
    const first = engine.write(5);
    for (const write of [() => undefined, (store: ConversationsStore) => store.onWritten(accountOf(5), engine.write(5))]) {
      const store = new ConversationsStore(engine.api, (run) => run());
      void store.ask();
      await engine.settle();
      const before = store.shown.get().byAccount.get(accountOf(5))?.last;
      expect(before?.text).toBe(first.text);
      write(store);
      const after = store.shown.get().byAccount.get(accountOf(5))?.last;
      expect((after?.sentAt ?? 0) > first.sentAt).toBe(write.length > 0);
    }
  });
});
