// One message: its words or why there are none, when it was said, what it is at, and what can be done with it.
import { type KeyboardEvent, memo, useState } from 'react';
import type { Message } from '../../../core/api.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, type MenuItem } from '../design/menu.tsx';
import styles from './bubble.module.css';
import type { Row } from './grouping.ts';
import type { MessageActions } from './message-actions.ts';
import { MessageMeta, STATE_WORDS } from './message-state.tsx';
import { isLargeEmoji } from './message-text.ts';
import { MessageWords } from './message-words.tsx';
import { reasonWord } from './reason-words.ts';

/** What a bubble takes; the same `actions` for all of a conversation. */
export interface BubbleProps {
  readonly row: Row;
  readonly actions: MessageActions;
}

const MISSED = new Set<Message['state']>(['failed', 'expired']);

/** See the head of this file. Rendered again only when its own row changed. */
export const Bubble = memo(function Bubble({ row, actions }: BubbleProps) {
  const { message } = row;
  const isOut = message.direction === 'out';
  const isMissed = isOut && MISSED.has(message.state);
  const isLarge = message.text !== null && isLargeEmoji(message.text);
  const kind = message.text === null ? styles.unopened : isLarge ? styles.bare : isOut ? styles.own : styles.other;
  const corners = `${row.first ? styles.first : ''} ${row.last ? styles.last : ''}`;
  const showsMeta = row.last || isLarge || message.state === 'queued' || isMissed || message.provisional;
  return (
    <div className={`${styles.line} ${isOut ? styles.out : styles.in} ${row.last ? styles.gap : ''}`}>
      <div className={styles.beside}>
        <div className={`${styles.bubble} ${kind} ${corners}`}>
          {message.text === null ? (
            <Unopened message={message} actions={actions} />
          ) : (
            <MessageWords text={message.text} actions={actions} />
          )}
          {showsMeta ? (
            <span className={styles.meta}>
              <MessageMeta message={message} actions={actions} />
            </span>
          ) : null}
        </div>
        <Tools message={message} actions={actions} isMissed={isMissed} />
      </div>
      {isMissed ? <Missed message={message} actions={actions} /> : null}
    </div>
  );
});

interface MessageParts {
  readonly message: Message;
  readonly actions: MessageActions;
}

function Unopened({ message, actions: { t } }: MessageParts) {
  return (
    <div className={styles.why}>
      <Icon name="warning" size={16} />
      <div>
        <strong>{t('unopened')}</strong>
        <div>{t(reasonWord(message.reason ?? ''))}</div>
      </div>
    </div>
  );
}

function Missed({ message, actions }: MessageParts) {
  const { t } = actions;
  return (
    <div className={styles.missed}>
      <span>
        {t(STATE_WORDS[message.state])}. {message.reason === null ? '' : t(reasonWord(message.reason))}
      </span>
      <Button size="s" icon="refresh" onClick={() => actions.retry(message)}>
        {t('retry')}
      </Button>
    </div>
  );
}

/** The menu is made when somebody comes near: a hundred bubbles need none. */
function Tools({
  message,
  actions,
  isMissed,
}: {
  readonly message: Message;
  readonly actions: MessageActions;
  readonly isMissed: boolean;
}) {
  const { t } = actions;
  const [isNear, setNear] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing itself, it only makes the button that does
    <span className={styles.tools} data-tools onPointerEnter={() => setNear(true)} onFocus={() => setNear(true)}>
      {isNear ? (
        <Menu
          trigger={<IconButton icon="more" label={t('menu')} tabIndex={-1} className={styles.more ?? ''} />}
          items={itemsOf(message, actions, isMissed)}
        />
      ) : (
        <button type="button" className={styles.hidden} tabIndex={-1} aria-label={t('menu')} onClick={() => setNear(true)} />
      )}
    </span>
  );
}

function itemsOf(message: Message, actions: MessageActions, isMissed: boolean): readonly MenuItem[] {
  const { t } = actions;
  const copy = { label: t('copy'), icon: 'copy', onSelect: () => actions.copy(message) } as const;
  const retry = { label: t('retry'), icon: 'refresh', onSelect: () => actions.retry(message) } as const;
  const details = { label: t('details'), icon: 'info', onSelect: () => actions.showDetail(message) } as const;
  return [...(message.text === null ? [] : [copy]), ...(isMissed ? [retry] : []), details];
}

/** Opens the menu of the focused row by keyboard. True when the key was one of those that do. */
export function openMenuByKey(event: KeyboardEvent, row: HTMLElement): boolean {
  const isKey = event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
  if (!isKey || event.target !== row) return false;
  row.querySelector<HTMLElement>('[data-tools] button')?.click();
  // The first click makes the menu, the next opens it.
  requestAnimationFrame(() => row.querySelector<HTMLElement>('[data-tools] [aria-haspopup]:not([aria-expanded="true"])')?.click());
  event.preventDefault();
  return true;
}
