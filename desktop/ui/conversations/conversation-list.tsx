// The conversations, thousands of them if need be: only what is seen is made. Arrows go from line to line.
import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import { useNavigation } from '../app/navigation.tsx';
import { focusSoon } from '../conversation/focus-soon.ts';
import { useToday } from '../conversation/use-today.ts';
import { useWords } from '../words/use-words.ts';
import { ConversationItem } from './conversation-item.tsx';
import styles from './conversation-list.module.css';

/** Height of a line, px; it grows with the text, and is measured then. */
const ITEM_HINT = 64;
/** Pixels kept ready above and below the view. */
const BUFFER = 600;

/** What a list takes. */
export interface ConversationListProps {
  readonly accounts: readonly string[];
  readonly query: string;
  /** Takes the focus when an arrow leads above the first line. */
  readonly above: RefObject<HTMLElement | null>;
}

/** See the head of this file. */
export function ConversationList({ accounts, query, above }: ConversationListProps) {
  const t = useWords('conversations');
  const { place, go } = useNavigation();
  const today = useToday();
  const list = useRef<VirtualizerHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const current = place.at === 'conversation' || place.at === 'contact' ? place.account : null;
  useEffect(() => {
    // What is found stands at the top, wherever the list was.
    if (query !== '') box.current?.scrollTo(0, 0);
  }, [query]);
  const goes = useRef(go);
  goes.current = go;
  const open = useCallback((account: string) => goes.current({ at: 'conversation', account }), []);
  const mounted = [active, current].flatMap((account) => (account === null ? [] : [accounts.indexOf(account)])).filter((at) => at !== -1);
  /** Whoever has the focus keeps its line, however far it is scrolled away. */
  const onFocus = (event: FocusEvent<HTMLElement>) => setActive(event.target.dataset.account ?? null);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target.dataset.account : undefined;
    const next = nextOf(event.key, target === undefined ? -1 : accounts.indexOf(target), accounts.length);
    if (next === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const account = accounts[next];
    if (account === undefined) return above.current?.focus();
    list.current?.scrollToIndex(next, { align: 'nearest' });
    setActive(account);
    // Accounts are hex, so that they need no escape.
    focusSoon(() => box.current?.querySelector<HTMLElement>(`[data-account="${account}"]`) ?? null);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: lines are placed by the virtual list
    <div
      ref={box}
      className={styles.scroller}
      onFocus={onFocus}
      role="list"
      aria-label={t('title')}
      onKeyDown={onKeyDown}
      data-conversations
    >
      <Virtualizer ref={list} data={accounts} bufferSize={BUFFER} itemSize={ITEM_HINT} keepMounted={[...new Set(mounted)]}>
        {(account, at) => (
          // biome-ignore lint/a11y/useSemanticElements: lines are placed by the virtual list
          <div key={account} role="listitem" aria-setsize={accounts.length} aria-posinset={at + 1}>
            <ConversationItem account={account} isOpen={account === current} query={query} today={today} onOpen={open} />
          </div>
        )}
      </Virtualizer>
    </div>
  );
}

/** The line a key leads to; -1: above the first; null: the key is none of ours. */
function nextOf(key: string, at: number, count: number): number | null {
  if (key === 'ArrowDown') return Math.min(count - 1, at + 1);
  if (key === 'ArrowUp') return Math.max(-1, at - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
