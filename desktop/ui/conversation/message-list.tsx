// The list of messages, and the one file that knows the virtual list (virtua). Keeps the reader's row where it is, follows the end while the
// reader is there, asks for pages before the reader reaches an edge, and says what was really seen.
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Message } from '../../../core/api.ts';
import { pageFrames } from '../app/pace.ts';
import { useReadable } from '../app/readable.ts';
import { useWords } from '../words/use-words.ts';
import { openMenuByKey } from './bubble.tsx';
import { JumpButtons } from './jump-buttons.tsx';
import type { MessageActions } from './message-actions.ts';
import styles from './message-list.module.css';
import { MessageRow } from './message-row.tsx';
import type { MessageWindow } from './message-window.ts';
import { RowFeed, type Step } from './row-feed.ts';

/** Pixels kept ready above and below the view: no blank frame at 500 px a frame (facts/desktop.md). */
const BUFFER = 1_200;
/** A row of one line, px: what is assumed until it is measured. */
const ROW_HINT = 44;
/** The reader is at the end when no more than this is below, px. */
const END_GAP = 24;
/** The way to the end is offered beyond this, px. */
const AWAY_GAP = 240;
/** The unread line stands this far below the top, px. */
const UNREAD_OFFSET = 64;
/** Pages are asked for when less than this many views are left. */
const NEAR_VIEWS = 2;

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
  const { place, onScroll, toEnd, toUnread } = usePlace({ pages, isWatched, onSeen, step, list, scroller });
  const { active, onKeyDown } = useRowFocus(step, list, scroller, toEnd);
  const { atStart, atEnd } = pages.get();
  const size = atStart && atEnd ? rows.length : -1;
  const mounted = active === null ? [] : [rows.findIndex(({ message }) => message.id === active)].filter((at) => at !== -1);
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keys must be able to focus what scrolls */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="list"
        aria-label={t('messages')}
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
              aria-setsize={size}
              aria-posinset={at + 1}
            >
              <MessageRow row={row} actions={actions} />
            </div>
          )}
        </Virtualizer>
      </div>
      <JumpButtons isAway={place.isAway || !atEnd} unread={unread} canReturn={place.canReturn} onEnd={toEnd} onUnread={toUnread} />
    </div>
  );
}

interface PlaceParts extends Pick<RowsProps, 'pages' | 'isWatched' | 'onSeen' | 'step'> {
  readonly list: RefObject<VirtualizerHandle | null>;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** Where the reader is, and what follows from it. */
function usePlace({ pages, isWatched, onSeen, step, list, scroller }: PlaceParts) {
  const { rows } = step;
  const [place, setPlace] = useState({ isAway: false, canReturn: false });
  const follows = useRef(true);
  const lastOffset = useRef(0);
  const now = useRef({ rows, isWatched, onSeen });
  now.current = { rows, isWatched, onSeen };

  /** Looks where the view is: what is seen, which page is near. */
  const look = useCallback(() => {
    const handle = list.current;
    if (handle === null) return;
    const { scrollOffset: offset, viewportSize: view, scrollSize } = handle;
    const below = scrollSize - view - offset;
    if (offset < NEAR_VIEWS * view) void pages.older();
    if (below < NEAR_VIEWS * view) void pages.newer();
    const isAway = below > AWAY_GAP;
    setPlace((known) => (known.isAway === isAway ? known : { ...known, isAway }));
    const { rows: all, isWatched: seen, onSeen: tell } = now.current;
    const [from, to] = [handle.findItemIndex(offset), handle.findItemIndex(offset + view - 1) + 1];
    if (seen) tell(all.slice(from, to).map(({ message }) => message));
    return { from, to };
  }, [pages, list]);

  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current;
      if (handle === null) return;
      const isAtEnd = handle.scrollSize - handle.viewportSize - offset <= END_GAP;
      if (isAtEnd) follows.current = true;
      else if (offset < lastOffset.current - 1) follows.current = false;
      lastOffset.current = offset;
      look();
    },
    [look, list],
  );

  useFirstPlace(step, list, follows);
  useLayoutEffect(() => {
    if (follows.current) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows, list]);
  useEffect(() => {
    const seen = look();
    if (seen !== undefined && rows.length > 0) pages.keep(seen.from, seen.to);
  }, [rows, look, pages]);
  useEffect(() => {
    if (isWatched) look();
  }, [isWatched, look]);
  useEffect(() => followSize(scroller.current, list, follows), [scroller, list]);

  const toEnd = useCallback(() => {
    const { unreadFrom } = pages.get();
    if (unreadFrom !== null) setPlace((known) => ({ ...known, canReturn: true }));
    follows.current = true;
    list.current?.scrollToIndex(now.current.rows.length - 1, { align: 'end' });
    void pages.toEnd();
  }, [pages, list]);
  const toUnread = useCallback(async () => {
    follows.current = false;
    setPlace((known) => ({ ...known, canReturn: false }));
    if (!(await pages.toUnread())) return;
    const at = now.current.rows.findIndex(({ unread }) => unread);
    if (at !== -1) list.current?.scrollToIndex(at, { align: 'start', offset: -UNREAD_OFFSET });
  }, [pages, list]);
  return { place, onScroll, toEnd, toUnread };
}

