// Something a person should know about this place, until it is over.
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { useWords } from '../words/use-words.ts';
import { useAnnounce } from './announcer.tsx';
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
  /** True when it appears while somebody works elsewhere: it is said at once, a fault before all else. */
  readonly live?: boolean;
}

/** A banner. */
export function Banner({ tone = 'info', title, children, action, icon, onClose, live = false }: BannerProps) {
  const t = useWords('app');
  const said = useRef<HTMLDivElement>(null);
  const isAlert = live && tone === 'bad';
  useSaid(said, live && !isAlert);
  return (
    <div className={[styles.banner, styles[tone], action === undefined && onClose === undefined ? '' : styles.pressed].join(' ')}>
      <Icon name={icon ?? ICONS[tone]} />
      <div className={styles.middle}>
        <div ref={said} className={styles.words} {...(isAlert ? { role: 'alert' } : {})}>
          {title === undefined ? null : <strong className={styles.title}>{title}</strong>}
          <div>{children}</div>
        </div>
        {action === undefined ? null : <div className={styles.action}>{action}</div>}
      </div>
      {onClose === undefined ? null : <IconButton icon="close" label={t('close')} onClick={onClose} />}
    </div>
  );
}

/** Says the words when they appear and when they are others. A live region that comes with its words is said by few; numbers alone are no news. */
function useSaid(words: RefObject<HTMLElement | null>, isLive: boolean): void {
  const announce = useAnnounce();
  const before = useRef('');
  useEffect(() => {
    const text = isLive ? (words.current?.textContent ?? '') : '';
    const now = text.replace(/\d+/g, '');
    if (now !== before.current && now !== '') announce(text);
    before.current = now;
  });
}
