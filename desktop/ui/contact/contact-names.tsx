// The name we give somebody, and the one they give themselves, which is only a claim.
import { type FormEvent, useState } from 'react';
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { safeName } from '../design/hostile-text.ts';
import { useToasts } from '../design/toasts.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './contact.module.css';

/** Longest petname, UTF-16 units (core/api.ts). */
const MOST_NAME = 64;

/** Both names. */
export function ContactNames({ contact }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const { busy, error, run, clear } = useAttempt();
  const [name, setName] = useState(contact.petname ?? '');
  const wanted = name.trim();
  const isChanged = wanted !== (contact.petname ?? '');
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged) return;
    const petname = wanted === '' ? null : wanted;
    if (await run(() => client.api.rename({ who: contact.account, petname }))) say(t('saved'), 'good');
  };
  const failure = error === null ? null : error === 'ALREADY' ? t('nameTaken') : tError(error);
  return (
    <Section>
      <form className={styles.names} onSubmit={(event) => void save(event)}>
        <TextField
          label={t('petname')}
          hint={t('petnameHint')}
          error={failure}
          maxLength={MOST_NAME}
          dir="auto"
          value={name}
          onChange={(now) => {
            setName(now);
            clear();
          }}
        />
        {isChanged ? (
          <Button type="submit" variant="primary" busy={busy}>
            {t('save')}
          </Button>
        ) : null}
      </form>
      <Claim name={safeName(contact.claimedName ?? '')} />
    </Section>
  );
}

// The claimed name stands apart in a direction of its own: it may be written to look like the rest of the sentence.
function Claim({ name }: { readonly name: string }) {
  const t = useWords('contact');
  if (name === '') return <p className={styles.quiet}>{t('claimedNothing')}</p>;
  const [before = '', after = ''] = t('claimed', { name: '\u0000' }).split('\u0000');
  return (
    <p className={styles.quiet}>
      {before}
      <bdi className={styles.claim}>{name}</bdi>
      {after}
    </p>
  );
}
