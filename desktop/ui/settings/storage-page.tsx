// Where everything is, how much of it, and what protects it.
import { useEffect, useState } from 'react';
import type { Home } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { Code } from '../design/code.tsx';
import { type Say, useWords, words } from '../words/use-words.ts';
import { codeOf } from './attempt.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';
import { sizeWords } from './times.ts';

/** Settings, storage. */
export function StoragePage() {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const home = useReadable(client.home);
  const [stored, setStored] = useState<{ readonly folder: string; readonly bytes: number } | null>(null);
  const [failure, setFailure] = useState<ReturnType<typeof codeOf> | null>(null);
  useEffect(() => {
    let here = true;
    client.api.storage({}).then(
      (now) => here && setStored(now),
      (error) => here && setFailure(codeOf(error)),
    );
    return () => {
      here = false;
    };
  }, [client]);
  return (
    <>
      <Section>
        {failure === null ? null : <Banner tone="bad">{tError(failure)}</Banner>}
        <div>
          <div className={styles.label}>{t('size')}</div>
          <div className={styles.size}>
            <bdi>{stored === null ? '…' : sizeWords(stored.bytes, words.language)}</bdi>
          </div>
        </div>
        {stored === null ? null : (
          <div>
            <div className={styles.label}>{t('folder')}</div>
            <Code text={stored.folder} label={t('folder')} />
          </div>
        )}
      </Section>
      <Section title={t('encryption')} text={t('storageText')}>
        {home === null ? null : <p>{slotWords(t, home.slots)}</p>}
      </Section>
    </>
  );
}

function slotWords(t: Say<'settings'>, slots: Home['slots']): string {
  if (slots.keyFile && !slots.passphrase) return t('storageOpen');
  const opens = [slots.passphrase ? t('slotPassphrase') : '', slots.keyring ? t('slotKeyring') : '', slots.keyFile ? t('slotKeyFile') : ''];
  const list = new Intl.ListFormat(words.language, { type: 'disjunction' }).format(opens.filter((slot) => slot !== ''));
  return t('storageLocked', { slots: list });
}
