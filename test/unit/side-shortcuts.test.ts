// Which presses are shortcuts: on Macs and others, on layouts of the world, never what AltGr writes.
import { describe, expect, test } from 'vitest';
import { keyCaps } from '../../desktop/ui/shortcuts/key-caps.ts';
import { type Keys, SHORTCUT_IDS, SHORTCUTS } from '../../desktop/ui/shortcuts/list.ts';
import { isMac, type Press, shortcutOf } from '../../desktop/ui/shortcuts/match.ts';

function press(key: string, held: Partial<Press> & { readonly altGraph?: boolean } = {}): Press {
  const { altGraph = false, ...others } = held;
  const none = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false };
  return { key, ...none, ...others, getModifierState: (name) => name === 'AltGraph' && altGraph };
}
const ctrl = { ctrlKey: true };
const linux = (one: Press, typing = false) => shortcutOf(one, false, typing);
const mac = (one: Press, typing = false) => shortcutOf(one, true, typing);

describe('a press', () => {
  test('with Ctrl opens the palette, with Command on a Mac, and not the other way round', () => {
    expect(linux(press('k', ctrl))).toBe('palette');
    expect(mac(press('k', { metaKey: true }))).toBe('palette');
    expect(linux(press('k', { metaKey: true }))).toBeNull();
    expect(mac(press('k', ctrl))).toBeNull();
    expect(linux(press('k', { ctrlKey: true, metaKey: true }))).toBeNull();
    expect([isMac('MacIntel'), isMac('Linux x86_64'), isMac('Win32')]).toEqual([true, false, false]);
  });

  test('counts with Caps Lock on, and does not with one key too many', () => {
    expect(linux(press('K', ctrl))).toBe('palette');
    expect(linux(press('K', { ...ctrl, shiftKey: true }))).toBeNull();
    expect(linux(press('k', { ...ctrl, altKey: true }))).toBeNull();
  });

  test('of AltGr is writing: on Windows it looks like Ctrl and Alt', () => {
    expect(linux(press('k', { ctrlKey: true, altKey: true, altGraph: true }))).toBeNull();
    expect(linux(press('k', { ctrlKey: true, altGraph: true }))).toBeNull();
    expect(linux(press('?', { altGraph: true }))).toBeNull();
    expect(linux(press('ArrowDown', { altKey: true, altGraph: true }))).toBeNull();
  });

  test('is the letter of the layout: Dvorak’s K is where others have V', () => {
    expect(linux(press('k', { ...ctrl, code: 'KeyV' }))).toBe('palette');
    expect(linux(press('t', { ...ctrl, code: 'KeyK' }))).toBeNull();
  });

  test('is the place on the board where the layout has no Latin letters', () => {
    expect(linux(press('л', { ...ctrl, code: 'KeyK' }))).toBe('palette');
    expect(linux(press('ל', { ...ctrl, code: 'KeyK' }))).toBe('palette');
    expect(linux(press('б', { ...ctrl, code: 'Comma' }))).toBe('settings');
    expect(linux(press('м', { ...ctrl, code: 'KeyV' }))).toBeNull();
  });

  test('of a sign counts whatever must be held for it: ? and / need Shift on many layouts', () => {
    expect(linux(press('?', { shiftKey: true, code: 'Minus' }))).toBe('shortcuts');
    expect(linux(press('?', { code: 'KeyM' }))).toBe('shortcuts');
    expect(linux(press('/', { shiftKey: true, code: 'Digit7' }))).toBe('search');
    expect(linux(press('?', { ...ctrl, shiftKey: true }))).toBeNull();
  });

  test('while Alice types is text, except where it cannot be', () => {
    expect(linux(press('?', { shiftKey: true }), true)).toBeNull();
    expect(linux(press('/'), true)).toBeNull();
    expect(linux(press('Escape'), true)).toBeNull();
    expect(linux(press('k', ctrl), true)).toBe('palette');
    expect(linux(press('ArrowDown', { altKey: true }), true)).toBe('next');
    expect(linux(press('F6'), true)).toBe('pane');
  });

  test('that composes a letter belongs to the input method', () => {
    expect(linux(press('k', { ...ctrl, isComposing: true }))).toBeNull();
    expect(linux(press('Process', ctrl))).toBeNull();
    expect(linux(press('Dead', { altKey: true }))).toBeNull();
  });

  test('of what is only listed is left to the list', () => {
    for (const key of ['ArrowUp', 'Home', 'End', 'Enter', 'a']) expect(linux(press(key))).toBeNull();
  });
});

describe('the list of shortcuts', () => {
  const all = SHORTCUT_IDS.flatMap((id) => SHORTCUTS[id].keys.map((keys: Keys) => ({ id, keys, bound: SHORTCUTS[id].bound })));

  test('has no two for the same press', () => {
    const bound = all.filter((one) => one.bound).map(({ keys }) => ariaKeys(keys));
    expect(new Set(bound).size).toBe(bound.length);
  });

  test('takes nothing that a browser keeps for itself', () => {
    const kept = [
      'Control+N',
      'Control+T',
      'Control+W',
      'Control+Shift+N',
      'Control+Shift+T',
      'Control+Shift+W',
      'Control+L',
      'Control+Shift+U',
    ];
    expect(all.map(({ keys }) => ariaKeys(keys)).filter((keys) => kept.includes(keys))).toEqual([]);
  });

  test('draws keys as they stand on the keyboard', () => {
    const unread = SHORTCUTS['next-unread'].keys[0];
    expect(keyCaps(unread, false)).toEqual([{ word: 'alt' }, { word: 'shift' }, { sign: '↓' }]);
    expect(keyCaps(unread, true)).toEqual([{ sign: '⌥' }, { sign: '⇧' }, { sign: '↓' }]);
    expect(keyCaps(SHORTCUTS.palette.keys[0], true)).toEqual([{ sign: '⌘' }, { sign: 'K' }]);
    expect(keyCaps(SHORTCUTS.back.keys[0], false)).toEqual([{ word: 'escape' }]);
  });
});

/** As a browser's manual writes them. */
function ariaKeys(keys: Keys): string {
  const held = [keys.mod ? 'Control' : '', keys.alt ? 'Alt' : '', keys.shift ? 'Shift' : ''];
  return [...held, keys.key.length === 1 ? keys.key.toUpperCase() : keys.key].filter((part) => part !== '').join('+');
}
