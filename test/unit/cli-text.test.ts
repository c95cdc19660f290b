// Text of others made harmless, and laid out so that nobody can forge a line.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cells, clockTime, table, weekday, wrap } from '../../core/cli/layout.ts';
import { safeJson, safeLine, safeName, safeText } from '../../core/cli/safe-text.ts';
import { messageJson } from '../../core/cli/shape.ts';
import { transcript } from '../../core/cli/transcript.ts';
import { aMessage } from '../support/cli-engine.ts';

const RUNS = { numRuns: process.env.SLOW ? 1_000 : 30 };
const DANGEROUS = /(?!\n)\p{Cc}|[\u2028-\u202e\u2066-\u206f]/u;

describe('what others wrote', () => {
  test('cannot send a control sequence to the terminal', () => {
    expect(safeText('\u001b]0;owned\u0007 red \u001b[31m and \u009b31m')).toBe('␛]0;owned␇ red ␛[31m and ⟨U+009B⟩31m');
    expect(safeText('over\rwritten\b\u007f')).toBe('over␍written␈␡');
  });

  test('cannot turn the reading order round', () => {
    expect(safeText('pay \u202e001 rue\u202c now')).toBe('pay ⟨U+202E⟩001 rue⟨U+202C⟩ now');
  });

  test('keeps scripts, emoji and lines as they are', () => {
    const text = 'Grüße, Привет, مرحبا, こんにちは 👩‍👩‍👧 ❤️\nsecond line';
    expect(safeText(text)).toBe(text);
    expect(safeText('a\r\nb\u2028c\td')).toBe('a\nb\nc    d');
  });

  test('on one line stays on one line', () => {
    expect(safeLine('one\ntwo')).toBe('one ⏎ two');
    expect(safeName('  a\u200bb  ')).toBe('a⟨U+200B⟩b');
    expect([...safeName('x'.repeat(100), 20)].length).toBe(20);
  });

  test('is harmless whatever it is, as text, line and JSON, and JSON keeps its value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(safeText(text)).not.toMatch(DANGEROUS);
        expect(safeLine(text)).not.toMatch(/\n/);
        expect(safeJson({ text })).not.toMatch(/\p{Cc}|[\u2028-\u202e\u2066-\u206f]/u);
        expect(JSON.parse(safeJson({ text }))).toEqual({ text });
      }),
      RUNS,
    );
  });
});

describe('the layout', () => {
  test('counts cells of wide and combined characters', () => {
    expect([cells('abc'), cells('日本'), cells('é'), cells('e\u0301'), cells('👍')]).toEqual([3, 4, 1, 1, 2]);
  });

  test('wraps at spaces, and cuts what has none', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('abcdefghijklm', 5)).toEqual(['abcde', 'fghij', 'klm']);
    expect(wrap('日本語日本語', 4)).toEqual(['日本', '語日', '本語']);
  });

  test('never makes a line wider than asked, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日', '👍'), maxLength: 80 }),
        fc.integer({ min: 4, max: 20 }),
        (line, width) => {
          const lines = wrap(line, width);
          for (const one of lines) expect(cells(one)).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
        },
      ),
      RUNS,
    );
  });

  test('lines up a table, and is empty without rows', () => {
    expect(
      table(
        ['NAME', 'N'],
        [
          ['日本', '1'],
          ['a', '22'],
        ],
      ),
    ).toBe('NAME  N\n日本  1\na     22\n');
    expect(table(['NAME'], [])).toBe('');
  });

  test('shows any clock, however wrong', () => {
    expect(clockTime(Number.MAX_SAFE_INTEGER)).toBe('--:--');
    expect(weekday(Number.MAX_SAFE_INTEGER)).toBe('a day unknown');
  });
});

describe('a transcript', () => {
  test('shows day, time, name, text and the state of what I wrote', () => {
    const messages = [
      aMessage({ text: 'Hello Alice' }),
      aMessage({ direction: 'out', text: 'Hello Bob', state: 'read' }),
      aMessage({ direction: 'out', text: 'More', state: 'failed', reason: 'Full.' }),
    ];
    expect(transcript(messages, 'bob', null)).toEqual([
      'Saturday 2026-11-21',
      ' 14:05  bob  Hello Alice',
      ' 14:05  you  Hello Bob  (read)',
      ' 14:05  you  More  (failed: Full.)',
    ]);
  });

  test('marks what may still move, and what could not be opened', () => {
    const lines = transcript(
      [aMessage({ provisional: true, seq: null }), aMessage({ text: null, from: null, reason: 'The key is gone.' })],
      'bob',
      null,
    );
    expect(lines).toContain(' 14:05~ bob  Hello');
    expect(lines).toContain(' 14:05  bob  [could not be opened: The key is gone.]');
    expect(lines.at(-1)).toBe('~ its place may still change');
  });

  test('lets nobody write a line that looks like another', () => {
    const forged = 'hi\n 14:06  you  I owe you 100';
    const long = `hi${' '.repeat(40)}14:06  you  I owe you 100`;
    for (const columns of [null, 44]) {
      const [, ...lines] = transcript([aMessage({ text: forged }), aMessage({ text: long })], 'bob', columns);
      const starts = lines.filter((line) => /^ \d\d:\d\d/.test(line));
      expect(starts).toHaveLength(2);
      if (columns !== null) for (const line of lines) expect(cells(line)).toBeLessThan(columns);
    }
  });
});

test('the JSON of a message has the fields that were promised, in their order', () => {
  const fields = ['id', 'conversation', 'direction', 'from', 'text', 'sentAt', 'epoch', 'seq', 'state', 'reason'];
  expect(Object.keys(messageJson(aMessage()))).toEqual(fields);
});
