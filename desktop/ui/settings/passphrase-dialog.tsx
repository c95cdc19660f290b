// Setting, changing or removing the passphrase. What is typed lives only in the fields of this dialog.
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { PassphraseField } from '../design/field.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';

/** What is done with it. */
export type PassphraseChange = 'set' | 'change' | 'remove';

const TITLES = { set: 'set', change: 'changeTitle', remove: 'removePassphraseTitle' } as const;
/** Longest passphrase, UTF-16 units (core/window-api.ts). */
const MOST = 1_024;

/** The dialog. */
export function PassphraseDialog({ change, onClose }: { readonly change: PassphraseChange; readonly onClose: () => void }) {
  const t = useWords('settings');
  const form = useId();
  const [typed, setTyped] = useState({ now: '', fresh: '', again: '' });
  const [isDifferent, setDifferent] = useState(false);
  const again = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isDifferent) again.current?.focus();
  }, [isDifferent]);
  const { busy, nowError, freshError, clear, save } = useSaving(change, onClose);
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    maxLength: MOST,
    onChange: (text: string) => {
      setTyped((now) => ({ ...now, [name]: text }));
      setDifferent(false);
      clear();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change !== 'remove' && typed.fresh !== typed.again) return setDifferent(true);
    void save(typed);
  };
  const isFilled = (change === 'set' || typed.now !== '') && (change === 'remove' || typed.fresh !== '');
  const actions = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button type="submit" form={form} variant={change === 'remove' ? 'danger' : 'primary'} busy={busy} disabled={!isFilled}>
        {t(change === 'remove' ? 'removeIt' : 'save')}
      </Button>
    </>
  );
  return (
    <Dialog title={t(TITLES[change])} open onClose={onClose} actions={actions}>
      <form id={form} className={styles.stack} onSubmit={submit}>
        {change === 'remove' ? <p>{t('removePassphraseText')}</p> : null}
        {change === 'set' ? null : <PassphraseField label={t('now')} autoComplete="current-password" error={nowError} {...field('now')} />}
        {change === 'remove' ? null : (
          <>
            <PassphraseField label={t('fresh')} hint={t('freshHint')} autoComplete="new-password" error={freshError} {...field('fresh')} />
            <PassphraseField
              ref={again}
              label={t('again')}
              autoComplete="new-password"
              error={isDifferent ? t('notSame') : null}
              {...field('again')}
            />
          </>
        )}
      </form>
    </Dialog>
  );
}

function useSaving(change: PassphraseChange, onClose: () => void) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const { busy, error, run, clear } = useAttempt();
  const save = async ({ now, fresh }: { readonly now: string; readonly fresh: string }) => {
    const input = { from: change === 'set' ? null : now, to: change === 'remove' ? null : fresh };
    if (!(await run(() => client.api.changePassphrase(input)))) return;
    onClose();
    say(t(change === 'remove' ? 'passphraseRemoved' : change === 'set' ? 'passphraseSaved' : 'passphraseChanged'), 'good');
  };
  const said = error === null ? null : error === 'WRONG_PASSPHRASE' ? t('wrong') : error === 'BAD_INPUT' ? t('lastSlot') : tError(error);
  const isNow = change !== 'set';
  return { busy, nowError: isNow ? said : null, freshError: isNow ? null : said, clear, save };
}
