// The colours of the page can be read: WCAG AA for text, 3:1 for edges and marks, in light and dark, and with more contrast AAA.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const DESIGN = join(import.meta.dirname, '../../desktop/ui/design');
const css = readFileSync(join(DESIGN, 'tokens.css'), 'utf8');
const PAIR = /--color-([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g;

type Theme = 'light' | 'dark';
type Colours = ReadonlyMap<string, readonly [string, string]>;

function coloursIn(text: string): Colours {
  return new Map([...text.matchAll(PAIR)].map(([, name = '', light = '', dark = '']) => [name, [light, dark]]));
}

const moreBlock = css.match(/:root\[data-contrast="more"\]\s*\{([^}]*)\}/)?.[1] ?? '';
const usual = coloursIn(css.replace(moreBlock, ''));
const more: Colours = new Map([...usual, ...coloursIn(moreBlock)]);

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2). */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['ground', 'surface', 'raised', 'sunken'];
const on = (grounds: readonly string[], ...texts: readonly string[]) =>
  texts.flatMap((text) => grounds.map((ground) => [text, ground] as const));

/** What is written on what. */
const WRITTEN = [
  ...on([...GROUNDS, 'accent-soft', 'warn-soft', 'bad-soft'], 'text'),
  ...on(GROUNDS, 'quiet', 'accent', 'good', 'warn', 'bad'),
  ...on(['accent', 'accent-strong'], 'on-accent'),
  ...on(['own'], 'on-own', 'own-quiet'),
  ...on(['other'], 'on-other', 'quiet'),
  ...on(['accent-soft'], 'accent', 'quiet'),
  ...on(['warn-soft'], 'warn'),
  ...on(['bad-soft'], 'bad'),
];
/** What has to be seen, not read. */
const SEEN = [...on(GROUNDS, 'edge', 'focus', 'accent'), ...on(['own', 'other'], 'surface').slice(0, 1)];

function tooFaint(colours: Colours, pairs: readonly (readonly [string, string])[], least: number): readonly string[] {
  return pairs.flatMap(([text, ground]) =>
    (['light', 'dark'] as const).flatMap((theme: Theme, at) => {
      const [a, b] = [colours.get(text)?.[at], colours.get(ground)?.[at]];
      if (a === undefined || b === undefined) return [`${text} or ${ground} is no colour`];
      const measured = contrast(a, b);
      return measured < least ? [`${text} on ${ground}, ${theme}: ${measured.toFixed(2)}`] : [];
    }),
  );
}

describe('the colours', () => {
  test('can be read (AA, 4.5:1)', () => expect(tooFaint(usual, WRITTEN, 4.5)).toEqual([]));
  test('show edges and the focus (3:1)', () => expect(tooFaint(usual, SEEN.slice(0, -1), 3)).toEqual([]));
  test('can be read from afar where more contrast is wanted (AAA, 7:1)', () => expect(tooFaint(more, WRITTEN, 7)).toEqual([]));
  test('of avatars can be read', () => {
    const avatars = readFileSync(join(DESIGN, 'avatar.module.css'), 'utf8');
    const pairs = [...avatars.matchAll(/light-dark\((#\w{6}), (#\w{6})\)[^}]*?light-dark\((#\w{6}), (#\w{6})\)/g)];
    expect(pairs).toHaveLength(10);
    for (const [, light = '', dark = '', onLight = '', onDark = ''] of pairs) {
      expect(contrast(light, onLight)).toBeGreaterThan(4.5);
      expect(contrast(dark, onDark)).toBeGreaterThan(4.5);
    }
  });
  test('would be found out if they were too faint', () => {
    expect(contrast('#ffffff', '#000000')).toBeCloseTo(21);
    expect(
      tooFaint(
        new Map([
          ['a', ['#777777', '#777777']],
          ['b', ['#888888', '#888888']],
        ]),
        [['a', 'b']],
        4.5,
      ),
    ).toHaveLength(2);
  });
});
