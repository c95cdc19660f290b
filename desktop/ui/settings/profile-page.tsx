// Who we are to others: the name we claim, the account, and the way to invite.
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable } from '../app/readable.ts';
import { Button } from '../design/button.tsx';
import { Code } from '../design/code.tsx';
import { TextField } from '../design/field.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { Actions, Section } from './section.tsx';

/** Longest name, UTF-16 units (core/api.ts). */
const MOST_NAME = 64;

/** Settings, profile. */
export function ProfilePage() {
  const t = useWords('settings');
  const { go } = useNavigation();
  const me = useReadable(useClient().me);
  if (me === null) return null;
  return (
    <>
      <NameForm key={me.name} name={me.name} />
      <Section title={t('invite')} text={t('inviteHint')}>
        <Actions>
          <Button icon="user-plus" onClick={() => go({ at: 'invite' })}>
            {t('invite')}
          </Button>
        </Actions>
      </Section>
      <Section title={t('account')} text={t('accountHint')}>
        <Code text={me.account} label={t('account')} />
      </Section>
    </>
  );
}

function NameForm({ name }: { readonly name: string }) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const { busy, error, run, clear } = useAttempt();
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const isChanged = wanted !== '' && wanted !== name;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && (await run(() => client.api.setName({ name: wanted })))) say(t('saved'), 'good');
  };
  const failure = error === null ? null : error === 'BAD_INPUT' ? t('nameBad') : tError(error);
  return (
    <Section>
      <form className={styles.line} onSubmit={(event) => void save(event)}>
        <TextField
          label={t('name')}
          hint={t('nameHint')}
          error={failure}
          maxLength={MOST_NAME}
          dir="auto"
          value={typed}
          onChange={(now) => {
            setTyped(now);
            clear();
          }}
        />
        {isChanged ? (
          <Button type="submit" variant="primary" busy={busy}>
            {t('save')}
          </Button>
        ) : null}
      </form>
    </Section>
  );
}
