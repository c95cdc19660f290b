// What can be done with a message, and which dialog about one is open.
import { useCallback, useMemo, useState } from 'react';
import type { Message } from '../../../core/api.ts';
import { isSottoError } from '../../../core/base/errors.ts';
import { useClient } from '../app/client-context.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords, words } from '../words/use-words.ts';
import type { MessageActions } from './message-actions.ts';
import type { Link } from './message-text.ts';
import type { MessageWindow } from './message-window.ts';
import { useToday } from './use-today.ts';

/** See the head of this file. `actions` stays the same until the language or the day changes. */
export function useMessageActions(pages: MessageWindow, name: string) {
  const t = useWords('conversation');
  const why = useWords('errors');
  const { api } = useClient();
  const { say } = useToasts();
  const today = useToday();
  const [detail, setDetail] = useState<Message | null>(null);
  const [link, setLink] = useState<Link | null>(null);
  const actions = useMemo<MessageActions>(
    () => ({
      t,
      language: words.language,
      name,
      today,
      copy: ({ text }) =>
        void navigator.clipboard.writeText(text ?? '').then(
          () => say(t('copied'), 'good'),
          () => say(t('copyFailed'), 'bad'),
        ),
      retry: ({ id }) =>
        void api.resend({ id }).then(
          (message) => pages.take(message),
          (error: unknown) => say(t('notSent', { why: why(isSottoError(error) ? error.code : 'INTERNAL') }), 'bad'),
        ),
      showDetail: setDetail,
      openLink: setLink,
    }),
    [api, pages, name, say, t, why, today],
  );
  const closeDetail = useCallback(() => setDetail(null), []);
  const closeLink = useCallback(() => setLink(null), []);
  return { actions, detail, closeDetail, link, closeLink };
}
