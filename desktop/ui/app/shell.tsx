// The open window: the list, the place one is at, and beside it the detail where there is room. One pane at a time on a narrow screen; the list
// stays as it was scrolled.
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { ConversationScreen } from '../conversation/conversation-screen.tsx';
import { ConversationsPane } from '../conversations/conversations-pane.tsx';
import { RequestScreen } from '../conversations/request-screen.tsx';
import { Banner } from '../design/banner.tsx';
import { Spinner } from '../design/spinner.tsx';
import { InviteScreen } from '../invites/invite-screen.tsx';
import { offeredLink } from '../invites/offered-link.ts';
import { OverWindow } from '../shortcuts/over-window.tsx';
import { useWords } from '../words/use-words.ts';
import { useActivity } from './activity.ts';
import { useClient } from './client-context.tsx';
import { ConnectionLine } from './connection-line.tsx';
import { useNavigation } from './navigation.tsx';
import { shownAccount } from './outside.ts';
import type { Place } from './place.ts';
import { usePlaceFocus } from './place-focus.ts';
import { useReadable, useSelected } from './readable.ts';
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
  const list = useRef<HTMLElement>(null);
  const main = useRef<HTMLElement>(null);
  useTitle();
  useActivity();
  useFromOutside();
  usePlaceFocus(place, list, main);
  const isList = place.at === 'conversations';
  const detail = place.at === 'contact' && room === 'wide' ? place.account : null;
  return (
    <div className={styles.shell} data-room={room}>
      <nav className={styles.list} ref={list} aria-label={t('list')} hidden={room === 'narrow' && !isList}>
        <ConversationsPane />
        <SharedNote />
        <ConnectionLine />
      </nav>
      <main className={styles.main} ref={main} tabIndex={-1} hidden={room === 'narrow' && isList}>
        <Suspense fallback={<Waiting />}>{content(place, room)}</Suspense>
      </main>
      {detail === null ? null : (
        <aside className={styles.detail} aria-label={t('detail')}>
          <Suspense fallback={<Waiting />}>
            <ContactScreen key={detail} account={detail} />
          </Suspense>
        </aside>
      )}
      <OverWindow />
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

/** Another program on this device owns the home; both see the same. */
function SharedNote() {
  const t = useWords('app');
  const isShared = useSelected(useClient().home, (home) => home?.shared === true);
  const [isClosed, setClosed] = useState(false);
  if (!isShared || isClosed) return null;
  return (
    <div className={styles.note}>
      <Banner onClose={() => setClosed(true)}>{t('shared')}</Banner>
    </div>
  );
}

function Waiting() {
  const t = useWords('app');
  return (
    <div className={styles.waiting}>
      <Spinner label={t('loading')} />
    </div>
  );
}

/** How long a count stands before the title says it, ms: what is read as it comes is no news, and a title is dear. */
const TITLE_REST_MS = 250;

function useTitle(): void {
  const unread = useSelected(useClient().conversations, (state) => state.unread);
  useEffect(() => {
    const timer = setTimeout(() => {
      document.title = unread === 0 ? 'Sotto' : `(${unread}) Sotto`;
    }, TITLE_REST_MS);
    return () => clearTimeout(timer);
  }, [unread]);
  useEffect(
    () => () => {
      document.title = 'Sotto'; // a locked window counts nothing
    },
    [],
  );
}

/** Goes where a clicked notification or an opened link leads; the link only stands in its field then. */
function useFromOutside(): void {
  const client = useClient();
  const { go } = useNavigation();
  const account = useReadable(shownAccount);
  useEffect(() => {
    if (offeredLink.get() !== null) go({ at: 'invite' });
  }, [go]);
  useEffect(() => {
    if (account === null) return;
    shownAccount.set(null);
    const isAsking = client.requests.get().some(({ contact }) => contact.account === account);
    go({ at: isAsking ? 'request' : 'conversation', account });
  }, [account, client, go]);
}
