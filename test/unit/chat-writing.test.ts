// What Alice types is never lost and never said twice; what she saw is told once; why something failed is said in words that are ours.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { calls, type Message } from '../../core/api.ts';
import { MAX_TEXT_BYTES as WIRE_LIMIT } from '../../core/wire/limits.ts';
import { dismiss, wasDismissed } from '../../desktop/ui/conversation/dismissals.ts';
import { rowsOf } from '../../desktop/ui/conversation/grouping.ts';
import { ReadMarker } from '../../desktop/ui/conversation/read-marker.ts';
import { REASONS, reasonWord } from '../../desktop/ui/conversation/reason-words.ts';
import { stepsOf } from '../../desktop/ui/conversation/row-feed.ts';
import { Sending } from '../../desktop/ui/conversation/sending.ts';
import { charactersOver, leftAfter, MAX_KEPT_UNITS, MAX_TEXT_BYTES, sendable, unsent } from '../../desktop/ui/conversation/text-size.ts';
import { daysAgo, shortTime } from '../../desktop/ui/conversation/times.ts';
import { SharedDraft, Typing } from '../../desktop/ui/conversation/typing.ts';

const message = (seq: number, fields: Partial<Message> = {}): Message => ({
  id: seq.toString(16).padStart(32, '0'),
  conversation: 'c'.repeat(32),
  direction: 'in',
  from: 'b'.repeat(64),
  text: 'hello',
  sentAt: seq,
  storedAt: seq,
  epoch: 1,
  seq,
  state: 'delivered',
  reason: null,
  provisional: false,
  ...fields,
});

describe('sending', () => {
  test('the same text tried again after a lost engine is the same message', async () => {
    const sent: { text: string; id: string | null }[] = [];
    let isLost = true;
    const sending = new Sending({
      send: async ({ text, id }) => {
        sent.push({ text, id });
        if (isLost) throw new Error('lost');
        return message(1);
      },
    });
    await expect(sending.send('bob', 'hello')).rejects.toThrow('lost');
    isLost = false;
    await sending.send('bob', 'hello');
    await sending.send('bob', 'hello');
    expect(sent.map(({ id }) => id)).toEqual([sent[0]?.id, sent[0]?.id, expect.not.stringMatching(sent[0]?.id ?? '')]);
    expect(sent.every(({ id }) => /^[0-9a-f]{32}$/.test(id ?? ''))).toBe(true);
  });

  test('a changed text is another message, and so is the same text to Carol', async () => {
    const ids: (string | null)[] = [];
    const sending = new Sending({
      send: async ({ id }) => {
        ids.push(id);
        throw new Error('lost');
      },
    });
    for (const [who, text] of [
      ['bob', 'hello'],
      ['bob', 'hello!'],
      ['carol', 'hello!'],
    ] as const)
      await sending.send(who, text).catch(() => undefined);
    expect(new Set(ids).size).toBe(3);
  });

  test('blank lines around a text are not sent, its own shape is', () => {
    expect(sendable('\n  \n  if (x)\n    y\n\n')).toBe('  if (x)\n    y');
    expect(sendable(' \n\t')).toBe('');
  });

  test('what was typed on while the engine wrote stays', () => {
    expect(leftAfter('hello', 'hello')).toBe('');
    expect(leftAfter('hello and more', 'hello')).toBe(' and more');
    expect(leftAfter('other words', 'hello')).toBe('other words');
  });

  test('each Enter is a message of its own, also while the one before is on its way', () => {
    expect(unsent('one', [])).toBe('one');
    expect(unsent('onetwo', ['one'])).toBe('two');
    expect(unsent('onetwothree', ['one', 'two'])).toBe('three');
    expect(unsent('one', ['one'])).toBe('');
    // Somebody went back and changed it: that is decided when the first is sent.
    expect(unsent('One, two', ['one'])).toBeNull();
  });

  test('the limits are those of the wire and of the contract', () => {
    expect(MAX_TEXT_BYTES).toBe(WIRE_LIMIT);
    expect(charactersOver('x'.repeat(MAX_TEXT_BYTES))).toBe(0);
    expect(charactersOver('ü'.repeat(MAX_TEXT_BYTES / 2 + 1))).toBe(1);
    expect(charactersOver('🌱'.repeat(MAX_TEXT_BYTES / 4 + 7))).toBe(7);
    const kept = (text: string) => calls.saveTyped[0]['~run']({ value: { who: 'bob', text } }, {}).issues === undefined;
    expect([kept('x'.repeat(MAX_KEPT_UNITS)), kept('x'.repeat(MAX_KEPT_UNITS + 1))]).toEqual([true, false]);
  });
});

