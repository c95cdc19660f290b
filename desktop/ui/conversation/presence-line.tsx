// Whether a contact types or is here, or when they last were; nothing where nothing is known. Read out by who goes there and to nobody else:
// it changes too often to be called out.
import { useEffect } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useSelected } from '../app/readable.ts';
import { useWords, words } from '../words/use-words.ts';
import styles from './conversation-header.module.css';
import { keepLooking, type Sight } from './presence-look.ts';
import { clockTime, dayName, daysAgo } from './times.ts';
import { useToday } from './use-today.ts';

const PAGE: Sight = {
  isVisible: () => document.visibilityState === 'visible',
  onChange: (listener) => {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};

/** See the head of this file. */
export function PresenceLine({ contact }: { readonly contact: Contact }) {
  const t = useWords('conversation');
  const client = useClient();
  const today = useToday();
  const { account } = contact;
  const types = useSelected(client.moments.typing, (typing) => typing.has(account));
  const presence = useSelected(client.moments.presence, (all) => all.get(account));
  const isThere = useSelected(client.line, (line) => line === 'connected');
  const isLookedAt = isThere && contact.state === 'accepted' && !contact.blocked;
  useEffect(() => {
    if (!isLookedAt) return;
    return keepLooking(PAGE, (forMs) => client.api.watchPresence({ who: account, forMs }).catch(() => {}));
  }, [client, account, isLookedAt]);
  if (!isLookedAt) return null;
  if (types) return <span className={`${styles.now} ${styles.types}`}>{t('types')}</span>;
  if (presence?.state === 'online') return <span className={styles.now}>{t('online')}</span>;
  return presence?.lastSeen == null ? null : <Seen at={presence.lastSeen} today={today} />;
}

function Seen({ at, today }: { readonly at: number; readonly today: number }) {
  const t = useWords('conversation');
  const days = daysAgo(at, today);
  let seen = t('seenOn', { date: dayName(words.language, at, today) });
  if (days === 0) seen = t('seenToday', { time: clockTime(words.language, at) });
  if (days === 1) seen = t('seenYesterday');
  return <span className={styles.now}>{seen}</span>;
}
