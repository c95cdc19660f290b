// Going from place to place. The browser's history keeps them, so that Back works and a reload stays where it was.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { isSamePlace, type Place, readPlace, START } from './place.ts';

/** Where we are, and the way elsewhere. */
export interface Navigation {
  readonly place: Place;
  /** Goes there; whoever was focused is left, the new place takes the focus itself (`autoFocus`, or its heading). */
  go(place: Place): void;
}

/** Where a tab keeps its place, for when it is opened anew by another address. */
const KEPT_AS = 'sotto.place';

const Context = createContext<Navigation | null>(null);

/** Where we are, and `go`. */
export function useNavigation(): Navigation {
  const navigation = useContext(Context);
  if (navigation === null) throw new Error('useNavigation outside of NavigationProvider');
  return navigation;
}

/** Keeps the place for everything inside. */
export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const [place, setPlace] = useState<Place>(() => readPlace(history.state) ?? keptPlace() ?? START);
  useEffect(() => {
    const back = ({ state }: PopStateEvent) => {
      // Another address pasted into this tab is no way back.
      if (state !== null || location.hash === '') setPlace(readPlace(state) ?? START);
    };
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);
  useEffect(() => sessionStorage.setItem(KEPT_AS, JSON.stringify(place)), [place]);
  const navigation = useMemo(
    () => ({
      place,
      go(next: Place) {
        if (isSamePlace(place, next)) return;
        history.pushState(next, '');
        setPlace(next);
      },
    }),
    [place],
  );
  return <Context value={navigation}>{children}</Context>;
}

function keptPlace(): Place | null {
  try {
    return readPlace(JSON.parse(sessionStorage.getItem(KEPT_AS) ?? 'null'));
  } catch {
    return null;
  }
}
