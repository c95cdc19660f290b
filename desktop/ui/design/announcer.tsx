// Says things to screen readers that others see: one polite place for the whole page, which says what comes together in one breath. A dialog
// silences all that is behind it, and so has a place of its own.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef } from 'react';

type Announce = (sentence: string) => void;

const Context = createContext<Announce>(() => {});

/** How long sentences are gathered before they are said, ms: a burst of messages is one breath. */
const GATHER_MS = 400;
/** Sentences said in one breath; of more, the newest. */
const MOST_SAID = 5;

/** `announce('Bob: hello')`. */
export function useAnnounce(): Announce {
  return useContext(Context);
}

/** Holds the place. @param isOpen false: what was said is forgotten, for the window is locked */
export function Announcer({ isOpen, children }: { readonly isOpen: boolean; readonly children: ReactNode }) {
  // Written by hand: React would keep what it rendered before, also once the window is locked.
  const place = useRef<HTMLDivElement>(null);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const announce = useCallback((sentence: string) => {
    waiting.current = [...waiting.current, sentence].slice(-MOST_SAID);
    timer.current ??= setTimeout(() => {
      timer.current = null;
      const next = waiting.current.join('\n');
      waiting.current = [];
      const heard = [...document.querySelectorAll<HTMLElement>('dialog:modal [data-said]')].at(-1) ?? place.current;
      // The same sentence twice is two pieces of news.
      if (heard !== null) heard.textContent = heard.textContent === next ? `${next}\u00a0` : next;
    }, GATHER_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  useEffect(() => {
    if (isOpen) return;
    waiting.current = [];
    if (place.current !== null) place.current.textContent = '';
  }, [isOpen]);
  return (
    <Context value={announce}>
      {children}
      <div ref={place} className="visually-hidden" role="log" aria-live="polite" aria-atomic="true" />
    </Context>
  );
}

/** The place of a dialog: what is said while it is open is said here. */
export function SaidHere() {
  return <div className="visually-hidden" role="log" aria-live="polite" aria-atomic="true" data-said />;
}
