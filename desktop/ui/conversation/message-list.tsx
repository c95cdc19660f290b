// The list of messages, and the one file that knows the virtual list (virtua). Keeps the reader's row where it is, follows the end while the
// reader is there, asks for pages before the reader reaches an edge, and says what was really seen.
import { useMemo, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Message } from '../../../core/api.ts';
import { pageFrames } from '../app/page-frames.ts';
import { useReadable } from '../app/readable.ts';
import { useWords } from '../words/use-words.ts';
import { nameOfRow } from './bubble.tsx';
import { JumpButtons } from './jump-buttons.tsx';
import type { MessageActions } from './message-actions.ts';
import styles from './message-list.module.css';
import { MessageRow } from './message-row.tsx';
import type { MessageWindow } from './message-window.ts';
import { RowFeed, type Step } from './row-feed.ts';
import { useListPlace } from './use-list-place.ts';
import { useRowFocus } from './use-row-focus.ts';

/** Pixels kept ready above and below the view: no blank frame at 500 px a frame (facts/desktop.md). */
const BUFFER = 1_200;
/** A row of one line, px: what is assumed until it is measured. */
const ROW_HINT = 44;
/** What a list takes. */
export interface MessageListProps {
  readonly pages: MessageWindow;
  readonly actions: MessageActions;
  /** Somebody looks at this window now. */
  readonly isWatched: boolean;
  /** Unread messages of the conversation, as the engine counts them. */
  readonly unread: number;
  /** These are on the screen, and somebody looks. */
  onSeen(messages: readonly Message[]): void;
}

/** See the head of this file. */
export function MessageList(props: MessageListProps) {
  const { pages } = props;
  const feed = useMemo(() => new RowFeed(pages, pageFrames), [pages]);
  const step = useReadable(feed);
  return step.rows.length === 0 ? null : <Rows key={step.turn} {...props} step={step} />;
}

type RowsProps = MessageListProps & { readonly step: Step };

function Rows({ pages, actions, isWatched, unread, onSeen, step }: RowsProps) {
  const t = useWords('conversation');
  const { rows, shift } = step;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { isAway, canReturn, onScroll, toEnd, toUnread } = useListPlace({ pages, isWatched, unread, onSeen, step, list, scroller });
  const { active, onKeyDown } = useRowFocus({ step, list, scroller, toEnd });
  const { atStart, atEnd } = pages.get();
  const size = atStart && atEnd ? rows.length : -1;
  const mounted = active === null ? [] : [rows.findIndex(({ message }) => message.id === active)].filter((at) => at !== -1);
  return (
    <div className={styles.frame} data-pane="messages">
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtual list */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="list"
        aria-label={t('messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keys must be able to focus what scrolls
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-messages
      >
        <div className={styles.above} />
        <Virtualizer ref={list} data={rows} bufferSize={BUFFER} itemSize={ROW_HINT} shift={shift} keepMounted={mounted} onScroll={onScroll}>
          {(row, at) => (
            // biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtual list
            <div
              key={row.message.id}
              role="listitem"
              className={styles.row}
              data-row={row.message.id}
              tabIndex={-1}
              aria-labelledby={nameOfRow(row.message.id)}
              aria-setsize={size}
              aria-posinset={at + 1}
            >
              <MessageRow row={row} actions={actions} />
            </div>
          )}
        </Virtualizer>
      </div>
      <JumpButtons isAway={isAway || !atEnd} unread={unread} canReturn={canReturn} onEnd={toEnd} onUnread={toUnread} />
    </div>
  );
}
