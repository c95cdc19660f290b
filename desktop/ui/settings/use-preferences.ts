// What this person likes, changed at once: shown as wished while the engine takes it, and as before when it cannot.
import { useCallback, useState } from 'react';
import type { Preferences } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { useToasts } from '../design/toasts.tsx';
import { useWords } from '../words/use-words.ts';

/** The preferences, and how to change some of them. */
export function usePreferences(): readonly [Preferences, (change: Partial<Preferences>) => void] {
  const t = useWords('settings');
  const client = useClient();
  const { say } = useToasts();
  const kept = useReadable(client.preferences);
  const [wished, setWished] = useState<Partial<Preferences>>({});
  const change = useCallback(
    (wish: Partial<Preferences>) => {
      setWished((now) => ({ ...now, ...wish }));
      client.api
        .setPreferences(wish)
        .catch(() => say(t('wentWrong'), 'bad'))
        .finally(() => setWished({}));
    },
    [client, say, t],
  );
  return [{ ...kept, ...wished }, change];
}
