// The sign of Sotto: a fermata written below the note – hold this one, softly – in the shape of a bubble.
import styles from './mark.module.css';

/** The sign alone, decoration beside words. @param size side in px */
export function Mark({ size = 40 }: { readonly size?: number }) {
  const side = `${size / 16}rem`;
  return (
    <svg className={styles.mark} width={side} height={side} viewBox="0 0 40 40" aria-hidden="true">
      <path
        className={styles.bubble}
        d="M20 2c11.5 0 18 6.500 18 18s-6.500 18-18 18c-3.600 0-6.700-.6-9.200-1.900L3.500 37.600l1.400-6.900C3 27.900 2 24.300 2 20 2 8.500 8.500 2 20 2Z"
      />
      <path className={styles.arc} d="M9.500 18.500a10.500 10.500 0 0 0 21 0" />
      <circle className={styles.dot} cx="20" cy="17" r="3" />
    </svg>
  );
}

/** Sign and name. */
export function Wordmark({ size = 28 }: { readonly size?: number }) {
  return (
    <span className={styles.word}>
      <Mark size={size} />
      <span className={styles.name}>sotto</span>
    </span>
  );
}