describe('what is being typed', () => {
  test('is kept a moment after the last key, and every few seconds while keys go on', () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const typing = new Typing((text) => saved.push(text));
    typing.typed('h');
    vi.advanceTimersByTime(300);
    typing.typed('he');
    vi.advanceTimersByTime(399);
    expect(saved).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(saved).toEqual(['he']);
    for (let n = 0; n < 40; n += 1) {
      typing.typed(`he${n}`);
      vi.advanceTimersByTime(100);
    }
    expect(saved.length).toBeGreaterThan(1);
    vi.useRealTimers();
  });

  test('is not kept once it is being sent: it would come back as a draft', () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const typing = new Typing((text) => saved.push(text));
    typing.typed('hello');
    typing.sent();
    vi.advanceTimersByTime(5_000);
    typing.flush();
    expect(saved).toEqual([]);
    vi.useRealTimers();
  });

  test('is kept at once when Alice looks away, once, and no timer stays', () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const typing = new Typing((text) => saved.push(text));
    typing.typed('hello');
    typing.flush();
    typing.flush();
    expect(saved).toEqual(['hello']);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe('a draft in two windows', () => {
  test('the other window shows what was typed in one, and an empty field once it was sent there', () => {
    const other = new SharedDraft();
    expect(other.shown('', 'hel')).toBe('hel');
    expect(other.shown('hel', 'hello')).toBe('hello');
    expect(other.shown('hello', '')).toBe('');
  });

  test('what is being typed in a window is newer than what comes from the other', () => {
    const mine = new SharedDraft();
    expect(mine.shown('', 'hello')).toBe('hello');
    expect(mine.shown('hello Bob', 'hello Carol')).toBe('hello Bob');
    // Kept meanwhile: both have it in common again.
    expect(mine.shown('hello Bob', 'hello Bob')).toBe('hello Bob');
    expect(mine.shown('hello Bob', '')).toBe('');
  });

  test('a field that was emptied stays empty until that is kept', () => {
    const mine = new SharedDraft();
    mine.shown('', 'hello');
    expect(mine.shown('', 'hello')).toBe('');
  });
});

describe('a notice that was put away', () => {
  const storage = (fields: Partial<Storage>) => vi.stubGlobal('sessionStorage', fields);

  test('stays away while the tab lives, and the tab keeps nothing that names anybody', () => {
    const held = new Map<string, string>();
    storage({ getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value) });
    expect(wasDismissed('bob fork 1')).toBe(false);
    dismiss('bob fork 1');
    dismiss('bob fork 1');
    expect([wasDismissed('bob fork 1'), wasDismissed('bob fork 2')]).toEqual([true, false]);
    expect([...held.values()].join()).not.toMatch(/bob|fork| /);
    vi.unstubAllGlobals();
  });

  test('stays away for now where a tab may keep nothing', () => {
    const refuse = () => {
      throw new Error('refused');
    };
    storage({ getItem: refuse, setItem: refuse });
    dismiss('carol fork 1');
    expect([wasDismissed('carol fork 1'), wasDismissed('carol fork 2')]).toEqual([true, false]);
    vi.unstubAllGlobals();
  });
});

