// What Mallory writes is shown as text: no markup, no marks without end, no link that hides where it goes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outsideAddress } from '../../desktop/main/origin.ts';
import {
  folded,
  isLargeEmoji,
  isLookAlike,
  type Link,
  MOST_LINES,
  MOST_SHOWN,
  oneLine,
  piecesOf,
  shownText,
} from '../../desktop/ui/conversation/message-text.ts';

const links = (text: string): Link[] => piecesOf(text).filter((piece) => typeof piece !== 'string');

describe('links', () => {
  test('a link to the web is one, with the host that would be asked', () => {
    expect(piecesOf('see https://example.org/a?b=c now')).toEqual([
      'see ',
      { shown: 'https://example.org/a?b=c', href: 'https://example.org/a?b=c', host: 'example.org' },
      ' now',
    ]);
  });

  test('what has no protocol is opened by https', () => {
    expect(links('example.org')[0]?.href).toBe('https://example.org/');
    expect(links('http://example.org')[0]?.href).toBe('http://example.org/');
  });

  test('nothing else is: no script, file, data, mail, nor names and passwords in front of another host', () => {
    for (const text of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'bob@example.org',
      'https://bank.example@evil.example/',
    ])
      expect(links(text).filter(({ host }) => host !== 'evil.example')).toEqual([]);
    expect(links('https://bank.example@evil.example/').every(({ shown }) => !shown.includes('bank'))).toBe(true);
  });

  test('what the page offers, the shell of the desktop opens, and as it was shown', () => {
    const offered = [
      'example.org',
      'http://example.org/a b',
      'http://example.org:8080/x',
      'https://аррӏе.com/',
      'https://bank.example@evil.example/',
    ];
    const hrefs = [...offered, `https://example.org/${'a'.repeat(5_000)}`].flatMap((text) => links(text)).map(({ href }) => href);
    expect(hrefs.length).toBeGreaterThan(3);
    expect(hrefs.map(outsideAddress)).toEqual(hrefs);
  });

  test('letters of another script are seen for what they are', () => {
    const [link] = links('https://аррӏе.com/');
    expect(link?.host).toBe('xn--80ak6aa92e.com');
    expect(link !== undefined && isLookAlike(link)).toBe(true);
    expect(links('https://example.org').some(isLookAlike)).toBe(false);
  });

  test('a link with turned or hidden letters stays text', () => {
    expect(links('https://example.org/\u202Egpj.exe')).toEqual([]);
    expect(links('https://exam\u200Bple.org/').every(({ shown }) => !shown.includes('\u200B'))).toBe(true);
  });

  test('no letter is lost or added, whatever the text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('https://a.example', ' ', 'b.example/x', '@', ')', '(', '\n', 'ü')).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(
          piecesOf(text)
            .map((piece) => (typeof piece === 'string' ? piece : piece.shown))
            .join(''),
        ).toBe(text);
      }),
    );
  });
});

describe('long and piled texts', () => {
  test('a short one is whole, a long one is folded without cutting a letter', () => {
    expect(folded('hello')).toEqual({ text: 'hello', isFolded: false });
    const long = `${'x'.repeat(MOST_SHOWN - 1)}😀😀`;
    expect(folded(long)).toEqual({ text: 'x'.repeat(MOST_SHOWN - 1), isFolded: true });
    expect(folded('a\n'.repeat(100)).text.split('\n').length).toBe(MOST_LINES);
    expect(folded('a\n'.repeat(MOST_LINES - 1)).isFolded).toBe(false);
  });

  test('a million marks on one letter are a few', () => {
    expect([...shownText(`e${'\u0301'.repeat(1_000_000)}!`)].length).toBeLessThan(7);
    expect(shownText('Ậ đẹp')).toBe('Ậ đẹp');
  });

  test('what turns a line around is seen, and what only helps to read Hebrew is not in the way', () => {
    expect(shownText('a\u202Eb')).toBe('a\ufffdb');
    expect(shownText('שלום\u200F!')).toBe('שלום!');
  });

  test('a line for a list has no breaks and an end', () => {
    expect(oneLine('a\n\nb\u2028c\t d')).toBe('a b c d');
    expect(oneLine('x'.repeat(100_000)).length).toBe(161);
  });
});

test('a few emoji alone are large', () => {
  expect(['😀', '👨‍👩‍👧‍👦 ❤️', '👍🏽👍🏽👍🏽', '🇩🇪🇫🇷'].every(isLargeEmoji)).toBe(true);
  expect(['', ' ', 'ok 😀', '😀'.repeat(7), '1', '#', '1😀'].some(isLargeEmoji)).toBe(false);
});
