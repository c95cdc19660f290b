// While the home opens, and when it could not be opened.
import { useEffect, useState } from 'react';
import type { Home } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { FullScreen } from '../app/full-screen.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Mark } from '../design/mark.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { useWords } from '../words/use-words.ts';
import styles from './opening-screen.module.css';

/** Openings that are over sooner show nothing, ms: what flashes by looks like a fault. */
const SHOWN_AFTER_MS = 400;

/** While it opens. */
export function OpeningScreen() {
  const t = useWords('first-run');
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className={styles.opening} aria-busy="true">
      <h1 className="visually-hidden">Sotto</h1>
      {isSlow ? (
        <>
          <Mark size={56} />
          <p className={styles.words} role="status">
            <Spinner size={16} />
            {t('opening')}
          </p>
        </>
      ) : null}
    </main>
  );
}

/** A tab that the engine does not know. */
export function UnknownScreen() {
  const t = useWords('app');
  return <FullScreen title={t('engineUnknown')} lead={t('engineUnknownText')} />;
}

/** It could not be opened. */
export function FailedScreen({ home }: { readonly home: Home }) {
  const t = useWords('first-run');
  const tError = useWords('errors');
  const client = useClient();
  const { busy, error, run } = useAttempt();
  return (
    <FullScreen title={t('failedTitle')} lead={t('failedLead')}>
      {home.reason === null ? null : <Banner tone="bad">{tError(home.reason)}</Banner>}
      {error === null ? null : (
        <Banner tone="bad" live>
          {tError(error)}
        </Banner>
      )}
      <Button variant="primary" size="l" busy={busy} onClick={() => void run(() => client.api.unlock({ passphrase: null }))}>
        {t('again')}
      </Button>
    </FullScreen>
  );
}
