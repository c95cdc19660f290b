// The hook by which every part of the window takes its shortcuts. One listener for the page; who came last is asked first.
import { useEffect, useRef } from 'react';
import type { ShortcutId } from './list.ts';
import { isMac, shortcutOf } from './match.ts';

/** Does what the shortcut says. Answering false passes the press on: to who came before, and then to the browser. */
export type ShortcutHandler = () => unknown;
/** Handlers by shortcut. */
export type ShortcutHandlers = Readonly<Partial<Record<ShortcutId, ShortcutHandler>>>;

/** True on a Mac, where Command takes the place of Ctrl. */
export const onMac = isMac(navigator.platform);

/** What is open over the window takes all keys for itself. */
const OVER = 'dialog, [role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';
const FIELDS =
  'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable]:not([contenteditable="false"])';

const stack: { readonly current: ShortcutHandlers }[] = [];

/** Takes these shortcuts while the component is there. The handlers may be made anew at every rendering. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    if (stack.length === 0) document.addEventListener('keydown', onKey);
    stack.push(latest);
    return () => {
      stack.splice(stack.lastIndexOf(latest), 1);
      if (stack.length === 0) document.removeEventListener('keydown', onKey);
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || target?.closest(OVER) != null) return;
  const id = shortcutOf(event, onMac, target?.matches(FIELDS) ?? false);
  if (id === null) return;
  for (const { current } of [...stack].reverse()) {
    const handler = current[id];
    if (handler === undefined || handler() === false) continue;
    event.preventDefault();
    return;
  }
}
