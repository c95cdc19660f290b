// A screen with one thing on it: the sign, a heading, and what is to be done.
import { type ReactNode, useEffect, useRef } from 'react';
import { Mark } from '../design/mark.tsx';
import styles from './full-screen.module.css';

/** Takes the focus to its heading, so that a screen reader begins there; fields inside may take it from there by `autoFocus`. */
export function FullScreen({
  title,
  children,
  lead,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const place = heading.current?.closest('main');
    if (place !== null && place !== undefined && !place.contains(document.activeElement)) heading.current?.focus();
  }, []);
  return (
    <main className={styles.screen}>
      <div className={styles.column}>
        <Mark size={48} />
        <h1 className={styles.title} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        <div className={styles.content}>{children}</div>
      </div>
    </main>
  );
}
