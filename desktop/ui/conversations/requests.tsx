// Who asks to write to us: in a place of their own above the conversations, with their count.
import { useState } from 'react';
import type { Request } from '../app/client.ts';
import { useNavigation } from '../app/navigation.tsx';
import { Avatar } from '../design/avatar.tsx';
import { Badge } from '../design/badge.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { SafeName } from '../design/safe-name.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './requests.module.css';

/** Shown without being asked up to this many: more would push the conversations away. */
const MOST_OPEN = 3;

/** See the head of this file. */
export function Requests({ requests }: { readonly requests: readonly Request[] }) {
  const t = useWords('conversations');
  const { place, go } = useNavigation();
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? requests.length <= MOST_OPEN;
  if (requests.length === 0) return null;
  return (
    <section className={styles.requests} aria-label={t('requests')}>
      <button type="button" className={styles.head} aria-expanded={isOpen} onClick={() => setWanted(!isOpen)}>
        <Icon name="inbox" size={16} />
        <span className={styles.title}>{t('requests')}</span>
        <Badge label={t('requestsCount', { count: requests.length })}>{requests.length}</Badge>
        <span className={styles.turn} data-open={isOpen || undefined}>
          <Icon name="chevron-down" size={16} />
        </span>
      </button>
      {isOpen ? (
        <ul className={styles.list}>
          {requests.map(({ contact }) => (
            <li key={contact.account}>
              <button
                type="button"
                className={styles.item}
                aria-current={place.at === 'request' && place.account === contact.account ? 'page' : undefined}
                onClick={() => go({ at: 'request', account: contact.account })}
              >
                <Avatar name={nameOf(contact)} account={contact.account} size={32} />
                <span className={styles.lines}>
                  <span className={styles.name}>
                    <SafeName of={contact} />
                  </span>
                  <span className={styles.asks}>{t('requestFrom')}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
