// Ties a field to the draft of its account: shows what was kept, here or in another window, and keeps what is typed also when
// somebody looks or goes away.
import { type RefObject, useEffect, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { SharedDraft, Typing } from './typing.ts';

/** Keeps what is typed in `field` for `account`. @param onText hears what is in the field without being typed there */
export function useTyping(account: string, field: RefObject<HTMLTextAreaElement | null>, onText: (text: string) => void): Typing {
  const client = useClient();
  const [typing] = useState(() => new Typing((text) => client.saveTyped(account, text)));
  useEffect(() => {
    const draft = new SharedDraft();
    const follow = () => {
      const box = field.current;
      if (box === null) return;
      const text = draft.shown(box.value, client.drafts.get().get(account) ?? '');
      if (text === box.value) return;
      box.value = text;
      onText(text);
    };
    follow();
    return client.drafts.subscribe(follow);
  }, [client, account, field, onText]);
  useEffect(() => {
    const keep = () => typing.flush();
    document.addEventListener('visibilitychange', keep);
    window.addEventListener('pagehide', keep);
    return () => {
      document.removeEventListener('visibilitychange', keep);
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, [typing]);
  return typing;
}
