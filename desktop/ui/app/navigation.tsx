// Going from place to place. The browser's history keeps them, so that Back works and a reload stays where it was; who it was, it never holds.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { rememberPlace } from '../shortcuts/way-back.ts';
import { useClient } from './client-context.tsx';
import { KeptPlaces } from './kept-places.ts';
import { isSamePlace, type Place, START } from './place.ts';
import { useSelected } from './readable.ts';

/** Where we are, and the way elsewhere. */
export interface Navigation {
  readonly place: Place;
  /** Goes there; whoever was focused is left, the new place takes the focus itself (`autoFocus`, or its heading). */
  go(place: Place): void;
}

const Context = createContext<Navigation | null>(null);

/** Where we are, and `go`. */
export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === null) throw new Error('useNavigation outside of NavigationProvider');
  return navigation;
}

/** Keeps the place for everything inside. */
export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const [kept] = useState(() => new KeptPlaces(sessionStorage));
  const [place, setPlace] = useState<Place>(() => kept.read(history.state) ?? kept.last ?? START);
  useEffect(() => {
    const back = ({ state }: PopStateEvent) => {
      // Another address pasted into this tab is no way back.
      if (state === null && location.hash !== '') return;
      const next = kept.read(state) ?? START;
      kept.keep(next);
      setPlace(next);
    };
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, [kept]);
  useForgetting(kept, setPlace);
  const navigation = useMemo(
    () => ({
      place,
      go(next: Place) {
        if (isSamePlace(place, next)) return;
        history.pushState(kept.keep(next), '');
        setPlace(next);
      },
    }),
    [kept, place],
  );
  return <Context value={navigation}>{children}</Context>;
}

/** A locked window does not say whose conversation was open: it begins at the list. */
function useForgetting(kept: KeptPlaces, setPlace: (change: (place: Place) => Place) => void): void {
  const isLocked = useSelected(useClient().home, (home) => home?.state === 'locked');
  useEffect(() => {
    if (!isLocked) return;
    kept.forget();
    setPlace((place) => ('account' in place ? START : place));
    rememberPlace(START);
    if (kept.read(history.state) === null) history.replaceState(START, '');
  }, [isLocked, kept, setPlace]);
}