/** Begins at the unread line, else at the end. */
function useFirstPlace(step: Step, list: RefObject<VirtualizerHandle | null>, follows: RefObject<boolean>): void {
  const first = useRef(step);
  useLayoutEffect(() => {
    const at = first.current.rows.findIndex(({ unread }) => unread);
    if (at === -1) return;
    follows.current = false;
    list.current?.scrollToIndex(at, { align: 'start', offset: -UNREAD_OFFSET });
  }, [list, follows]);
}

/** Stays at the end when the room for it changes: the composer grows, the window shrinks. */
function followSize(scroller: HTMLElement | null, list: RefObject<VirtualizerHandle | null>, follows: RefObject<boolean>) {
  if (scroller === null) return;
  const observer = new ResizeObserver(() => {
    if (follows.current) scroller.scrollTop = scroller.scrollHeight;
    else list.current?.scrollBy(0);
  });
  observer.observe(scroller);
  return () => observer.disconnect();
}

/** The message that the keyboard is on; arrows move it, and it keeps its row while it is scrolled away. */
function useRowFocus(step: Step, list: RefObject<VirtualizerHandle | null>, scroller: RefObject<HTMLDivElement | null>, toEnd: () => void) {
  const { rows } = step;
  const [active, setActive] = useState<string | null>(null);
  const wants = useRef(false);
  useEffect(() => {
    if (!wants.current || active === null) return;
    wants.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus({ preventScroll: true });
  }, [active, scroller]);
  const move = (at: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at))];
    if (row === undefined) return;
    list.current?.scrollToIndex(rows.indexOf(row), { align: 'nearest' });
    wants.current = true;
    setActive(row.message.id);
    scroller.current?.querySelector<HTMLElement>(`[data-row="${row.message.id}"]`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const box = scroller.current;
    // What happens in a menu comes here too, and is none of ours.
    if (
      !(event.target instanceof HTMLElement) ||
      box === null ||
      !box.contains(event.target) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    const row = event.target.closest<HTMLElement>('[data-row]');
    if (row !== null && openMenuByKey(event, row)) return;
    const handle = list.current;
    const at = row === null ? -1 : rows.findIndex(({ message }) => message.id === row.dataset.row);
    const lowest = handle === null ? rows.length - 1 : handle.findItemIndex(handle.scrollOffset + handle.viewportSize - 1);
    if (event.key === 'ArrowUp') move(at === -1 ? lowest : at - 1);
    else if (event.key === 'ArrowDown') move(at === -1 ? lowest : at + 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') toEnd();
    else return;
    event.preventDefault();
  };
  return { active, onKeyDown };
}
