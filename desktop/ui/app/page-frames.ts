// The frames of this page.
import type { NextFrame } from './pace.ts';

/** How long news may wait in a window nobody sees, ms. */
const HIDDEN_MS = 250;

/** The next frame, or a moment later where nothing is drawn. */
export const pageFrames: NextFrame = (run) => {
  if (document.visibilityState === 'visible') requestAnimationFrame(run);
  else setTimeout(run, HIDDEN_MS);
};
