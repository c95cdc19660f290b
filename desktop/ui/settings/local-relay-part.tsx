// The relay on this machine: whether it runs, and starting or stopping it.
import { useEffect, useState } from 'react';
import type { LocalRelay } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';

/** The section about it. */
export function LocalRelayPart() {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const [local, setLocal] = useState<LocalRelay | null>(null);
  const attempt = useAttempt();
  useEffect(() => {
    let here = true;
    client.api.localRelay({}).then(
      (now) => here && setLocal(now),
      () => {},
    );
    return () => {
      here = false;
    };
  }, [client]);
  const change = (isRunning: boolean) =>
    attempt.run(async () => {
      if (isRunning) setLocal(await client.api.stopLocalRelay({}));
      else {
        await client.api.startLocalRelay({});
        setLocal(await client.api.localRelay({}));
      }
    });
  if (local === null) return null;
  return (
    <Section title={t('localTitle')} text={t('localText')}>
      <div className={styles.local}>
        <span className={styles.dot} data-state={local.running ? 'connected' : 'off'} aria-hidden="true" />
        <div className={styles.what} role="status">
          <span>{t(local.running ? 'localRuns' : 'localStops')}</span>
          {local.running ? <span className={styles.state}>{t('localStopHint')}</span> : null}
        </div>
        <Button busy={attempt.busy} onClick={() => void change(local.running)}>
          {t(local.running ? 'localStop' : 'localStart')}
        </Button>
      </div>
      {attempt.error === null ? null : (
        <Banner tone="bad" live>
          {tError(attempt.error)}
        </Banner>
      )}
    </Section>
  );
}
