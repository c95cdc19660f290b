// One line of the list: who, what was said last and when, what is unread or unfinished. Follows its own conversation and draft only.
import { memo } from 'react';
import { useClient } from '../app/client-context.tsx';
import type { ConversationRow } from '../app/conversations-state.ts';
import { useSelected } from '../app/readable.ts';
import { STATE_WORDS, StateIcon } from '../conversation/message-state.tsx';
import { oneLine, shownText } from '../conversation/message-text.ts';
import { shortTime } from '../conversation/times.ts';
import { Avatar } from '../design/avatar.tsx';
import { Badge } from '../design/badge.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { useWords, words } from '../words/use-words.ts';
import styles from './conversation-item.module.css';
import { FoundName } from './found-name.tsx';

/** What a line takes. */
export interface ConversationItemProps {
  readonly account: string;
  readonly isOpen: boolean;
  readonly query: string;
  /** First moment of this day, ms. */
  readonly today: number;
  onOpen(account: string): void;
}

/** See the head of this file. */
export const ConversationItem = memo(function ConversationItem({ account, isOpen, query, today, onOpen }: ConversationItemProps) {
  const t = useWords('conversations');
  const client = useClient();
  const row = useSelected(client.conversations, ({ byAccount }) => byAccount.get(account));
  const draft = useSelected(client.drafts, (drafts) => drafts.get(account) ?? '');
  const types = useSelected(client.moments.typing, (typing) => typing.has(account));
  if (row === undefined) return null;
  const { with: contact, unread, last, warnings } = row;
  return (
    <button
      type="button"
      className={styles.item}
      aria-current={isOpen ? 'page' : undefined}
      data-unread={unread > 0 || undefined}
      data-account={account}
      onClick={() => onOpen(account)}
    >
      <Avatar name={nameOf(contact)} account={account} />
      <span className={styles.lines}>
        <span className={styles.top}>
          <span className={styles.name}>
            <FoundName of={contact} query={query} />
          </span>
          {contact.verified ? (
            <span className={styles.verified}>
              <Icon name="shield-check" size={14} label={t('verified')} />
            </span>
          ) : null}
          {last === null ? null : <When at={last.sentAt} today={today} />}
        </span>
        <span className={styles.bottom}>
          <span className={styles.last}>{types ? <Types /> : draft !== '' && !isOpen ? <Draft text={draft} /> : <Last row={row} />}</span>
          {warnings.length === 0 ? null : (
            <span className={styles.warning}>
              <Icon name="warning" size={16} label={t('hasWarning')} />
            </span>
          )}
          {unread === 0 ? null : <Badge label={t('unread', { count: unread })}>{unread}</Badge>}
        </span>
      </span>
    </button>
  );
});

function When({ at, today }: { readonly at: number; readonly today: number }) {
  const t = useWords('conversations');
  return <time className={styles.when}>{shortTime(words.language, at, today) ?? t('yesterday')}</time>;
}

function Types() {
  const t = useWords('conversations');
  return <span className={styles.types}>{t('types')}</span>;
}

function Draft({ text }: { readonly text: string }) {
  const t = useWords('conversations');
  return (
    <>
      <span className={styles.draft}>{t('draft')}</span>
      <bdi className={styles.words}>{oneLine(shownText(text.slice(0, 400)))}</bdi>
    </>
  );
}

const MISSED: ReadonlySet<string> = new Set(['failed', 'expired']);

function Last({ row: { last, with: contact } }: { readonly row: ConversationRow }) {
  const t = useWords('conversations');
  const c = useWords('conversation');
  if (contact.blocked) return t('blocked');
  if (last === null) return t(contact.state === 'requested' ? 'asked' : 'noMessages');
  if (last.text === null) return t('unopened');
  return (
    <>
      {last.direction === 'out' ? (
        <span className={MISSED.has(last.state) ? `${styles.state} ${styles.missed}` : styles.state}>
          <StateIcon state={last.state} label={c(STATE_WORDS[last.state])} />
        </span>
      ) : null}
      <bdi className={styles.words}>{oneLine(shownText(last.text.slice(0, 400)))}</bdi>
    </>
  );
}
