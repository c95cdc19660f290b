// Which day it is here. Looked at when somebody comes back to the window, and whenever something is rendered: no timer waits for midnight.
import { useSyncExternalStore } from 'react';
import { dayOf } from './grouping.ts';
import { onLook } from './use-watched.ts';

/** First moment of this local day, ms. */
export function useToday(): number {
  return useSyncExternalStore(onLook, () => dayOf(Date.now()));
}
