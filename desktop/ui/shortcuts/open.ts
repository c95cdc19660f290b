// What is open over the window: the palette or the list of shortcuts. Anybody may open them.
import { Cell } from '../app/readable.ts';

/** What is open; null: nothing. */
export const openOver = new Cell<'palette' | 'shortcuts' | null>(null);

/** Opens the palette. */
export function openPalette(): void {
  openOver.set('palette');
}

/** Opens the list of shortcuts. */
export function openShortcuts(): void {
  openOver.set('shortcuts');
}

/** Closes either. */
export function closeOver(): void {
  openOver.set(null);
}
