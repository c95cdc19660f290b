// A dialog over the window: everything behind it rests, it closes by Escape, by its cross and outside, and the focus returns to who had it.
// The browser's own <dialog> does all of that.
import { type ReactNode, type RefObject, useId, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useWords } from '../words/use-words.ts';
import { SaidHere } from './announcer.tsx';
import { IconButton } from './button.tsx';
import styles from './dialog.module.css';
import { showOver } from './show-over.ts';

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
  /** What is focused first; unless told the first field or button of its inside, and in what is read its beginning. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
}

/** A dialog with a heading. */
export function Dialog(props: DialogProps) {
  return props.open ? <Opened {...props} /> : null;
}

const FOCUSABLE = 'input:not(:disabled), textarea:not(:disabled), button:not(:disabled), select:not(:disabled), a[href], [tabindex="0"]';

function Opened({ title, onClose, children, actions, size = 'm', initialFocus }: DialogProps) {
  const t = useWords('app');
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const close = showOver(element);
    const inside = size === 'l' ? null : element.querySelector<HTMLElement>(`[data-inside] :is(${FOCUSABLE})`);
    (initialFocus?.current ?? inside ?? element).focus();
    // Closing, not only going away: then the focus goes back to who had it.
    return close;
  }, [initialFocus, size]);
  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does it by the keyboard
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${styles[size]}`}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      // A browser may close it without asking a second time.
      onClose={(event) => event.target === event.currentTarget && onClose()}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      onClick={(event) => event.stopPropagation()}
    >
      <div className={styles.popup}>
        <header className={styles.head}>
          <h2 className={styles.title} id={id}>
            {title}
          </h2>
          <IconButton icon="close" label={t('close')} onClick={onClose} />
        </header>
        <div className={styles.body} data-inside>
          {children}
        </div>
        {actions === undefined ? null : (
          <footer className={styles.actions} data-inside>
            {actions}
          </footer>
        )}
        <SaidHere />
      </div>
    </dialog>,
    document.body,
  );
}
