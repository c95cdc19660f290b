// Whether somebody looks at this window now: it is visible and has the focus.
import { useSyncExternalStore } from 'react';

const EVENTS = ['focus', 'blur', 'pageshow', 'pagehide'] as const;

/** Somebody looks at this window, or away. */
export function onLook(listener: () => void): () => void {
  for (const name of EVENTS) window.addEventListener(name, listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    for (const name of EVENTS) window.removeEventListener(name, listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/** True while somebody looks. */
export function useWatched(): boolean {
  return useSyncExternalStore(onLook, isWatched);
}
