// What stands above the field when something is the matter with what is in it.
import { isSottoError } from '../../../core/base/errors.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { useWords, words } from '../words/use-words.ts';

/** Too long to be sent (by how many characters), or not sent. */
export type Note =
  | { readonly kind: 'long'; readonly over: number; readonly unsaved: boolean }
  | { readonly kind: 'fault'; readonly error: unknown }
  | null;

/** See the head of this file. */
export function ComposerNote({ note, onRetry }: { readonly note: Note; onRetry(): void }) {
  const t = useWords('conversation');
  const why = useWords('errors');
  if (note === null) return null;
  if (note.kind === 'long') {
    const over = new Intl.NumberFormat(words.language).format(note.over);
    return (
      <Banner tone="warn" live>
        {t('tooLong', { count: note.over, over })} {note.unsaved ? t('draftUnsaved') : ''}
      </Banner>
    );
  }
  const code = isSottoError(note.error) ? note.error.code : 'INTERNAL';
  return (
    <Banner
      tone="bad"
      live
      action={
        <Button size="s" onClick={onRetry}>
          {t('retry')}
        </Button>
      }
    >
      {t('notSent', { why: why(code) })}
    </Banner>
  );
}
