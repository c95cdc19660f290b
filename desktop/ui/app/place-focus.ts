// The focus follows the place: into what was opened, and back to where it was in the list. A screen that takes the focus itself keeps it.
import { type RefObject, useEffect, useRef } from 'react';
import { isSamePlace, type Place } from './place.ts';

/** What takes the focus in a list that was never focused: the chosen line, else the first that can be. */
const FIRST_IN_LIST = ['[aria-current]', '[data-account]', 'button'] as const;
/** What takes it in any other place: its heading, so that a screen reader begins there. */
const HEADING = 'h1[tabindex], h1 button';

/** Moves the focus when the place changes. */
export function usePlaceFocus(place: Place, list: RefObject<HTMLElement | null>, main: RefObject<HTMLElement | null>): void {
  const before = useRef(place);
  const lastInList = useRef<WeakRef<Element> | null>(null);
  useEffect(() => {
    const pane = list.current;
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof Element) lastInList.current = new WeakRef(target);
    };
    pane?.addEventListener('focusin', remember);
    return () => pane?.removeEventListener('focusin', remember);
  }, [list]);
  useEffect(() => {
    if (isSamePlace(before.current, place)) return;
    before.current = place;
    const isList = place.at === 'conversations';
    const region = (isList ? list : main).current;
    if (region === null || region.contains(document.activeElement)) return;
    const last = lastInList.current?.deref();
    const known = isList && last instanceof HTMLElement && last.isConnected ? last : null;
    const first = (isList ? FIRST_IN_LIST : [HEADING])
      .map((which) => region.querySelector<HTMLElement>(which))
      .find((found) => found !== null);
    (known ?? first ?? region).focus();
  }, [place, list, main]);
}
