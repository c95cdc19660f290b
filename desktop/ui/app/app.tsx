// The window: everything that all screens stand on, and which screen there is.
import { type ReactNode, useEffect } from 'react';
import { Announcer } from '../design/announcer.tsx';
import { ToastsProvider } from '../design/toasts.tsx';
import { TooltipProvider } from '../design/tooltip.tsx';
import styles from './app.module.css';
import { useAppearance } from './appearance.ts';
import type { Client } from './client.ts';
import { ClientProvider, useClient } from './client-context.tsx';
import { EngineBar } from './engine-bar.tsx';
import { FaultBoundary } from './fault-screen.tsx';
import { forgetMatched } from './forget-matched.ts';
import { NavigationProvider } from './navigation.tsx';
import { useReadable, useSelected } from './readable.ts';
import { Stage } from './stage.tsx';
import { useNotifications } from './use-notifications.ts';

/** The whole page on one client. */
export function App({ client }: { readonly client: Client }) {
  useAppearance(useReadable(client.preferences));
  return (
    <ClientProvider client={client}>
      <NavigationProvider>
        <Ground>
          <div className={styles.window}>
            <FaultBoundary>
              <EngineBar />
              <Stage />
            </FaultBoundary>
          </div>
        </Ground>
      </NavigationProvider>
    </ClientProvider>
  );
}

/** What was said at the edges is forgotten with everything else when the home is locked. */
function Ground({ children }: { readonly children: ReactNode }) {
  useNotifications();
  const isOpen = useSelected(useClient().home, (home) => home?.state === 'open');
  useEffect(() => {
    if (!isOpen) forgetMatched();
  }, [isOpen]);
  return (
    <TooltipProvider>
      <Announcer isOpen={isOpen}>
        <ToastsProvider isOpen={isOpen}>{children}</ToastsProvider>
      </Announcer>
    </TooltipProvider>
  );
}
