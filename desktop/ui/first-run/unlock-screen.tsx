// Asks for the passphrase: at the start, after a lock, and where the keyring that should have opened it did not.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Home } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { FullScreen } from '../app/full-screen.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { PassphraseField } from '../design/field.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { useWords } from '../words/use-words.ts';
import styles from './step.module.css';

/** See above. */
export function UnlockScreen({ home }: { readonly home: Home }) {
  const t = useWords('first-run');
  const tError = useWords('errors');
  const client = useClient();
  const field = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState('');
  const { busy, error, run, clear } = useAttempt();
  useEffect(() => field.current?.focus(), []);
  const unlock = (by: string | null) =>
    void run(() => client.api.unlock({ passphrase: by })).then((well) => {
      if (!well) field.current?.select();
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== '' && !busy) unlock(passphrase);
  };
  const isWrong = error === 'WRONG_PASSPHRASE';
  const others = home.slots.keyring || home.slots.keyFile;
  return (
    <FullScreen title={t('unlockTitle')} lead={t('unlockLead')}>
      {home.reason !== null && home.slots.keyring ? <Banner tone="warn">{t('keyringLost')}</Banner> : null}
      {error !== null && !isWrong ? (
        <Banner tone="bad" live>
          {tError(error)}
        </Banner>
      ) : null}
      {home.slots.passphrase ? (
        <form className={styles.form} onSubmit={submit} noValidate>
          <PassphraseField
            ref={field}
            label={t('passphrase')}
            error={isWrong ? tError('WRONG_PASSPHRASE') : null}
            autoComplete="current-password"
            value={passphrase}
            onChange={(value) => {
              setPassphrase(value);
              clear();
            }}
          />
          <Button type="submit" variant="primary" size="l" wide busy={busy} disabled={passphrase === ''}>
            {t('unlock')}
          </Button>
        </form>
      ) : null}
      {others ? (
        <Button variant={home.slots.passphrase ? 'quiet' : 'primary'} size="l" wide icon="key" disabled={busy} onClick={() => unlock(null)}>
          {t(home.slots.keyring ? 'unlockKeyring' : 'unlockPlain')}
        </Button>
      ) : null}
    </FullScreen>
  );
}
