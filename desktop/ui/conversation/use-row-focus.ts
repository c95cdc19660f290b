// The message that the keyboard is on. Arrows move it; its row stays made while it is scrolled away.
import { type KeyboardEvent, type RefObject, useState } from 'react';
import { openMenuByKey } from './bubble.tsx';
import { focusSoon } from './focus-soon.ts';
import type { ListHandle } from './list-handle.ts';
import type { Step } from './row-feed.ts';

/** What it needs of the list. */
export interface RowFocusParts {
  readonly step: Step;
  readonly list: RefObject<ListHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  toEnd(): void;
}

/** See the head of this file. */
export function useRowFocus({ step: { rows }, list, scroller, toEnd }: RowFocusParts) {
  const [active, setActive] = useState<string | null>(null);
  const move = (at: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    if (row === undefined) return;
    list.current?.scrollToIndex(rows.indexOf(row), { align: 'nearest' });
    setActive(row.message.id);
    // Ids are hex, so that they need no escape.
    focusSoon(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${row.message.id}"]`) ?? null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const box = scroller.current;
    // What happens in a menu comes here too, and is none of ours.
    if (!(event.target instanceof HTMLElement) || box === null || !box.contains(event.target) || hasModifier(event)) return;
    const row = event.target.closest<HTMLElement>('[data-row]');
    if (row !== null && openMenuByKey(event, row)) return;
    const at = row === null ? -1 : rows.findIndex(({ message }) => message.id === row.dataset.row);
    if (event.key === 'ArrowUp') move(at === -1 ? lowestSeen(list.current) : at - 1);
    else if (event.key === 'ArrowDown') move(at === -1 ? lowestSeen(list.current) : at + 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') {
      toEnd();
      move(rows.length - 1);
    } else return;
    event.preventDefault();
  };
  return { active, onKeyDown };
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

function lowestSeen(list: ListHandle | null): number {
  return list === null ? 0 : list.findItemIndex(list.scrollOffset + list.viewportSize - 1);
}
