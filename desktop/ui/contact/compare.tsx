// Compares what somebody pasted with our own safety number. Nothing leaves this page.
import { useState } from 'react';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { TextArea } from '../design/field.tsx';
import { useWords } from '../words/use-words.ts';
import { compareSafety } from './safety-code.ts';

/** Longest text looked at, UTF-16 units: a number read out with words around its groups is far shorter. */
const MOST_PASTED = 512;

/** What it takes. */
export interface CompareProps {
  readonly safety: { readonly number: string; readonly scannable: string };
  readonly busy: boolean;
  onEqual(): void;
}

/** A field for theirs, and what comparing came to. */
export function Compare({ safety, busy, onEqual }: CompareProps) {
  const t = useWords('contact');
  const [pasted, setPasted] = useState('');
  const result = compareSafety(safety, pasted.slice(0, MOST_PASTED));
  const isFault = result === 'own' || result === 'none';
  const mark = (
    <Button size="s" busy={busy} onClick={onEqual}>
      {t('mark')}
    </Button>
  );
  return (
    <>
      <TextArea
        label={t('compareLabel')}
        hint={t('compareHint')}
        error={isFault ? t(result) : null}
        spellCheck={false}
        autoComplete="off"
        dir="ltr"
        value={pasted}
        onChange={setPasted}
      />
      {result === 'equal' ? (
        <Banner tone="good" icon="shield-check" live action={mark}>
          {t('equal')}
        </Banner>
      ) : null}
      {result === 'different' ? (
        <Banner tone="bad" live>
          {t('different')}
        </Banner>
      ) : null}
    </>
  );
}
