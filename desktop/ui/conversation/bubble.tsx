// One message: its words or why there are none, when it was said, what it is at, and what can be done with it.
import { type KeyboardEvent, memo, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '../../../core/api.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, type MenuItem } from '../design/menu.tsx';
import styles from './bubble.module.css';
import { type Row, timeOf } from './grouping.ts';
import type { MessageActions } from './message-actions.ts';
import { MessageMeta, STATE_WORDS } from './message-state.tsx';
import { isLargeEmoji } from './message-text.ts';
import { MessageWords } from './message-words.tsx';
import { reasonWord } from './reason-words.ts';
import { clockTime } from './times.ts';

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
      <Said message={message} actions={actions} />
      <div className={styles.beside}>
        <div id={`said-${message.id}`} className={`${styles.bubble} ${kind} ${corners}`}>
          {message.text === null ? (
            <Unopened message={message} actions={actions} />
          ) : (
            <MessageWords text={message.text} actions={actions} />
          )}
          {showsMeta ? (
            <span className={styles.meta}>
              <MessageMeta message={message} actions={actions} />
            </span>
          ) : isOut ? (
            <span className="visually-hidden">{actions.t(STATE_WORDS[message.state])}</span>
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

/** Who and when, for who only hears it: others see it by the side it stands at, and at the end of its group. */
function Said({ message, actions: { t, name, language } }: MessageParts) {
  const who = message.direction === 'out' ? t('you') : name;
  return (
    <span id={`who-${message.id}`} className="visually-hidden">
      {t('said', { who, time: clockTime(language, timeOf(message)) })}
    </span>
  );
}

/** The ids of what a row is called by: who, when, its words and its state. */
export function nameOfRow(id: string): string {
  return `who-${id} said-${id}`;
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

/** The menu is made when somebody comes near: a hundred bubbles need none. Whoever presses what stands in its place opens it at once. */
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
  const place = useRef<HTMLSpanElement>(null);
  const [made, setMade] = useState<'not' | 'near' | 'pressed'>('not');
  useLayoutEffect(() => {
    if (made === 'pressed') place.current?.querySelector<HTMLElement>('[aria-haspopup]')?.click();
  }, [made]);
  return (
    <span ref={place} className={styles.tools} data-tools onPointerEnter={() => setMade((before) => (before === 'not' ? 'near' : before))}>
      {made === 'not' ? (
        <button type="button" className={styles.hidden} tabIndex={-1} aria-label={t('menu')} onClick={() => setMade('pressed')} />
      ) : (
        <Menu
          trigger={<IconButton icon="more" label={t('menu')} tabIndex={-1} className={styles.more ?? ''} />}
          items={itemsOf(message, actions, isMissed)}
        />
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
  event.preventDefault();
  return true;
}
