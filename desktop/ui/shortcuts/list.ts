// Every shortcut of the window, once: what matches, what the list of shortcuts shows, what the palette shows beside a command.
// Chosen so that they work in the desktop and in a browser: Ctrl+N, +T, +W belong to the browser, Ctrl+Shift+U to Linux' Unicode entry.

/** Keys of one press. `mod` is Command on a Mac, Ctrl elsewhere. `key` as KeyboardEvent.key names it, letters small. */
export interface Keys {
  readonly key: string;
  readonly mod?: boolean;
  readonly alt?: boolean;
  readonly shift?: boolean;
  /** The character decides, whatever must be held for it on this layout (`?`, `/`). */
  readonly anyShift?: boolean;
}

/** Where a shortcut works: under this heading it is listed. */
export type Scope = 'everywhere' | 'list' | 'messages' | 'writing';

/** One shortcut. */
export interface Shortcut {
  readonly id: string;
  readonly scope: Scope;
  /** Any of these; the first is shown. */
  readonly keys: readonly Keys[];
  /** Also while somebody types in a field. */
  readonly whileTyping: boolean;
  /** Taken by `useShortcuts`; false: the list or the field itself knows it, it is only listed. */
  readonly bound: boolean;
}

const everywhere = (id: string, keys: Keys, whileTyping = true) =>
  ({ id, scope: 'everywhere', keys: [keys], whileTyping, bound: true }) as const satisfies Shortcut;
const listed = (id: string, scope: Scope, ...keys: Keys[]) =>
  ({ id, scope, keys, whileTyping: true, bound: false }) as const satisfies Shortcut;

/** All of them, in the order they are listed. */
export const SHORTCUTS = {
  palette: everywhere('palette', { key: 'k', mod: true }),
  previous: everywhere('previous', { key: 'ArrowUp', alt: true }),
  next: everywhere('next', { key: 'ArrowDown', alt: true }),
  'next-unread': everywhere('next-unread', { key: 'ArrowDown', alt: true, shift: true }),
  search: everywhere('search', { key: '/', anyShift: true }, false),
  invite: everywhere('invite', { key: 'i', mod: true }),
  settings: everywhere('settings', { key: ',', mod: true }),
  lock: everywhere('lock', { key: 'l', mod: true, shift: true }),
  pane: everywhere('pane', { key: 'F6' }),
  'pane-back': everywhere('pane-back', { key: 'F6', shift: true }),
  back: everywhere('back', { key: 'Escape' }, false),
  shortcuts: everywhere('shortcuts', { key: '?', anyShift: true }, false),
  'list-move': listed('list-move', 'list', { key: 'ArrowUp' }, { key: 'ArrowDown' }),
  'list-ends': listed('list-ends', 'list', { key: 'Home' }, { key: 'End' }),
  'list-open': listed('list-open', 'list', { key: 'Enter' }),
  'messages-move': listed('messages-move', 'messages', { key: 'ArrowUp' }, { key: 'ArrowDown' }),
  'messages-ends': listed('messages-ends', 'messages', { key: 'Home' }, { key: 'End' }),
  'messages-menu': listed('messages-menu', 'messages', { key: 'Enter' }),
  send: listed('send', 'writing', { key: 'Enter' }),
  line: listed('line', 'writing', { key: 'Enter', shift: true }),
} as const satisfies Readonly<Record<string, Shortcut>>;

/** Name of a shortcut. */
export type ShortcutId = keyof typeof SHORTCUTS;

/** The ids in the order of the list. */
export const SHORTCUT_IDS = Object.keys(SHORTCUTS) as readonly ShortcutId[];
