// Where the reader is in the list of messages: follows the end while the reader is there, begins at the unread line, asks for pages before an
// edge is near, and says what was really seen.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '../../../core/api.ts';
import type { ListHandle } from './list-handle.ts';
import type { MessageWindow } from './message-window.ts';
import type { Step } from './row-feed.ts';

/** The reader is at the end when no more than this is below, px. */
const END_GAP = 24;
/** What we said so long ago at most was said here, just now, ms. */
const JUST_MS = 3_000;
/** Room below the last row, px. */
const BELOW_LAST = 10;
/** The way to the end is offered beyond this, px. */
const AWAY_GAP = 240;
/** The unread line stands this far below the top, px. */
const UNREAD_OFFSET = 64;
/** Pages are asked for when less than this many views are left. */
const NEAR_VIEWS = 2;

/** What the place in a list is made of. */
export interface PlaceParts {
  readonly pages: MessageWindow;
  readonly isWatched: boolean;
  /** Unread messages of the conversation. */
  readonly unread: number;
  readonly step: Step;
  readonly list: RefObject<ListHandle | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  onSeen(messages: readonly Message[]): void;
}

/** Where the reader is, and what follows from it. */
export function useListPlace(parts: PlaceParts) {
  const { pages, isWatched, step, list, scroller } = parts;
  const { rows, shift } = step;
  const [isAway, setAway] = useState(false);
  const [canReturn, setReturn] = useState(false);
  /** The reader is at the end, and goes with it. */
  const follows = useRef(true);
  const lastOffset = useRef(0);
  const now = useRef(parts);
  now.current = parts;
  const look = useCallback(() => {
    const seen = lookAround(now.current, setAway);
    // Who is there again needs no way back.
    if (seen !== null && now.current.step.rows.slice(seen.from, seen.to).some(({ unread }) => unread)) setReturn(false);
    return seen;
  }, []);
  const onScroll = useCallback(
    (offset: number) => {
      const handle = list.current;
      if (handle === null) return;
      // As it is now: what the list knows of its room may be older than this.
      const below = belowOf(scroller.current);
      // Who begins to go up has left, however near the end still is.
      if (offset < lastOffset.current - 1) follows.current = below <= BELOW_LAST;
      else if (below <= END_GAP) follows.current = true;
      lastOffset.current = offset;
      look();
    },
    [look, list, scroller],
  );
  useOwnSent(now, follows);
  useFirstPlace(step, list, follows);
  useLayoutEffect(() => {
    // What comes before the first keeps the place by itself; and nobody is fetched back who goes up while it comes.
    if (follows.current && !shift) list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [rows, shift, list]);
  useEffect(() => {
    const seen = look();
    if (seen !== null && rows.length > 0) pages.keep(seen.from, seen.to);
    // Where everything fits nothing scrolls, and so nothing says that the reader is at the end.
    const frame = requestAnimationFrame(() => {
      if (belowOf(scroller.current) <= END_GAP) follows.current = true;
    });
    return () => cancelAnimationFrame(frame);
  }, [rows, look, pages, scroller]);
  useEffect(() => {
    if (isWatched) look();
  }, [isWatched, look]);
  useEffect(() => followSize(scroller.current, follows), [scroller]);
  const jumps = useJumps(now, follows, setReturn);
  return { isAway, canReturn, onScroll, ...jumps };
}

/** How much is below what is seen, px. */
function belowOf(box: HTMLElement | null): number {
  return box === null ? 0 : box.scrollHeight - box.clientHeight - box.scrollTop;
}

/** Who sends something in this window is where it appears. */
function useOwnSent(now: RefObject<PlaceParts>, follows: RefObject<boolean>): void {
  const { step, isWatched } = now.current;
  const last = step.rows.at(-1)?.message;
  const known = useRef(last?.id);
  useLayoutEffect(() => {
    const isJustSaid = last?.direction === 'out' && Date.now() - last.sentAt < JUST_MS;
    if (isJustSaid && last.id !== known.current && isWatched) follows.current = true;
    known.current = last?.id;
  }, [last, isWatched, follows]);
}

/** The ways to the end and back to what was left unread. */
function useJumps(now: RefObject<PlaceParts>, follows: RefObject<boolean>, setReturn: (canReturn: boolean) => void) {
  const toEnd = useCallback(() => {
    const { pages, list } = now.current;
    const seen = now.current.unread === 0 ? null : lookAround(now.current);
    const left = seen === null ? undefined : now.current.step.rows.slice(seen.to).find(({ message }) => isUnread(message));
    setReturn(left !== undefined);
    if (left !== undefined) pages.leaveUnread(left.message.id);
    follows.current = true;
    list.current?.scrollToIndex(now.current.step.rows.length - 1, { align: 'end' });
    void pages.toEnd();
  }, [now, follows, setReturn]);
  const toUnread = useCallback(async () => {
    const { pages, list } = now.current;
    follows.current = false;
    setReturn(false);
    if (!(await pages.toUnread())) return;
    const at = now.current.step.rows.findIndex(({ unread }) => unread);
    if (at !== -1) list.current?.scrollToIndex(at, { align: 'start', offset: -UNREAD_OFFSET });
  }, [now, follows, setReturn]);
  return { toEnd, toUnread };
}

function isUnread({ direction, state }: Message): boolean {
  return direction === 'in' && state !== 'read';
}

/** Looks where the view is: asks for the pages that are near, and says what is seen. Answers the rows in sight, [from, to). */
function lookAround({ pages, isWatched, step, list, onSeen }: PlaceParts, setAway?: (isAway: boolean) => void) {
  const handle = list.current;
  if (handle === null) return null;
  const { scrollOffset: offset, viewportSize: view, scrollSize } = handle;
  const below = scrollSize - view - offset;
  if (offset < NEAR_VIEWS * view) void pages.older();
  if (below < NEAR_VIEWS * view) void pages.newer();
  setAway?.(below > AWAY_GAP);
  const [from, to] = [handle.findItemIndex(offset), handle.findItemIndex(offset + view - 1) + 1];
  if (isWatched) onSeen(step.rows.slice(from, to).map(({ message }) => message));
  return { from, to };
}

/** Begins at the unread line, else at the end. */
function useFirstPlace(step: Step, list: RefObject<ListHandle | null>, follows: RefObject<boolean>): void {
  const first = useRef(step);
  useLayoutEffect(() => {
    const at = first.current.rows.findIndex(({ unread }) => unread);
    if (at === -1) return;
    follows.current = false;
    list.current?.scrollToIndex(at, { align: 'start', offset: -UNREAD_OFFSET });
  }, [list, follows]);
}

/** Stays at the end when the room for it changes: the composer grows, the window shrinks. */
function followSize(scroller: HTMLElement | null, follows: RefObject<boolean>) {
  if (scroller === null) return;
  const observer = new ResizeObserver(() => {
    if (follows.current) scroller.scrollTop = scroller.scrollHeight;
  });
  observer.observe(scroller);
  return () => observer.disconnect();
}
