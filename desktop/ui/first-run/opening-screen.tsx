// While the home opens, and when it could not be opened.
import type { Home } from '../../../core/window-api.ts';
import { FullScreen } from '../app/full-screen.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useWords } from '../words/use-words.ts';

/** While it opens. */
export function OpeningScreen() {
  const t = useWords('first-run');
  return (
    <FullScreen title={t('opening')}>
      <Spinner />
    </FullScreen>
  );
}

/** It could not be opened. */
export function FailedScreen({ home }: { readonly home: Home }) {
  const t = useWords('first-run');
  return <FullScreen title={t('failed')}>{home.reason}</FullScreen>;
}
