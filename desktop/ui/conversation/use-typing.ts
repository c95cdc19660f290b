// Ties a field to the draft of its account: shows what was kept, and keeps what is typed also when somebody looks or goes away.
import { type RefObject, useEffect, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { Typing } from './typing.ts';

/** Keeps what is typed in `field` for `account`. @param onText hears what was kept, once it is in the field */
export function useTyping(account: string, field: RefObject<HTMLTextAreaElement | null>, onText: (text: string) => void): Typing {
  const client = useClient();
  const [typing] = useState(() => new Typing((text) => client.saveTyped(account, text)));
  useEffect(() => {
    const show = () => {
      const box = field.current;
      const kept = client.drafts.get().get(account) ?? '';
      // What is being typed here is newer than what was kept.
      if (box === null || box.value !== '' || kept === '') return;
      box.value = kept;
      onText(kept);
    };
    show();
    return box(client, show);
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

/** Drafts may come after the field: until the first one has, the field is empty. */
function box(client: ReturnType<typeof useClient>, show: () => void): () => void {
  let isDone = false;
  return client.drafts.subscribe(() => {
    if (isDone) return;
    isDone = true;
    show();
  });
}
