// How much room there is: one pane, two, or three.
import { useSyncExternalStore } from 'react';

/** `narrow`: one pane at a time; `middle`: list and content; `wide`: and a detail beside the conversation. */
export type Room = 'narrow' | 'middle' | 'wide';

const MIDDLE = window.matchMedia('(min-width: 600px)');
const WIDE = window.matchMedia('(min-width: 900px)');

function subscribe(listener: () => void): () => void {
  MIDDLE.addEventListener('change', listener);
  WIDE.addEventListener('change', listener);
  return () => {
    MIDDLE.removeEventListener('change', listener);
    WIDE.removeEventListener('change', listener);
  };
}

/** The room of now. */
export function useRoom(): Room {
  return useSyncExternalStore(subscribe, () => (WIDE.matches ? 'wide' : MIDDLE.matches ? 'middle' : 'narrow'));
}
