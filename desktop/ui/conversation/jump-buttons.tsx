// The ways to the newest message and back to the first unread one, over the end of the list.
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './jump-buttons.module.css';

/** What they take. */
export interface JumpButtonsProps {
  /** The end is out of sight. */
  readonly isAway: boolean;
  readonly unread: number;
  /** The reader left the first unread message behind unread. */
  readonly canReturn: boolean;
  onEnd(): void;
  onUnread(): void;
}

/** See the head of this file. */
export function JumpButtons({ isAway, unread, canReturn, onEnd, onUnread }: JumpButtonsProps) {
  const t = useWords('conversation');
  return (
    <div className={styles.place}>
      {canReturn ? (
        <Button size="s" icon="chevron-up" className={styles.raised ?? ''} onClick={onUnread}>
          {t('toFirstUnread')}
        </Button>
      ) : null}
      {isAway ? (
        <span className={styles.end}>
          <IconButton
            icon="to-end"
            variant="plain"
            className={styles.raised ?? ''}
            label={unread === 0 ? t('toEnd') : t('toEndUnread', { count: unread })}
            onClick={onEnd}
          />
          {unread === 0 ? null : (
            <span className={styles.count} aria-hidden="true">
              <Badge>{unread}</Badge>
            </span>
          )}
        </span>
      ) : null}
    </div>
  );
}
