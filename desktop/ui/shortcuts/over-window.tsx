// What the whole open window has beside its panes: the keys that work everywhere, the palette, the list of shortcuts, links from outside.
import { lazy, Suspense, useEffect } from 'react';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import type { Place } from '../app/place.ts';
import { useReadable } from '../app/readable.ts';
import { offeredLink } from '../invites/offered-link.ts';
import { watchRelays } from '../settings/relay-times.ts';
import { neighbour, nextUnread } from './neighbours.ts';
import { closeOver, openOver, openPalette, openShortcuts } from './open.ts';
import { movePane, rememberPanes } from './panes.ts';
import { useShortcuts } from './shortcuts.ts';
import { placeBehind, rememberPlace } from './way-back.ts';

const Palette = lazy(async () => ({ default: (await import('../palette/palette.tsx')).Palette }));
const ShortcutsDialog = lazy(async () => ({ default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog }));

/** Placed once, inside the open window. */
export function OverWindow() {
  const open = useReadable(openOver);
  useEverywhere();
  useOfferedLinks();
  const { relays } = useClient();
  useEffect(rememberPanes, []);
  useEffect(() => watchRelays(relays, Date.now), [relays]);
  // Whatever locks or closes the window closes these too.
  useEffect(() => closeOver, []);
  return (
    <Suspense fallback={null}>
      {open === 'palette' ? <Palette onClose={closeOver} /> : null}
      {open === 'shortcuts' ? <ShortcutsDialog onClose={closeOver} /> : null}
    </Suspense>
  );
}

function useEverywhere(): void {
  const client = useClient();
  const { place, go } = useNavigation();
  const to = (next: Place | null) => {
    if (next !== null) go(next);
    return next !== null;
  };
  const open = (account: string | null) => to(account === null ? null : { at: 'conversation', account });
  useEffect(() => rememberPlace(place), [place]);
  const here = 'account' in place ? place.account : null;
  useShortcuts({
    palette: openPalette,
    shortcuts: openShortcuts,
    invite: () => go({ at: 'invite' }),
    settings: () => go({ at: 'settings' }),
    previous: () => open(neighbour(client.conversations.get(), here, -1)),
    next: () => open(neighbour(client.conversations.get(), here, 1)),
    'next-unread': () => open(nextUnread(client.conversations.get(), here)),
    lock: () => {
      const canLock = client.home.get()?.slots.passphrase === true;
      // A field that is left hands over what was typed a moment ago: no locked page may hold it.
      if (canLock && document.activeElement instanceof HTMLElement) document.activeElement.blur();
      if (canLock) void client.api.lock({}).catch(() => {});
      return canLock;
    },
    pane: () => movePane(1),
    'pane-back': () => movePane(-1),
    back: () => to(placeBehind(place)),
  });
}

/** A link from outside is put into the field of the invite screen; it never acts by itself. */
function useOfferedLinks(): void {
  const { go } = useNavigation();
  const link = useReadable(offeredLink);
  useEffect(() => {
    if (link !== null) go({ at: 'invite' });
  }, [link, go]);
}
