// Blocking somebody, asked before, and letting them write again.
import { useState } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { nameOf } from '../design/hostile-text.ts';
import { useToasts } from '../design/toasts.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { Actions, Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';

/** Keeps a name inside a sentence in its own direction. */
const isolated = (name: string) => `\u2068${name}\u2069`;

/** The section about it. */
export function BlockContact({ contact }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const [asking, setAsking] = useState(false);
  const attempt = useAttempt();
  const who = contact.account;
  const name = isolated(nameOf(contact));
  const block = async () => {
    if (await attempt.run(() => client.api.block({ who }))) setAsking(false);
  };
  const unblock = async () => {
    if (await attempt.run(() => client.api.unblock({ who }))) say(t('unblocked'), 'good');
  };
  const actions = (
    <>
      <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
      <Button variant="danger" busy={attempt.busy} onClick={() => void block()}>
        {t('blockTitle')}
      </Button>
    </>
  );
  const failure =
    attempt.error === null ? null : (
      <Banner tone="bad" live>
        {tError(attempt.error)}
      </Banner>
    );
  return (
    <Section title={t('blockTitle')} text={t('blockText')}>
      <Actions>
        {contact.blocked ? (
          <Button busy={attempt.busy} onClick={() => void unblock()}>
            {t('unblock')}
          </Button>
        ) : (
          <Button variant="danger" icon="block" onClick={() => setAsking(true)}>
            {t('block', { name })}
          </Button>
        )}
      </Actions>
      {asking ? null : failure}
      <Dialog title={t('blockAsk', { name })} open={asking} onClose={() => setAsking(false)} actions={actions}>
        <p>{t('blockAskText')}</p>
        {failure}
      </Dialog>
    </Section>
  );
}
