// Step 3: where messages wait while one is away. After it the account is made.
import { useRef, useState } from 'react';
import { Banner } from '../design/banner.tsx';
import { Choice } from '../design/choice.tsx';
import { TextArea } from '../design/field.tsx';
import { useWords } from '../words/use-words.ts';
import type { Answers, StepProps } from './answers.ts';
import { readRelayLine } from './relay-line.ts';
import type { SetUp } from './set-up.ts';
import styles from './step.module.css';
import { StepFrame } from './step.tsx';

const FAULTS = { empty: 'relayMissing', 'not-a-relay': 'relayNone', cut: 'relayCut', invite: 'relayInvite' } as const;

/** See above. */
export function RelayStep({ answers, change, onBack, setUp }: StepProps & { readonly setUp: SetUp }) {
  const t = useWords('first-run');
  const field = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const failure = useFailure(setUp.error);
  const isGiven = answers.relayFrom === 'given';
  const next = () => {
    const line = readRelayLine(answers.relayTyped);
    const wrong = !isGiven || line.state === 'good' ? null : t(FAULTS[line.state]);
    setFault(wrong);
    if (wrong === null) void setUp.start();
    else field.current?.focus();
  };
  const write = (relayTyped: string) => {
    const line = readRelayLine(relayTyped);
    change({ relayTyped, relay: line.state === 'good' ? line.relay : '' });
    setFault(null);
    setUp.clear();
  };
  const choose = (relayFrom: Answers['relayFrom']) => {
    change({ relayFrom });
    setUp.clear();
  };
  return (
    <StepFrame
      step={3}
      title={t('relayTitle')}
      lead={t('relayLead')}
      nextLabel={setUp.busy ? t('making') : t('make')}
      busy={setUp.busy}
      {...(setUp.isMade ? {} : { onBack })}
      onNext={next}
    >
      <Ways value={answers.relayFrom} onChange={choose} />
      {isGiven ? (
        <div className={styles.nested}>
          <TextArea
            ref={field}
            label={t('relayLine')}
            hint={t('relayLineHint')}
            error={fault ?? (failure?.atField === true ? failure.sentence : null)}
            placeholder="/dns4/…"
            dir="ltr"
            spellCheck={false}
            autoComplete="off"
            value={answers.relayTyped}
            onChange={write}
          />
        </div>
      ) : null}
      {failure === null || (failure.atField && isGiven) ? null : (
        <Banner tone="bad" live>
          {failure.sentence}
        </Banner>
      )}
    </StepFrame>
  );
}

function Ways({ value, onChange }: { readonly value: Answers['relayFrom']; onChange(value: Answers['relayFrom']): void }) {
  const t = useWords('first-run');
  return (
    <Choice
      label={t('relay')}
      hideLabel
      value={value}
      options={[
        { value: 'given', label: t('relayGiven'), hint: t('relayGivenHint') },
        { value: 'here', label: t('relayHere'), hint: t('relayHereHint') },
        { value: 'later', label: t('relayLater'), hint: t('relayLaterHint') },
      ]}
      onChange={onChange}
    />
  );
}

/** What went wrong, and whether it is about the relay's line. */
function useFailure(error: SetUp['error']): { readonly sentence: string; readonly atField: boolean } | null {
  const t = useWords('first-run');
  const tError = useWords('errors');
  if (error === null) return null;
  if (error === 'REFUSED') return { sentence: t('relayRefused'), atField: true };
  if (error === 'OFFLINE' || error === 'TIMEOUT') return { sentence: t('relayAway'), atField: true };
  if (error === 'BAD_INPUT') return { sentence: t('relayWrong'), atField: true };
  if (error === 'WRONG_PASSPHRASE') return { sentence: t('begunOtherwise'), atField: false };
  return { sentence: tError(error), atField: false };
}
