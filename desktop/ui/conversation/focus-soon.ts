// Focuses what a virtual list is only about to make: it is hidden until it was measured, and what is hidden takes no focus.

/** Frames it may take. */
const MOST_FRAMES = 12;
let latest = 0;

/** Focuses what `find` answers, now or within some frames; who asks later goes first. */
export function focusSoon(find: () => HTMLElement | null): void {
  latest += 1;
  attempt(find, latest, MOST_FRAMES);
}

function attempt(find: () => HTMLElement | null, turn: number, left: number): void {
  if (turn !== latest) return;
  const element = find();
  element?.focus({ preventScroll: true });
  if (left > 0 && (element === null || document.activeElement !== element)) requestAnimationFrame(() => attempt(find, turn, left - 1));
}
