// What a notification says. Text only where somebody asked for it; a browser is asked for its permission only when somebody chooses one.
import { useState } from 'react';
import type { Preferences } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Choice } from '../design/choice.tsx';
import { useWords } from '../words/use-words.ts';
import { Section } from './section.tsx';
import { usePreferences } from './use-preferences.ts';

type Telling = Preferences['notifications'];

/** Settings, notifications. */
export function NotificationsPage() {
  const t = useWords('settings');
  const [{ notifications }, change] = usePreferences();
  const isDesktop = useReadable(useClient().home)?.desktop ?? false;
  const permission = usePermission(isDesktop);
  const choose = (value: Telling) => {
    change({ notifications: value });
    if (value !== 'none') permission.ask();
  };
  const allow = (
    <Button size="s" onClick={permission.ask}>
      {t('tellAllow')}
    </Button>
  );
  return (
    <Section>
      <Choice
        label={t('tellMe')}
        value={notifications}
        options={[
          { value: 'none', label: t('tellNone') },
          { value: 'event', label: t('tellEvent') },
          { value: 'name', label: t('tellName') },
          { value: 'text', label: t('tellText'), hint: t('tellTextHint') },
        ]}
        onChange={(value) => choose(value)}
      />
      {notifications === 'none' || permission.state === 'granted' ? null : permission.state === 'denied' ? (
        <Banner tone="warn">{t('tellDenied')}</Banner>
      ) : (
        <Banner action={allow}>{t('tellAsk')}</Banner>
      )}
    </Section>
  );
}

/** What a browser allows; the desktop shows its own and needs no permission of the page. */
function usePermission(isDesktop: boolean) {
  const isThere = !isDesktop && 'Notification' in window;
  const [state, setState] = useState<NotificationPermission>(() => (isDesktop ? 'granted' : isThere ? Notification.permission : 'denied'));
  const ask = () => {
    if (isThere && Notification.permission === 'default') void Notification.requestPermission().then(setState, () => {});
  };
  return { state: isDesktop ? ('granted' as const) : state, ask };
}
