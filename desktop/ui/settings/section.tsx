// The frame of what stands beside conversations: a head with the way back, and sections with a heading.
import { type ReactNode, type Ref, useId } from 'react';
import { IconButton } from '../design/button.tsx';
import styles from './section.module.css';

/** What a screen takes. */
export interface ScreenProps {
  readonly title: string;
  /** What the way back is called, and where it leads; none without. */
  readonly back?: { readonly label: string; readonly icon?: 'back' | 'close'; onBack(): void };
  /** `page`: in the middle of its room; `start`: under its title; `menu`: as wide as there is room. In the middle unless told. */
  readonly column?: 'page' | 'start' | 'menu';
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLHeadingElement>;
}

/** A screen that scrolls under its head. The heading takes the focus when the screen comes, so that reading begins there. */
export function Screen({ title, back, column = 'page', children, ref }: ScreenProps) {
  return (
    <div className={styles.screen} data-pane="screen">
      <header className={styles.head}>
        {back === undefined ? null : (
          <IconButton data-way-back icon={back.icon ?? 'back'} label={back.label} onClick={() => back.onBack()} />
        )}
        <h1 className={styles.title} tabIndex={-1} data-pane-focus ref={ref ?? null}>
          {title}
        </h1>
      </header>
      <div className={styles.scroll}>
        <div className={styles[column]}>{children}</div>
      </div>
    </div>
  );
}

/** What a section takes. */
export interface SectionProps {
  readonly title?: string;
  /** A sentence or two below the heading. */
  readonly text?: ReactNode;
  readonly children?: ReactNode;
}

/** A part of a screen, with a heading unless the screen's says it. */
export function Section({ title, text, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title === undefined ? null : (
        <h2 className={styles.heading} id={id}>
          {title}
        </h2>
      )}
      {text === undefined ? null : <p className={styles.text}>{text}</p>}
      {children}
    </section>
  );
}

/** Buttons side by side, below each other where there is no room. */
export function Actions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
