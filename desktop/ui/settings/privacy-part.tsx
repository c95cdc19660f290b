// What contacts see of the moment: that somebody types here, and that they are online. Each works both ways.
import { useEffect, useState } from 'react';
import type { CallOutput } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Switch } from '../design/switch.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';

type Privacy = CallOutput<'privacy'>;

/** The section about it; nothing until the engine has said how it stands. */
export function PrivacyPart() {
  const t = useWords('settings');
  const [now, change] = usePrivacy();
  if (now === null) return null;
  return (
    <Section title={t('privacy')}>
      <div className={styles.switches}>
        <Switch label={t('showTyping')} hint={t('showTypingHint')} checked={now.typing} onChange={(typing) => change({ typing })} />
        <Switch
          label={t('showPresence')}
          hint={t('showPresenceHint')}
          checked={now.presence}
          onChange={(presence) => change({ presence })}
        />
      </div>
    </Section>
  );
}

/** How it stands, also when another window changes it, and how to change it: shown as wished while the engine takes it. */
function usePrivacy(): readonly [Privacy | null, (wish: Partial<Privacy>) => void] {
  const t = useWords('settings');
  const client = useClient();
  const { say } = useToasts();
  const line = useReadable(client.line);
  const [kept, setKept] = useState<Privacy | null>(null);
  const [wished, setWished] = useState<Partial<Privacy>>({});
  useEffect(() => {
    if (line !== 'connected') return;
    const stop = client.onEvent((event) => event.event === 'privacy' && setKept(event.privacy));
    client.api.privacy({}).then(setKept, () => {});
    return stop;
  }, [client, line]);
  const change = (wish: Partial<Privacy>) => {
    setWished((now) => ({ ...now, ...wish }));
    client.api
      .setPrivacy(wish)
      .then(setKept, () => say(t('wentWrong'), 'bad'))
      .finally(() => setWished({}));
  };
  return [kept === null ? null : { ...kept, ...wished }, change];
}
