// The frame of a step of the first run: where one is among the steps, a form, and the way on and back.
import type { FormEvent, ReactNode } from 'react';
import { FullScreen } from '../app/full-screen.tsx';
import { Button } from '../design/button.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './step.module.css';

/** Steps there are. */
const STEPS = 4;

/** What it takes. */
export interface StepFrameProps {
  /** From 1. */
  readonly step: number;
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
  readonly nextLabel: string;
  readonly busy?: boolean;
  /** Left out: there is no way back. */
  readonly onBack?: () => void;
  onNext(): void;
}

/** A step. Enter in a field goes on. */
export function StepFrame({ step, title, lead, children, nextLabel, busy = false, onBack, onNext }: StepFrameProps) {
  const t = useWords('first-run');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onNext();
  };
  return (
    <FullScreen title={title} lead={lead} beside={<Progress step={step} />}>
      <form className={styles.form} onSubmit={submit} noValidate>
        {children}
        <div className={styles.way}>
          {onBack === undefined ? null : (
            <Button variant="quiet" size="l" onClick={onBack} disabled={busy}>
              {t('back')}
            </Button>
          )}
          <Button type="submit" variant="primary" size="l" busy={busy}>
            {nextLabel}
          </Button>
        </div>
      </form>
    </FullScreen>
  );
}

/** Where one is, as dots and as a sentence for who cannot see them. */
export function Progress({ step }: { readonly step: number }) {
  const t = useWords('first-run');
  return (
    <div className={styles.progress}>
      <span className="visually-hidden">{t('step', { step, of: STEPS })}</span>
      {Array.from({ length: STEPS }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its place
        <span key={at} className={styles.dot} data-done={at < step || undefined} data-now={at === step - 1 || undefined} />
      ))}
    </div>
  );
}
