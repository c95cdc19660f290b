// When a message was said and what it is at: true states only, each with a name, none by colour alone.
import type { Message, MessageState } from '../../../core/api.ts';
import { Icon, type IconName } from '../design/icon.tsx';
import type { WordKey } from '../words/catalogues.ts';
import { timeOf } from './grouping.ts';
import type { MessageActions } from './message-actions.ts';
import styles from './message-state.module.css';
import { clockTime, fullTime } from './times.ts';

/** Words of each state of a message of ours. */
export const STATE_WORDS: Readonly<Record<MessageState, WordKey<'conversation'>>> = {
  queued: 'stateQueued',
  stored: 'stateStored',
  delivered: 'stateDelivered',
  read: 'stateRead',
  expired: 'stateExpired',
  failed: 'stateFailed',
};

const ICONS: Readonly<Record<MessageState, IconName>> = {
  queued: 'clock',
  stored: 'check',
  delivered: 'checks',
  read: 'checks',
  expired: 'warning',
  failed: 'warning',
};

/** The sign of a state of ours, with its name. */
export function StateIcon({ state, label }: { readonly state: MessageState; readonly label: string }) {
  return (
    <span className={`${styles.state} ${styles[state] ?? ''}`}>
      <Icon name={ICONS[state]} size={14} label={label} />
    </span>
  );
}

/** Time and state at the end of a bubble. */
export function MessageMeta({ message, actions: { t, language } }: { readonly message: Message; readonly actions: MessageActions }) {
  const at = timeOf(message);
  return (
    <span className={styles.meta}>
      {message.provisional ? (
        <span title={t('provisional')}>
          <Icon name="direct" size={14} label={t('provisional')} />
        </span>
      ) : null}
      {/* Who hears the row has heard it before the words. */}
      <time dir="auto" title={fullTime(language, at)} aria-hidden="true">
        {clockTime(language, at)}
      </time>
      {message.direction === 'out' ? <StateIcon state={message.state} label={t(STATE_WORDS[message.state])} /> : null}
    </span>
  );
}
