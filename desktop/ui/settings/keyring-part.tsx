// The keyring of the system as a second way in, with its honest strength.
import { type FormEvent, useId, useState } from 'react';
import type { Home } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { PassphraseField } from '../design/field.tsx';
import { safeName } from '../design/hostile-text.ts';
import { Switch } from '../design/switch.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';

/** The section about it. */
export function KeyringPart({ home }: { readonly home: Home }) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { useKeyring: setKeyring } = client.api;
  const [confirming, setConfirming] = useState(false);
  const attempt = useAttempt();
  const { keyring, slots, desktop } = home;
  const backend = safeName(keyring.backend ?? '');
  const canAdd = keyring.available && slots.passphrase;
  const hint = !desktop
    ? t('keyringBrowser')
    : !keyring.available
      ? t('keyringNone')
      : slots.passphrase
        ? t('keyringHint', { backend })
        : t('keyringNeeds');
  const turn = (on: boolean) => {
    if (on) setConfirming(true);
    else void attempt.run(() => setKeyring({ on: false, passphrase: null }));
  };
  return (
    <Section title={t('keyringTitle')}>
      <Switch label={t('keyring')} hint={hint} checked={slots.keyring} disabled={!slots.keyring && !canAdd} onChange={turn} />
      {keyring.available && !keyring.strong ? <Banner tone="warn">{t('keyringWeak', { backend })}</Banner> : null}
      {attempt.error === null ? null : (
        <Banner tone="bad" live>
          {attempt.error === 'BAD_INPUT' ? t('lastSlot') : tError(attempt.error)}
        </Banner>
      )}
      {confirming ? <ConfirmDialog onClose={() => setConfirming(false)} /> : null}
    </Section>
  );
}

// The passphrase is asked for: it opens the key that the keyring is given.
function ConfirmDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { useKeyring: setKeyring } = client.api;
  const form = useId();
  const [passphrase, setPassphrase] = useState('');
  const { busy, error, run, clear } = useAttempt();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== '' && (await run(() => setKeyring({ on: true, passphrase })))) onClose();
  };
  const said = error === null ? null : error === 'WRONG_PASSPHRASE' ? t('wrong') : error === 'BAD_INPUT' ? t('keyringNone') : tError(error);
  const actions = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button type="submit" form={form} variant="primary" busy={busy} disabled={passphrase === ''}>
        {t('confirm')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('keyringConfirm')} open onClose={onClose} actions={actions}>
      <form id={form} className={styles.stack} onSubmit={(event) => void submit(event)}>
        <PassphraseField
          label={t('now')}
          autoComplete="current-password"
          error={said}
          value={passphrase}
          onChange={(text) => {
            setPassphrase(text);
            clear();
          }}
        />
      </form>
    </Dialog>
  );
}
