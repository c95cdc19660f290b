// The palette: one field that finds people and commands. A combobox whose list is always open; the focus stays in the field.
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { Icon } from '../design/icon.tsx';
import { showOver } from '../design/show-over.ts';
import { useToasts } from '../design/toasts.tsx';
import { SHORTCUTS } from '../shortcuts/list.ts';
import { matches } from '../shortcuts/match.ts';
import { onMac } from '../shortcuts/shortcuts.ts';
import { useWords } from '../words/use-words.ts';
import { commandsOf } from './commands.ts';
import { actionsOf, type Entry, entriesFor, peopleOf } from './entries.ts';
import styles from './palette.module.css';
import { PaletteList } from './palette-list.tsx';

/** The palette over the window. The browser's own dialog keeps the focus inside and gives it back. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const t = useWords('palette');
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => (dialog.current === null ? undefined : showOver(dialog.current)), []);
  return createPortal(
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={t('title')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A browser may close it without asking a second time.
      onClose={onClose}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.popup}>
        <Finder onClose={onClose} />
      </div>
    </dialog>,
    document.body,
  );
}

function Finder({ onClose }: { readonly onClose: () => void }) {
  const t = useWords('palette');
  const list = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const entries = useEntries(query);
  const run = useRun(onClose);
  const active = entries[Math.min(at, entries.length - 1)];
  const scroll = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const next = moved(event.key, at, entries.length);
    if (matches(SHORTCUTS.palette.keys[0], event.nativeEvent, onMac)) onClose();
    else if (next !== null) setAt(next);
    else if (event.key === 'Enter' && active !== undefined) run(active);
    else return;
    event.preventDefault();
  };
  const optionId = (entry: Entry) => `${list}-${entry.kind}-${entry.id}`;
  return (
    <>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          className={styles.input}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : optionId(active)}
          aria-label={t('label')}
          placeholder={t('placeholder')}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <PaletteList id={list} ref={scroll} entries={entries} grouped={query.trim() === ''} active={active} optionId={optionId} onRun={run} />
      {entries.length === 0 ? <p className={styles.nothing}>{t('nothing', { query: query.trim().slice(0, 40) })}</p> : null}
      <p className="visually-hidden" role="status">
        {query === '' ? '' : t('results', { count: entries.length })}
      </p>
      <p className={styles.hint} aria-hidden="true">
        {t('hint')}
      </p>
    </>
  );
}

/** What is found; names are folded once, when the palette opens. */
function useEntries(query: string): readonly Entry[] {
  const t = useWords('palette');
  const tPages = useWords('settings');
  const client = useClient();
  const { go } = useNavigation();
  const people = useMemo(() => peopleOf(client), [client]);
  const actions = useMemo(
    () => actionsOf(commandsOf(client, { go }), ({ word, page }) => (page === undefined ? t(word) : t(word, { page: tPages(page) }))),
    [client, go, t, tPages],
  );
  // At once, not when there is time: Enter right behind the last letter must mean what was typed. 2,000 names take some ms.
  return useMemo(() => entriesFor(query, people, actions), [query, people, actions]);
}

/** Closes, then does it: what it opens takes the focus. */
function useRun(onClose: () => void): (entry: Entry) => void {
  const t = useWords('palette');
  const { go } = useNavigation();
  const { say } = useToasts();
  return (entry) => {
    onClose();
    if (entry.kind === 'person') return go({ at: 'conversation', account: entry.id });
    const { command } = entry;
    void Promise.resolve()
      .then(() => command.run())
      .then(
        () => command.done !== undefined && say(t(command.done), 'good'),
        () => say(t('failed'), 'bad'),
      );
  };
}

/** Where an arrow leads: around at the ends. Home and End belong to the text in the field. */
function moved(key: string, at: number, length: number): number | null {
  if (length === 0) return null;
  const now = Math.min(at, length - 1);
  if (key === 'ArrowDown') return (now + 1) % length;
  if (key === 'ArrowUp') return (now - 1 + length) % length;
  if (key === 'PageDown') return Math.min(length - 1, now + 8);
  return key === 'PageUp' ? Math.max(0, now - 8) : null;
}
