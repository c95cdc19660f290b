// The line below the list: how we are connected, always true, never in the way. Leads to the relays.
import { useSyncExternalStore } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import { type Connection, connectionOf } from './connection.ts';
import styles from './connection-line.module.css';
import { useNavigation } from './navigation.tsx';
import { useReadable, useSelected } from './readable.ts';

/** See above. */
export function ConnectionLine() {
  const t = useWords('app');
  const client = useClient();
  const { go } = useNavigation();
  const me = useReadable(client.me);
  const line = useReadable(client.line);
  const hung = useReadable(client.hung);
  const connection = connectionOf(useReadable(client.relays), useSelected(client.contacts, countDirect), useOnline());
  // Without the engine nobody knows how the relays are.
  if (me === null || line !== 'connected' || hung) return <div className={styles.line} />;
  const relay = 'relay' in connection ? (connection.relay ?? t('thisMachine')) : '';
  return (
    // Around the button: inside, it would take the button's name away.
    <div role="status">
      <button type="button" className={styles.line} onClick={() => go({ at: 'settings', page: 'relays' })}>
        <span className={`${styles.dot} ${styles[TONES[connection.kind]]}`} aria-hidden="true" />
        <span className={styles.words}>
          {connection.kind === 'direct'
            ? t('connection-direct', { count: connection.count })
            : t(`connection-${connection.kind}`, { relay })}
        </span>
      </button>
    </div>
  );
}

const TONES = {
  connected: 'good',
  partly: 'good',
  direct: 'good',
  connecting: 'busy',
  waiting: 'warn',
  refused: 'bad',
  offline: 'warn',
  'no-relay': 'warn',
} as const satisfies Record<Connection['kind'], string>;

function countDirect(contacts: ReadonlyMap<string, Contact>): number {
  return [...contacts.values()].filter(({ direct }) => direct).length;
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}