describe('what was seen', () => {
  test('is told once and only forwards, the newest of what came while the engine was asked', async () => {
    const told: string[] = [];
    const release: (() => void)[] = [];
    const marker = new ReadMarker((id) => {
      told.push(id);
      return new Promise((resolve) => release.push(resolve));
    });
    marker.seen([message(1), message(2), message(3, { direction: 'out' })]);
    marker.seen([message(4)]);
    marker.seen([message(3), message(5)]);
    marker.seen([message(2)]);
    release[0]?.();
    await vi.waitFor(() => expect(told.length).toBe(2));
    release[1]?.();
    await new Promise(setImmediate);
    marker.seen([message(5), message(4)]);
    marker.seen([message(6, { state: 'read' })]);
    expect(told).toEqual([message(2).id, message(5).id]);
  });

  test('is told again when the engine did not hear it', async () => {
    let tries = 0;
    const marker = new ReadMarker(async () => {
      tries += 1;
      if (tries === 1) throw new Error('lost');
    });
    marker.seen([message(1)]);
    await new Promise(setImmediate);
    marker.seen([message(1)]);
    await new Promise(setImmediate);
    marker.seen([message(1)]);
    expect(tries).toBe(2);
  });
});

describe('why', () => {
  test('every reason we have words for is one the engine says', () => {
    const engine = readdirSync('core/peer').map((name) => readFileSync(`core/peer/${name}`, 'utf8'));
    const missing = REASONS.map(([start]) => start.replace(/ \(.*/, '')).filter((start) => !engine.some((text) => text.includes(start)));
    expect(missing).toEqual([]);
  });

  test('what a relay may have had a part in is not repeated', () => {
    expect(reasonWord('The relay refused it (TOO_LARGE: send money to mallory).')).toBe('reasonTooLarge');
    expect(reasonWord('anything')).toBe('reasonOther');
  });
});

describe('rows in steps', () => {
  const rows = (...seqs: number[]) =>
    rowsOf(
      seqs.map((seq) => message(seq)),
      false,
      null,
      [],
    );
  const seqs = (steps: ReturnType<typeof stepsOf>) => steps.map(({ rows: all, shift }) => [shift, ...all.map((row) => row.message.seq)]);

  test('what comes before comes alone, then the rest', () => {
    expect(seqs(stepsOf(rows(3, 4), rows(1, 2, 3, 4), 0))).toEqual([[true, 1, 2, 3, 4]]);
    expect(seqs(stepsOf(rows(3, 4), rows(1, 2, 3, 4, 5), 0))).toEqual([
      [true, 1, 2, 3, 4],
      [false, 1, 2, 3, 4, 5],
    ]);
    expect(seqs(stepsOf(rows(1, 2, 3), rows(3, 4), 0))).toEqual([
      [true, 3],
      [false, 3, 4],
    ]);
  });

  test('what comes behind, or is altogether another, is one step', () => {
    expect(seqs(stepsOf(rows(1), rows(1, 2), 0))).toEqual([[false, 1, 2]]);
    expect(seqs(stepsOf(rows(1), rows(8, 9), 0))).toEqual([[false, 8, 9]]);
    expect(seqs(stepsOf([], rows(1), 0))).toEqual([[false, 1]]);
  });
});

test('a list says the time as shortly as it can', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  expect(shortTime('en-GB', new Date(2026, 10, 21, 9, 5).getTime(), now)).toBe('09:05');
  expect(shortTime('en-GB', new Date(2026, 10, 20, 23, 59).getTime(), now)).toBeNull();
  expect(shortTime('de', new Date(2026, 10, 17).getTime(), now)).toBe('Di');
  expect(shortTime('de', new Date(2025, 10, 17).getTime(), now)).toBe('17.11.25');
  expect(shortTime('de', new Date(2026, 10, 25).getTime(), now)).toBe('25.11.26');
  expect(shortTime('en', 9e15, now)).toBe('–');
  expect(daysAgo(now, now)).toBe(0);
});
