// The open window: the list, the place one is at, and beside it the detail where there is room. One pane at a time on a narrow screen.
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import { ConversationScreen } from '../conversation/conversation-screen.tsx';
import { ConversationsPane } from '../conversations/conversations-pane.tsx';
import { RequestScreen } from '../conversations/request-screen.tsx';
import { Spinner } from '../design/spinner.tsx';
import { InviteScreen } from '../invites/invite-screen.tsx';
import { Helpers } from '../shortcuts/helpers.tsx';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import { ConnectionLine } from './connection-line.tsx';
import { useNavigation } from './navigation.tsx';
import type { Place } from './place.ts';
import { useSelected } from './readable.ts';
import styles from './shell.module.css';
import { Welcome } from './welcome.tsx';
import { type Room, useRoom } from './width.ts';

const SettingsScreen = lazy(async () => ({ default: (await import('../settings/settings-screen.tsx')).SettingsScreen }));
const ContactScreen = lazy(async () => ({ default: (await import('../contact/contact-screen.tsx')).ContactScreen }));

/** See above. */
export function Shell() {
  const t = useWords('app');
  const room = useRoom();
  const { place } = useNavigation();
  const main = useRef<HTMLElement>(null);
  useTitle();
  const isList = place.at === 'conversations';
  const detail = place.at === 'contact' && room === 'wide';
  return (
    <div className={styles.shell} data-room={room}>
      <nav className={styles.list} aria-label={t('list')} hidden={room === 'narrow' && !isList}>
        <ConversationsPane />
        <ConnectionLine />
      </nav>
      <main className={styles.main} ref={main} tabIndex={-1} hidden={room === 'narrow' && isList}>
        <Suspense fallback={<Waiting />}>{content(place, room)}</Suspense>
      </main>
      {detail ? (
        <aside className={styles.detail} aria-label={t('detail')}>
          <Suspense fallback={<Waiting />}>
            <ContactScreen key={place.account} account={place.account} />
          </Suspense>
        </aside>
      ) : null}
      <Helpers />
    </div>
  );
}

function content(place: Place, room: Room): ReactNode {
  if (place.at === 'conversation' || (place.at === 'contact' && room === 'wide'))
    return <ConversationScreen key={place.account} account={place.account} />;
  if (place.at === 'contact') return <ContactScreen key={place.account} account={place.account} />;
  if (place.at === 'request') return <RequestScreen key={place.account} account={place.account} />;
  if (place.at === 'invite') return <InviteScreen />;
  if (place.at === 'settings') return <SettingsScreen />;
  return <Welcome />;
}

function Waiting() {
  const t = useWords('app');
  return (
    <div className={styles.waiting}>
      <Spinner label={t('loading')} />
    </div>
  );
}

function useTitle(): void {
  const unread = useSelected(useClient().conversations, ({ unread }) => unread);
  useEffect(() => {
    document.title = unread === 0 ? 'Sotto' : `(${unread}) Sotto`;
  }, [unread]);
}
