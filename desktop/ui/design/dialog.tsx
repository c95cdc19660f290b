// A dialog over the window: holds the focus, closes by Escape and outside, returns the focus to who had it.
import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import { useWords } from '../words/use-words.ts';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';

/** What a dialog takes. */
export interface DialogProps {
  /** Its heading and name. */
  readonly title: string;
  readonly open: boolean;
  onClose(): void;
  readonly children: ReactNode;
  /** Buttons at its end, the main one last. */
  readonly actions?: ReactNode;
  /** `l` for what is read, not answered. */
  readonly size?: 'm' | 'l';
  /** What is focused first; the first thing that takes the focus unless told. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** A dialog with a heading. */
export function Dialog({ title, open, onClose, children, actions, size = 'm', initialFocus }: DialogProps) {
  const t = useWords('app');
  return (
    <Base.Root open={open} onOpenChange={(now) => (now ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup className={`${styles.popup} ${styles[size]}`} {...(initialFocus === undefined ? {} : { initialFocus })}>
            <header className={styles.head}>
              <Base.Title className={styles.title}>{title}</Base.Title>
              <IconButton icon="close" label={t('close')} onClick={onClose} />
            </header>
            <div className={styles.body}>{children}</div>
            {actions === undefined ? null : <footer className={styles.actions}>{actions}</footer>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
