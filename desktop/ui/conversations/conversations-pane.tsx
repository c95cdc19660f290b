// The pane at the side: the sign, the search, who asks, and the conversations. Typed letters and new messages render only their own parts.
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { FirstWays } from '../app/first-ways.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable, useSelected } from '../app/readable.ts';
import { useRoom } from '../app/width.ts';
import { IconButton } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Wordmark } from '../design/mark.tsx';
import { useShortcuts } from '../shortcuts/shortcuts.ts';
import { useWords } from '../words/use-words.ts';
import { ConversationList } from './conversation-list.tsx';
import styles from './conversations-pane.module.css';
import { findInName } from './name-search.ts';
import { Requests } from './requests.tsx';
import { SearchField } from './search-field.tsx';

/** See the head of this file. */
export function ConversationsPane() {
  const client = useClient();
  const [query, setQuery] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const requests = useReadable(client.requests);
  const isLoaded = useSelected(client.conversations, ({ loaded }) => loaded);
  const isEmpty = useSelected(client.conversations, ({ order }) => order.length === 0);
  const wanted = useDeferredValue(query.trim());
  const accounts = useFound(wanted);
  useShortcuts({ search: () => search.current?.focus() });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') pane.current?.querySelector<HTMLElement>('[data-account]')?.focus();
    else if (event.key === 'Enter') pane.current?.querySelector<HTMLElement>('[data-account]')?.click();
    else if (event.key === 'Escape' && query !== '') setQuery('');
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.pane} ref={pane} data-pane="list">
      <Head />
      {isEmpty ? null : <SearchField value={query} onChange={setQuery} onKeyDown={onKeyDown} field={search} />}
      {wanted === '' ? <Requests requests={requests} /> : null}
      {isLoaded && isEmpty && requests.length === 0 ? <Nobody /> : null}
      {wanted !== '' && accounts.length === 0 ? <NoMatch /> : <ConversationList accounts={accounts} query={wanted} above={search} />}
    </div>
  );
}

function Head() {
  const t = useWords('conversations');
  const { go } = useNavigation();
  return (
    <header className={styles.head}>
      <h1 className={styles.sign}>
        <Wordmark />
        <span className="visually-hidden">{t('title')}</span>
      </h1>
      <IconButton icon="user-plus" label={t('invite')} onClick={() => go({ at: 'invite' })} />
      <IconButton icon="settings" label={t('settings')} onClick={() => go({ at: 'settings' })} />
    </header>
  );
}

/** Everybody, or those whose names have the words in them; a new message looks only at the order. */
function useFound(query: string): readonly string[] {
  const client = useClient();
  const order = useSelected(client.conversations, (state) => state.order);
  return useMemo(() => {
    if (query === '') return order;
    const { byAccount } = client.conversations.get();
    return order.filter((account) => {
      const row = byAccount.get(account);
      return row !== undefined && findInName(nameOf(row.with), query) !== null;
    });
  }, [client, order, query]);
}

function Nobody() {
  const t = useWords('conversations');
  // Beside it there is a whole pane that says so.
  if (useRoom() !== 'narrow') return <p className={styles.nobody}>{t('emptyTitle')}</p>;
  return (
    <EmptyState icon="chat" title={t('emptyTitle')} action={<FirstWays />}>
      {t('emptyHint')}
    </EmptyState>
  );
}

function NoMatch() {
  const t = useWords('conversations');
  return (
    <EmptyState icon="search" title={t('noMatch')}>
      {t('noMatchHint')}
    </EmptyState>
  );
}
