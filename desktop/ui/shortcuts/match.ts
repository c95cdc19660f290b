// Whether a press is a shortcut: on Macs and others, on every layout, never what AltGr or an input method writes.
import { type Keys, SHORTCUT_IDS, SHORTCUTS, type ShortcutId } from './list.ts';

/** What is read of a KeyboardEvent. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  getModifierState(name: string): boolean;
}

/** True where Command is the key for shortcuts. @param platform navigator.platform */
export function isMac(platform: string): boolean {
  return /^(?:mac|iphone|ipad)/i.test(platform);
}

/** The shortcut this press is, or null. @param typing true while the focus is in a field that takes text */
export function shortcutOf(press: Press, mac: boolean, typing: boolean): ShortcutId | null {
  if (press.isComposing || press.key === 'Process' || press.key === 'Dead' || press.getModifierState('AltGraph')) return null;
  for (const id of SHORTCUT_IDS) {
    const { bound, whileTyping, keys } = SHORTCUTS[id];
    if (bound && (whileTyping || !typing) && keys.some((one) => matches(one, press, mac))) return id;
  }
  return null;
}

/** True when exactly these keys are held. */
export function matches(keys: Keys, press: Press, mac: boolean): boolean {
  const held = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (other || held !== (keys.mod ?? false) || press.altKey !== (keys.alt ?? false)) return false;
  if (keys.anyShift !== true && press.shiftKey !== (keys.shift ?? false)) return false;
  return keyOf(press, keys) === keys.key;
}

// The character counts, so Dvorak's K is K; where the layout has no Latin letters, the place of the key on the board does.
function keyOf(press: Press, keys: Keys): string {
  if (press.key.length > 1 || keys.mod !== true || press.key.charCodeAt(0) < 0x80)
    return press.key.length === 1 ? press.key.toLowerCase() : press.key;
  if (press.code === 'Comma') return ',';
  return /^Key([A-Z])$/.exec(press.code)?.[1]?.toLowerCase() ?? press.key;
}
