// The head of a conversation: who it is with, whether that was verified, and how the words travel. Opens the contact.
import { useId } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import type { ConversationRow } from '../app/conversations-state.ts';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable } from '../app/readable.ts';
import { useRoom } from '../app/width.ts';
import { Avatar } from '../design/avatar.tsx';
import { IconButton } from '../design/button.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { SafeName } from '../design/safe-name.tsx';
import type { WordKey } from '../words/catalogues.ts';
import { useWords } from '../words/use-words.ts';
import styles from './conversation-header.module.css';
import { lineOf } from './line-words.ts';
import { PresenceLine } from './presence-line.tsx';

/** See the head of this file. */
export function ConversationHeader({ contact, row }: { readonly contact: Contact; readonly row: ConversationRow | undefined }) {
  const t = useWords('conversation');
  const a = useWords('app');
  const { go } = useNavigation();
  const name = useId();
  const relays = useReadable(useClient().heardRelays);
  const isNarrow = useRoom() === 'narrow';
  const line: WordKey<'conversation'> = lineOf(contact, row, relays);
  return (
    <header className={styles.header}>
      {isNarrow ? <IconButton icon="back" label={a('back')} onClick={() => go({ at: 'conversations' })} /> : null}
      {/* Called by the name alone: a list of headings needs no more. */}
      <h1 className={styles.heading} aria-labelledby={name}>
        <button type="button" className={styles.who} onClick={() => go({ at: 'contact', account: contact.account })}>
          <Avatar name={nameOf(contact)} account={contact.account} />
          <span className={styles.words}>
            <span className={styles.name} id={name}>
              <SafeName of={contact} />
              {contact.verified ? (
                <span className={styles.verified}>
                  <Icon name="shield-check" size={16} label={t('verified')} />
                </span>
              ) : null}
            </span>
            <span className={styles.line}>
              <PresenceLine contact={contact} /> <span className={styles.way}>{t(line)}</span>
            </span>
          </span>
          <span className={styles.more}>
            <Icon name="chevron-right" size={16} />
          </span>
          <span className="visually-hidden">{t('showContact')}</span>
        </button>
      </h1>
    </header>
  );
}
