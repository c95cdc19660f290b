// Says how long a passphrase resists, below its field.
import { useWords } from '../words/use-words.ts';
import styles from './step.module.css';
import { strengthOf } from './strength.ts';

const LEVELS = ['short', 'weak', 'fair', 'strong'] as const;

/** Advice while nothing is typed, then the truth about what is. */
export function StrengthLine({ passphrase }: { readonly passphrase: string }) {
  const t = useWords('first-run');
  const strength = passphrase === '' ? null : strengthOf(passphrase);
  const level = strength === null ? -1 : LEVELS.indexOf(strength);
  return (
    <div className={styles.strength} data-strength={strength ?? undefined}>
      {LEVELS.map((name, at) => (
        <span key={name} className={styles.bar} data-on={at <= level || undefined} />
      ))}
      <span className={styles.sentence} role="status">
        {strength === null ? t('strengthAdvice') : t(`strength-${strength}`)}
      </span>
    </div>
  );
}
