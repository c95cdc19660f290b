// Tells the engine that somebody is here, so that an idle window locks and a used one does not. No timer: it is said when something is pressed.
import { useEffect } from 'react';
import { useClient } from './client-context.tsx';
import { useReadable } from './readable.ts';

/** Said at most so often, ms (core/window-api.ts). */
const AT_MOST_EVERY_MS = 10_000;

/** Only where it locks at all. */
export function useActivity(): void {
  const client = useClient();
  const { lockAfterMs } = useReadable(client.preferences);
  useEffect(() => {
    if (lockAfterMs === 0) return;
    let saidAt = Number.NEGATIVE_INFINITY;
    const say = () => {
      const now = performance.now();
      if (now - saidAt < AT_MOST_EVERY_MS) return;
      saidAt = now;
      client.api.active({}).catch(() => {});
    };
    const ending = new AbortController();
    const options = { signal: ending.signal, capture: true, passive: true };
    for (const sign of ['keydown', 'pointerdown', 'wheel']) window.addEventListener(sign, say, options);
    return () => ending.abort();
  }, [client, lockAfterMs]);
}
