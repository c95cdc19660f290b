// Said when messages could not be read, with the way to try again. What is shown already stays.
import { isSottoError } from '../../../core/base/errors.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';

/** See the head of this file. An engine that is away is said by the whole window, and not here again. */
export function ReadFault({ fault, onRetry }: { readonly fault: unknown; onRetry(): void }) {
  const t = useWords('conversation');
  const why = useWords('errors');
  if (isSottoError(fault, 'CLOSED') || isSottoError(fault, 'LOCKED')) return null;
  const action = (
    <Button size="s" icon="refresh" onClick={onRetry}>
      {t('tryAgain')}
    </Button>
  );
  return (
    <Banner tone="bad" title={t('readFailed')} action={action} live>
      {why(isSottoError(fault) ? fault.code : 'INTERNAL')}
    </Banner>
  );
}
