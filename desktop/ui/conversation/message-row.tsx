// A row of the list: the line of a new day, the unread line, and the message.
import { memo } from 'react';
import { Bubble } from './bubble.tsx';
import type { Row } from './grouping.ts';
import type { MessageActions } from './message-actions.ts';
import styles from './message-row.module.css';
import { dayName, daysAgo } from './times.ts';

/** See the head of this file. */
export const MessageRow = memo(function MessageRow({ row, actions }: { readonly row: Row; readonly actions: MessageActions }) {
  return (
    <>
      {row.day === null ? null : <Day day={row.day} actions={actions} />}
      {row.unread ? (
        <div className={styles.unread}>
          <span>{actions.t('unreadLine')}</span>
        </div>
      ) : null}
      <Bubble row={row} actions={actions} />
    </>
  );
});

function Day({ day, actions: { t, language, today } }: { readonly day: number; readonly actions: MessageActions }) {
  const ago = daysAgo(day, today);
  return (
    <div className={styles.day}>
      <span>{ago === 0 ? t('today') : ago === 1 ? t('yesterday') : dayName(language, day, today)}</span>
    </div>
  );
}
