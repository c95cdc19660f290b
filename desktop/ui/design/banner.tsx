// Something a person should know about this place, until it is over.
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import styles from './banner.module.css';
import { IconButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** How much it matters. */
export type Tone = 'info' | 'good' | 'warn' | 'bad';

const ICONS: Readonly<Record<Tone, IconName>> = { info: 'info', good: 'check', warn: 'warning', bad: 'warning' };

/** What a banner takes. */
export interface BannerProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children: ReactNode;
  /** Buttons (size s). */
  readonly action?: ReactNode;
  readonly icon?: IconName;
  /** Shows a cross that calls this. */
  readonly onClose?: () => void;
  /** True when it appears while somebody works elsewhere: it is said at once. */
  readonly live?: boolean;
}

/** A banner. */
export function Banner({ tone = 'info', title, children, action, icon, onClose, live = false }: BannerProps) {
  const t = useWords('app');
  return (
    <div className={`${styles.banner} ${styles[tone]}`} {...(live ? { role: 'status' } : {})}>
      <Icon name={icon ?? ICONS[tone]} />
      <div className={styles.words}>
        {title === undefined ? null : <strong className={styles.title}>{title}</strong>}
        <div>{children}</div>
      </div>
      {action === undefined ? null : <div className={styles.action}>{action}</div>}
      {onClose === undefined ? null : <IconButton icon="close" label={t('close')} onClick={onClose} />}
    </div>
  );
}
