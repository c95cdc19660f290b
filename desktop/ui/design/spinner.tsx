// Something is under way and how long it takes is not known.
import styles from './spinner.module.css';

/** Turns. With a label it says so to screen readers; without, whoever holds it does. @param size side in px */
export function Spinner({ size = 20, label }: { readonly size?: number; readonly label?: string }) {
  const side = `${size / 16}rem`;
  return (
    <span className={styles.box} {...(label === undefined ? { 'aria-hidden': true } : { role: 'status', 'aria-label': label })}>
      <svg className={styles.turn} width={side} height={side} viewBox="0 0 20 20" aria-hidden="true">
        <circle className={styles.track} cx="10" cy="10" r="8" />
        <path className={styles.arc} d="M10 2a8 8 0 0 1 8 8" />
      </svg>
    </span>
  );
}
