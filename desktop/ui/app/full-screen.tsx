// A screen with one thing on it: the sign, a heading, and what is to be done.
import { type ReactNode, useEffect, useRef } from 'react';
import { Mark } from '../design/mark.tsx';
import styles from './full-screen.module.css';

/** What it takes. */
export interface FullScreenProps {
  readonly title: string;
  /** A sentence below the heading. */
  readonly lead?: ReactNode;
  /** Beside the sign, at the end of its line. */
  readonly beside?: ReactNode;
  /** True where two columns of things stand. */
  readonly wide?: boolean;
  readonly children?: ReactNode;
}

/** Takes the focus to its heading, so that a screen reader begins there; a field inside may have taken it already. Give it a `key` for each step. */
export function FullScreen({ title, lead, beside, wide = false, children }: FullScreenProps) {
  const screen = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (screen.current?.contains(document.activeElement) === false) heading.current?.focus();
  }, []);
  return (
    <main className={styles.screen} ref={screen}>
      <div className={[styles.column, beside === undefined ? '' : styles.step, wide ? styles.wide : ''].join(' ')}>
        <div className={styles.top}>
          <Mark size={44} />
          {beside}
        </div>
        <h1 className={styles.title} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        <div className={styles.content}>{children}</div>
      </div>
    </main>
  );
}
