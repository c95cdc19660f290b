// Step 1: what one is called.
import { useEffect, useRef, useState } from 'react';
import { TextField } from '../design/field.tsx';
import { MOST_NAME } from '../settings/name-form.tsx';
import { useWords } from '../words/use-words.ts';
import type { StepProps } from './answers.ts';
import { StepFrame } from './step.tsx';

/** See above. */
export function NameStep({ answers, change, onNext }: StepProps) {
  const t = useWords('first-run');
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => field.current?.focus(), []);
  const next = () => {
    const wrong = answers.name.trim() === '' ? t('nameMissing') : /[\p{Cc}\p{Bidi_Control}]/u.test(answers.name) ? t('nameBad') : null;
    setError(wrong);
    if (wrong === null) onNext();
    else field.current?.focus();
  };
  return (
    <StepFrame step={1} title={t('nameTitle')} lead={t('nameLead')} nextLabel={t('next')} onNext={next}>
      <TextField
        ref={field}
        label={t('name')}
        hint={t('nameHint')}
        error={error}
        value={answers.name}
        maxLength={MOST_NAME}
        autoComplete="nickname"
        dir="auto"
        onChange={(name) => {
          change({ name });
          setError(null);
        }}
      />
    </StepFrame>
  );
}
