// What opens Sotto, when it locks, and how an account survives the loss of this computer.
import { useState } from 'react';
import type { Home } from '../../../core/window-api.ts';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Choice } from '../design/choice.tsx';
import { useWords } from '../words/use-words.ts';
import { KeyringPart } from './keyring-part.tsx';
import { type PassphraseChange, PassphraseDialog } from './passphrase-dialog.tsx';
import { RecoveryPart } from './recovery-part.tsx';
import { Actions, Section } from './section.tsx';
import { usePreferences } from './use-preferences.ts';

/** Settings, passphrase and lock. */
export function SecurityPage() {
  const home = useReadable(useClient().home);
  if (home === null) return null;
  return (
    <>
      <PassphrasePart home={home} />
      {home.desktop || home.slots.keyring ? <KeyringPart home={home} /> : null}
      <LockPart canLock={home.slots.passphrase} />
      <RecoveryPart />
    </>
  );
}

// A passphrase is only taken away where a key file is left: a keyring can be lost, and must not be the only way in.
function PassphrasePart({ home: { slots } }: { readonly home: Home }) {
  const t = useWords('settings');
  const [changing, setChanging] = useState<PassphraseChange | null>(null);
  return (
    <Section title={t('passphrase')} text={t(slots.passphrase ? 'passphraseSet' : 'passphraseNone')}>
      {slots.keyFile && !slots.passphrase ? <Banner tone="warn">{t('keyFile')}</Banner> : null}
      <Actions>
        <Button
          variant={slots.passphrase ? 'plain' : 'primary'}
          icon="key"
          onClick={() => setChanging(slots.passphrase ? 'change' : 'set')}
        >
          {t(slots.passphrase ? 'change' : 'set')}
        </Button>
        {slots.passphrase && slots.keyFile ? (
          <Button variant="danger" onClick={() => setChanging('remove')}>
            {t('removeIt')}
          </Button>
        ) : null}
      </Actions>
      {changing === null ? null : <PassphraseDialog change={changing} onClose={() => setChanging(null)} />}
    </Section>
  );
}

const MINUTE_MS = 60_000;
const MINUTES = [0, 1, 5, 15, 60];

function LockPart({ canLock }: { readonly canLock: boolean }) {
  const t = useWords('settings');
  const client = useClient();
  const [{ lockAfterMs }, change] = usePreferences();
  const now = lockAfterMs / MINUTE_MS;
  const choices = MINUTES.includes(now) ? MINUTES : [...MINUTES, now].sort((a, b) => a - b);
  const words = (minutes: number) => {
    if (minutes === 0) return t('never');
    return minutes % 60 === 0 ? t('hours', { count: minutes / 60 }) : t('minutes', { count: Math.round(minutes) });
  };
  return (
    <Section title={t('lock')} text={t(canLock ? 'lockHint' : 'lockNeeds')}>
      <Choice
        label={t('lockAfter')}
        look="row"
        value={`${now}`}
        options={choices.map((minutes) => ({ value: `${minutes}`, label: words(minutes), disabled: !canLock }))}
        onChange={(value) => change({ lockAfterMs: Number(value) * MINUTE_MS })}
      />
      {canLock ? (
        <Actions>
          <Button icon="lock" onClick={() => void client.api.lock({}).catch(() => {})}>
            {t('lockNow')}
          </Button>
        </Actions>
      ) : null}
    </Section>
  );
}
