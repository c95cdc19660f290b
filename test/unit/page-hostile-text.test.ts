// Mallory chooses names and writes texts; what Alice sees of them stays in its place.
import { describe, expect, test } from 'vitest';
import { nameOf, safeName, safeText, shortAccount } from '../../desktop/ui/design/hostile-text.ts';

const account = `c0ffee12${'0'.repeat(56)}`;
const called = (petname: string | null, claimedName: string | null = null) => nameOf({ account, petname, claimedName });

describe('a name', () => {
  test('shows what is meant not to be seen', () => {
    expect(safeName('Bob\u202egnp.exe')).toBe('Bob\ufffdgnp.exe');
    expect(safeName('Bob\u0000\u0007')).toBe('Bob\u2400\u2407');
    expect(safeName('B\u200bo\u2066b')).toBe('B\ufffdo\ufffdb');
  });

  test('is one line with plain blanks', () => {
    expect(safeName('  Bob\u2003\n\tAmsel\u00a0 ')).toBe('Bob Amsel');
  });

  test('has a few marks on a letter, not a tower of them', () => {
    const marks = [...safeName(`Z${'\u0301'.repeat(5_000)}oe`)].filter((sign) => sign === '\u0301');
    expect(marks).toHaveLength(3);
    expect(safeName('Nguyễn Thị Hằng')).toBe('Nguyễn Thị Hằng');
    expect(safeName('שָׁלוֹם')).toBe('שָׁלוֹם');
  });

  test('keeps the joiners that people and scripts need', () => {
    expect(safeName('👩‍🌾 می‌خواهم')).toBe('👩‍🌾 می‌خواهم');
  });

  test('that looks like another has nothing hidden in it', () => {
    for (const hidden of ['Al\u200dice', 'Alice\u034f', 'Alice\ufe0f', 'Al\u200cice', 'Alic\u180be', 'Alice\u17b4', 'Ali\u{e0100}ce'])
      expect(safeName(hidden), JSON.stringify(hidden)).toContain('\ufffd');
    for (const plain of ['❤️ Anna', '1️⃣ Bob', '👩🏽‍🚀', '葛\u{e0100}城', 'नमस्‍ते', 'Zoë']) expect(safeName(plain)).toBe(plain);
  });

  test('of which nothing is seen is none', () => {
    for (const blank of ['\u2800\u2800', '\u0301\u0301', '\ufe0f', '\u034f', '\u200d', '\u2003'])
      expect(called(null, blank)).toBe('c0ff ee12');
    expect(safeName('Bob\u2800Amsel')).toBe('Bob Amsel');
  });

  test('is the one we gave, else the one they claim, else their account', () => {
    expect(called('Bob', 'Robert')).toBe('Bob');
    expect(called(null, 'Robert')).toBe('Robert');
    expect(called(null, ' \n ')).toBe(shortAccount(account));
    expect(called(null)).toBe('c0ff ee12');
  });
});

describe('a text', () => {
  test('keeps its lines and tabs, and shows every other control', () => {
    expect(safeText('one\r\ntwo\tthree\u0007')).toBe('one\ntwo\tthree\u2407');
    expect(safeText('invoice\u202efdp.exe')).toBe('invoice\ufffdfdp.exe');
  });

  test('of a million marks is made harmless at once', () => {
    const began = performance.now();
    expect(safeText(`a${'\u0489'.repeat(1_000_000)}`)).toHaveLength(4);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
