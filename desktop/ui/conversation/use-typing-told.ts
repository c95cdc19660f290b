// Ties what a composer tells of typing to its contact: only who accepted, and is not blocked, hears of it.
import { useEffect, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { TypingTold } from './typing-told.ts';

/** Ends by itself when the composer goes. */
export function useTypingTold(account: string): TypingTold {
  const client = useClient();
  const [told] = useState(
    () =>
      new TypingTold((active) => {
        const contact = client.contacts.get().get(account);
        if (contact?.state === 'accepted' && !contact.blocked) client.api.typing({ who: account, active }).catch(() => {});
      }),
  );
  useEffect(() => () => told.stopped(), [told]);
  return told;
}
