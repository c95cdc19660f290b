// Step 2: what protects the messages on this device.
import { useRef, useState } from 'react';
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { Choice } from '../design/choice.tsx';
import { PassphraseField } from '../design/field.tsx';
import { Switch } from '../design/switch.tsx';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './answers.ts';
import styles from './step.module.css';
import { StepFrame } from './step.tsx';
import { StrengthLine } from './strength-line.tsx';

/** See above. */
export function LockStep({ answers, change, onBack, onNext }: StepProps) {
  const t = useWords('first-run');
  const [errors, setErrors] = useState<{ passphrase: string | null; again: string | null }>(FINE);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const next = () => {
    const { lock, passphrase, again } = answers;
    const isMissing = lock === 'passphrase' && passphrase === '';
    const differs = lock === 'passphrase' && !isMissing && passphrase !== again;
    setErrors({ passphrase: isMissing ? t('passphraseMissing') : null, again: differs ? t('passphraseDiffers') : null });
    if (isMissing) first.current?.focus();
    else if (differs) second.current?.focus();
    else onNext();
  };
  const write = (part: { passphrase?: string; again?: string }) => {
    change(part);
    setErrors(FINE);
  };
  return (
    <StepFrame step={2} title={t('lockTitle')} lead={t('lockLead')} nextLabel={t('next')} onBack={onBack} onNext={next}>
      <Choice
        label={t('lock')}
        hideLabel
        value={answers.lock}
        options={[
          { value: 'passphrase', label: t('lockPassphrase'), hint: t('lockPassphraseHint') },
          { value: 'none', label: t('lockNone'), hint: t('lockNoneHint') },
        ]}
        onChange={(lock) => change({ lock })}
      />
      {answers.lock === 'none' ? (
        <Banner tone="warn">{t('lockNoneMeans')}</Banner>
      ) : (
        <div className={styles.nested}>
          <PassphraseField
            ref={first}
            label={t('passphrase')}
            error={errors.passphrase}
            autoComplete="new-password"
            value={answers.passphrase}
            onChange={(passphrase) => write({ passphrase })}
          />
          <StrengthLine passphrase={answers.passphrase} />
          <PassphraseField
            ref={second}
            label={t('passphraseAgain')}
            error={errors.again}
            autoComplete="new-password"
            value={answers.again}
            onChange={(again) => write({ again })}
          />
          <KeyringSwitch checked={answers.keyring} onChange={(keyring) => change({ keyring })} />
        </div>
      )}
    </StepFrame>
  );
}

const FINE = { passphrase: null, again: null };

/** In the desktop: the system's keyring opens it at every start. A weak one is said plainly. */
function KeyringSwitch({ checked, onChange }: { readonly checked: boolean; readonly onChange: (on: boolean) => void }) {
  const t = useWords('first-run');
  const keyring = useReadable(useClient().home)?.keyring;
  if (keyring?.available !== true) return null;
  return <Switch label={t('keyring')} hint={t(keyring.strong ? 'keyringHint' : 'keyringWeak')} checked={checked} onChange={onChange} />;
}
