// The keys of a shortcut as people see them on their keyboard, and as assistive technology is told of them.
import type { Keys } from './list.ts';

/** Names of keys that are words; they come from the catalogue, for they differ by language. */
export type KeyWord = 'ctrl' | 'alt' | 'shift' | 'escape' | 'enter' | 'home' | 'end';

/** One cap: a sign that is the same everywhere, or a word of the catalogue. `word` is always there where the sign needs saying aloud. */
export type KeyCap = { readonly sign: string } | { readonly word: KeyWord };

const WORDS: Readonly<Record<string, KeyWord>> = { Escape: 'escape', Enter: 'enter', Home: 'home', End: 'end' };
const ARROWS: Readonly<Record<string, string>> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' };
const MAC_SIGNS: Readonly<Record<string, string>> = { Escape: 'esc', Enter: '↩', Home: '↖', End: '↘' };

/** The caps in the order of the platform: ⌥⇧⌘K on a Mac, Ctrl Alt Shift K elsewhere. */
export function keyCaps(keys: Keys, mac: boolean): readonly KeyCap[] {
  const { key } = keys;
  const last: KeyCap = { sign: ARROWS[key] ?? (key.length === 1 ? key.toUpperCase() : key) };
  if (mac) {
    const sign = MAC_SIGNS[key];
    return [
      ...(keys.alt ? [{ sign: '⌥' }] : []),
      ...(keys.shift ? [{ sign: '⇧' }] : []),
      ...(keys.mod ? [{ sign: '⌘' }] : []),
      sign === undefined ? last : { sign },
    ];
  }
  const word = WORDS[key];
  return [
    ...(keys.mod ? [{ word: 'ctrl' as const }] : []),
    ...(keys.alt ? [{ word: 'alt' as const }] : []),
    ...(keys.shift ? [{ word: 'shift' as const }] : []),
    word === undefined ? last : { word },
  ];
}
