// The name we give somebody, and the one they give themselves, which is only a claim.
import type { Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { safeName } from '../design/hostile-text.ts';
import { NameForm } from '../settings/name-form.tsx';
import { Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './contact.module.css';

/** Both names. */
export function ContactNames({ contact: { account, petname, claimedName } }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const client = useClient();
  return (
    <Section>
      <NameForm
        label={t('petname')}
        hint={t('petnameHint')}
        name={petname ?? ''}
        mayBeEmpty
        save={(name) => client.api.rename({ who: account, petname: name === '' ? null : name })}
        why={(error) => (error === 'ALREADY' ? t('nameTaken') : null)}
      />
      <Claim name={safeName(claimedName ?? '')} />
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
