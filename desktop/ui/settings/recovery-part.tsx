// The recovery file and its code, shown once: the file is saved, the code written down. Neither is kept in this page afterwards.
import { useState } from 'react';
import type { CallOutput } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { saveText } from './save-text.ts';
import { Actions, Section } from './section.tsx';

type Recovery = CallOutput<'recovery'>;

const FILE_NAME = 'sotto-recovery.txt';

/** The section about it. */
export function RecoveryPart() {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const [made, setMade] = useState<Recovery | null>(null);
  const attempt = useAttempt();
  const make = () => attempt.run(async () => setMade(await client.api.recovery({})));
  return (
    <Section title={t('recovery')} text={t('recoveryText')}>
      <Actions>
        <Button icon="download" busy={attempt.busy} onClick={() => void make()}>
          {t('recoveryMake')}
        </Button>
      </Actions>
      {attempt.error === null ? null : (
        <Banner tone="bad" live>
          {tError(attempt.error)}
        </Banner>
      )}
      {made === null ? null : <RecoveryDialog recovery={made} onClose={() => setMade(null)} />}
    </Section>
  );
}

// Closing before everything is kept is asked once: the code does not come back.
function RecoveryDialog({ recovery, onClose }: { readonly recovery: Recovery; readonly onClose: () => void }) {
  const t = useWords('settings');
  const [written, setWritten] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const close = () => (written || leaving ? onClose() : setLeaving(true));
  const actions = leaving ? (
    <>
      <Button onClick={() => setLeaving(false)}>{t('back')}</Button>
      <Button variant="danger" onClick={onClose}>
        {t('recoveryLeave')}
      </Button>
    </>
  ) : (
    <Button variant="primary" disabled={!written} onClick={onClose}>
      {t('recoveryDone')}
    </Button>
  );
  return (
    <Dialog title={t('recoveryTitle')} open size="l" onClose={close} actions={actions}>
      <div className={styles.stack}>
        <ol className={styles.steps}>
          <li className={styles.step}>
            <p>{t('recoveryStepFile')}</p>
            <Button variant="primary" icon="download" onClick={() => saveText(FILE_NAME, recovery.file)}>
              {t('recoverySave')}
            </Button>
          </li>
          <li className={styles.step}>
            <p>{t('recoveryStepCode')}</p>
            <div>
              <div className={styles.label}>{t('recoveryCode')}</div>
              <code className={styles.secret} dir="ltr">
                {recovery.code}
              </code>
            </div>
          </li>
        </ol>
        <label className={styles.check}>
          <input type="checkbox" checked={written} onChange={(event) => setWritten(event.target.checked)} />
          <span>{t('recoveryWritten')}</span>
        </label>
        {leaving ? (
          // In a low window the question would stand below what is seen.
          <div ref={(question) => question?.scrollIntoView({ block: 'nearest' })}>
            <Banner tone="warn" live>
              {t('recoveryUnsure')}
            </Banner>
          </div>
        ) : null}
      </div>
    </Dialog>
  );
}
