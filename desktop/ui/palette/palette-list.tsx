// The list under the palette's field: people and commands, under their headings until something is typed. The chosen one is kept in sight.
import { type Ref, useEffect } from 'react';
import { Avatar } from '../design/avatar.tsx';
import { Badge } from '../design/badge.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { SafeName } from '../design/safe-name.tsx';
import { Keys } from '../shortcuts/keys.tsx';
import { SHORTCUTS } from '../shortcuts/list.ts';
import { useWords } from '../words/use-words.ts';
import type { Action, Entry, Person } from './entries.ts';
import styles from './palette.module.css';

/** What the list takes. */
export interface PaletteListProps {
  readonly id: string;
  readonly entries: readonly Entry[];
  /** What fits stands in one list: a heading would tear what fits best apart. */
  readonly grouped: boolean;
  readonly active: Entry | undefined;
  readonly ref: Ref<HTMLDivElement>;
  optionId(entry: Entry): string;
  onRun(entry: Entry): void;
}

/** The list. */
export function PaletteList({ id, entries, grouped, active, ref, optionId, onRun }: PaletteListProps) {
  const t = useWords('palette');
  const activeId = active === undefined ? undefined : optionId(active);
  useEffect(() => {
    if (activeId !== undefined) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  const option = (entry: Entry) => (
    <Option key={optionId(entry)} id={optionId(entry)} entry={entry} isActive={optionId(entry) === activeId} onRun={onRun} />
  );
  const group = (kind: Entry['kind'], heading: string) => {
    const shown = entries.filter((entry) => entry.kind === kind);
    if (shown.length === 0) return null;
    return (
      // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox is no fieldset
      <div role="group" aria-label={heading}>
        <div className={styles.heading} aria-hidden="true">
          {heading}
        </div>
        {shown.map(option)}
      </div>
    );
  };
  return (
    <div id={id} ref={ref} className={styles.list} role="listbox" aria-label={t('title')}>
      {grouped ? (
        <>
          {group('person', t('people'))}
          {group('command', t('commands'))}
        </>
      ) : (
        entries.map(option)
      )}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly isActive: boolean;
  onRun(entry: Entry): void;
}

function Option({ id, entry, isActive, onRun }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field keeps the focus and takes the keys
    <div
      id={id}
      className={styles.option}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onRun(entry)}
    >
      {entry.kind === 'person' ? <PersonLine entry={entry} /> : <CommandLine entry={entry} />}
    </div>
  );
}

function PersonLine({ entry: { row } }: { readonly entry: Person }) {
  const t = useWords('palette');
  const { with: contact, unread } = row;
  return (
    <>
      <Avatar name={nameOf(contact)} account={contact.account} size={24} />
      <span className={styles.words}>
        <SafeName of={contact} />
      </span>
      {unread > 0 ? <Badge label={t('unread', { count: unread })}>{unread}</Badge> : null}
    </>
  );
}

function CommandLine({ entry: { command, label } }: { readonly entry: Action }) {
  const keys = command.shortcut === undefined ? undefined : SHORTCUTS[command.shortcut].keys[0];
  return (
    <>
      <span className={styles.icon}>
        <Icon name={command.icon} />
      </span>
      <span className={styles.words}>{label}</span>
      {keys === undefined ? null : <Keys keys={keys} />}
    </>
  );
}
