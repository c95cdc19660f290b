// The field that searches names.
import type { KeyboardEvent, RefObject } from 'react';
import { IconButton } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './search-field.module.css';

/** What it takes. */
export interface SearchFieldProps {
  readonly value: string;
  onChange(value: string): void;
  onKeyDown(event: KeyboardEvent): void;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** See the head of this file. */
export function SearchField({ value, onChange, onKeyDown, field }: SearchFieldProps) {
  const t = useWords('conversations');
  const clear = () => {
    onChange('');
    field.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: `search` is not known to every browser that people have
    <div className={styles.search} role="search">
      <Icon name="search" size={16} />
      <input
        ref={field}
        className={styles.field}
        type="text"
        inputMode="search"
        autoComplete="off"
        spellCheck={false}
        aria-label={t('search')}
        placeholder={t('search')}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {value === '' ? null : <IconButton icon="close" label={t('clearSearch')} onClick={clear} />}
    </div>
  );
}
