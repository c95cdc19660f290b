// Something to hand on as it is: a link, an address, an id. Copied by a button or selected by one click.
import { useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { useAnnounce } from './announcer.tsx';
import { IconButton } from './button.tsx';
import styles from './code.module.css';
import { useToasts } from './toasts.tsx';

/** What it takes. */
export interface CodeProps {
  readonly text: string;
  /** What it is ("your link"), for the name of the button. */
  readonly label: string;
  /** Cut after one line (links); else all of it is shown. */
  readonly oneLine?: boolean;
}

/** A text to copy. */
export function Code({ text, label, oneLine = false }: CodeProps) {
  const t = useWords('app');
  const announce = useAnnounce();
  const { say } = useToasts();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(t('copied'));
    } catch {
      say(t('notCopied'), 'bad');
    }
  };
  return (
    <div className={styles.code}>
      <code className={oneLine ? `${styles.text} ${styles.oneLine}` : styles.text} dir="ltr">
        {text}
      </code>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={copied ? t('copied') : t('copyThing', { thing: label })}
        onClick={() => void copy()}
        onBlur={() => setCopied(false)}
      />
    </div>
  );
}
