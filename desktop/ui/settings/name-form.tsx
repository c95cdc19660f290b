// A field for a name with a button that is there once the name is another: ours, and the one we give to a contact.
import { type FormEvent, useState } from 'react';
import type { ErrorCode } from '../../../core/base/errors.ts';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';

/** Longest name, UTF-16 units (core/api.ts). */
export const MOST_NAME = 64;

/** What it takes. */
export interface NameFormProps {
  readonly label: string;
  readonly hint: string;
  /** The name as it is kept now; empty: none. */
  readonly name: string;
  /** True where no name at all is an answer too. */
  readonly mayBeEmpty?: boolean;
  /** Takes the new name, without blanks around it. */
  save(name: string): Promise<unknown>;
  /** Words for a code that means something of its own here; null: the usual ones. */
  why(error: ErrorCode): string | null;
}

/** See the head of this file. A name that is changed elsewhere is shown, unless another was typed here. */
export function NameForm({ label, hint, name, mayBeEmpty = false, save, why }: NameFormProps) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const { say } = useToasts();
  const { busy, error, run, clear } = useAttempt();
  const [typed, setTyped] = useState(name);
  const [known, setKnown] = useState(name);
  const wanted = typed.trim();
  if (known !== name) {
    setKnown(name);
    if (wanted === known) setTyped(name);
  }
  const isChanged = wanted !== name && (mayBeEmpty || wanted !== '');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && (await run(() => save(wanted)))) say(t('saved'), 'good');
  };
  return (
    <form className={styles.line} onSubmit={(event) => void submit(event)}>
      <TextField
        label={label}
        hint={hint}
        error={error === null ? null : (why(error) ?? tError(error))}
        maxLength={MOST_NAME}
        dir="auto"
        value={typed}
        onChange={(now) => {
          setTyped(now);
          clear();
        }}
      />
      {isChanged ? (
        <Button type="submit" variant="primary" busy={busy}>
          {t('save')}
        </Button>
      ) : null}
    </form>
  );
}
