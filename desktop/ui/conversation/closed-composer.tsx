// In place of the composer where nothing can be written: what is the case, and what can be done.
import { useState } from 'react';
import type { Contact } from '../../../core/api.ts';
import { isSottoError } from '../../../core/base/errors.ts';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { Button } from '../design/button.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './closed-composer.module.css';

/** True for somebody to whom nothing can be written now. */
export function isClosed({ blocked, state }: Contact): boolean {
  return blocked || state === 'rejected' || state === 'asking';
}

/** See the head of this file. */
export function ClosedComposer({ contact }: { readonly contact: Contact }) {
  const t = useWords('conversation');
  const { go } = useNavigation();
  const { account } = contact;
  if (contact.blocked) {
    return (
      <Closed words={t('blocked')}>
        <Unblock account={account} />
      </Closed>
    );
  }
  if (contact.state === 'rejected') return <Closed words={t('rejected')} />;
  return (
    <Closed words={t('asking')}>
      <Button variant="primary" onClick={() => go({ at: 'request', account })}>
        {t('toRequest')}
      </Button>
    </Closed>
  );
}

function Unblock({ account }: { readonly account: string }) {
  const t = useWords('conversation');
  const why = useWords('errors');
  const client = useClient();
  const toasts = useToasts();
  const [isBusy, setBusy] = useState(false);
  const unblock = async () => {
    setBusy(true);
    try {
      await client.api.unblock({ who: account });
    } catch (error) {
      toasts.say(why(isSottoError(error) ? error.code : 'INTERNAL'), 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button busy={isBusy} onClick={() => void unblock()}>
      {t('unblock')}
    </Button>
  );
}

function Closed({ words, children }: { readonly words: string; readonly children?: React.ReactNode }) {
  return (
    <div className={styles.closed}>
      <p>{words}</p>
      {children}
    </div>
  );
}
