// Keeps the browser's notifications going for as long as the window is there, locked or not.
import { useEffect } from 'react';
import { useWords } from '../words/use-words.ts';
import { browserDesk } from './browser-desk.ts';
import { useClient } from './client-context.tsx';
import { Notifications } from './notifications.ts';
import { shownAccount } from './outside.ts';

/** Shows the engine's notices while nobody looks, and takes them away when somebody does. */
export function useNotifications(): void {
  const client = useClient();
  const t = useWords('app');
  useEffect(() => {
    const notifications = new Notifications(browserDesk, (account) => shownAccount.set(account));
    const stop = client.onEvent((event) => {
      if (event.event === 'home' && event.home.state !== 'open') notifications.clear();
      if (event.event !== 'notice') return;
      const { kind, count } = event.notice;
      notifications.show(event.notice, kind === 'request' ? t('notifyRequest') : t('notifyMessage', { count }));
    });
    const looked = () => notifications.clear();
    window.addEventListener('focus', looked);
    return () => {
      stop();
      window.removeEventListener('focus', looked);
      notifications.clear();
    };
  }, [client, t]);
}
