// Asks for the passphrase.
import type { Home } from '../../../core/window-api.ts';
import { FullScreen } from '../app/full-screen.tsx';
import { useWords } from '../words/use-words.ts';

/** It is locked. */
export function UnlockScreen({ home }: { readonly home: Home }) {
  const t = useWords('first-run');
  return <FullScreen title={t('unlock')}>{home.reason}</FullScreen>;
}
