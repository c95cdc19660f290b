// A small count or word beside something.
import styles from './badge.module.css';

/** What a badge takes. */
export interface BadgeProps {
  /** What is shown: a count or a short word. */
  readonly children: string | number;
  /** What is said instead ("3 unread messages"); the same unless told. */
  readonly label?: string;
  /** `accent`: something new; `quiet`: a mark. Accent unless told. */
  readonly tone?: 'accent' | 'quiet' | 'good' | 'warn' | 'bad';
}

/** Counts beyond this are shown as this and a plus. */
const MOST_SHOWN = 999;

/** A badge. */
export function Badge({ children, label, tone = 'accent' }: BadgeProps) {
  const shown = typeof children === 'number' && children > MOST_SHOWN ? `${MOST_SHOWN}+` : children;
  return (
    <span className={`${styles.badge} ${styles[tone]}`}>
      {label === undefined ? (
        shown
      ) : (
        <>
          <span aria-hidden="true">{shown}</span>
          <span className="visually-hidden">{label}</span>
        </>
      )}
    </span>
  );
}
