// A link to hand on: as a QR code for a camera, as text for everything else.
import { useEffect, useRef } from 'react';
import { Button } from '../design/button.tsx';
import { QrCode } from '../design/qr-code.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './invites.module.css';

/** What it takes. */
export interface InviteCodeProps {
  readonly link: string;
  /** True where it was just made: the button that copies takes the focus. */
  readonly copyFirst?: boolean;
}

/** QR code, link and a button that copies it. */
export function InviteCode({ link, copyFirst = false }: InviteCodeProps) {
  const t = useWords('invites');
  const { say } = useToasts();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (copyFirst) button.current?.focus();
  }, [copyFirst]);
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => say(t('copied'), 'good'),
      () => say(t('notCopied'), 'warn'),
    );
  return (
    <div className={styles.code}>
      <QrCode text={link} label={t('qr')} size={260} />
      <div className={styles.beside}>
        <Button variant="primary" icon="copy" ref={button} onClick={() => void copy()}>
          {t('copy')}
        </Button>
        <code className={styles.text} dir="ltr">
          {link}
        </code>
      </div>
    </div>
  );
}
