// Somebody looks at a conversation: said for a short while and again, so that a window that dies watches nobody for long. A page that nobody
// can see has no timer here. Holds no DOM.

/** How long a look counts, ms: the most there is (core/live-api.ts). */
export const LOOK_MS = 60_000;
/** How often it is said again, ms. */
export const AGAIN_MS = 30_000;

/** What of the page is of use here. */
export interface Sight {
  isVisible(): boolean;
  /** Calls `listener` when that may have changed, until the answer is called. */
  onChange(listener: () => void): () => void;
}

/** Calls `look` now and every so often while the page is visible, until the answer is called. */
export function keepLooking(page: Sight, look: (forMs: number) => void): () => void {
  let timer: ReturnType<typeof setInterval> | null = null;
  const rest = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const follow = () => {
    if (!page.isVisible()) return rest();
    if (timer !== null) return;
    look(LOOK_MS);
    timer = setInterval(() => look(LOOK_MS), AGAIN_MS);
  };
  const stop = page.onChange(follow);
  follow();
  return () => {
    stop();
    rest();
  };
}
