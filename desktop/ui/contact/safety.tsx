// Whether it is really them: the numbers to compare, the code to read, comparing by machine, and the mark.
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { CallOutput, Contact } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { QrCode } from '../design/qr-code.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useToasts } from '../design/toasts.tsx';
import { type Attempt, codeOf, useAttempt } from '../settings/attempt.ts';
import { Actions, Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';
import { Compare } from './compare.tsx';
import styles from './contact.module.css';
import { safetyLines } from './safety-code.ts';

type SafetyNumber = CallOutput<'safetyNumber'>;

/** The section about it. */
export function Safety({ contact }: { readonly contact: Contact }) {
  const t = useWords('contact');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const { account, verified } = contact;
  const { safety, failure } = useSafetyNumber(account);
  const attempt = useAttempt();
  const button = useRef<HTMLButtonElement>(null);
  const mark = async (now: boolean) => {
    const went = await attempt.run(() => client.api.setVerified({ who: account, verified: now }));
    if (!went) return;
    say(t(now ? 'marked' : 'unmarked'), 'good');
    // The button that was pressed may be gone with what it stood in.
    button.current?.focus();
  };
  return (
    <Section title={t('safetyTitle')} text={t('safetyText')}>
      {failure === null ? null : <Banner tone="bad">{tError(failure)}</Banner>}
      {safety === null ? failure === null ? <Spinner /> : null : <Numbers safety={safety} />}
      <p className={verified ? styles.good : styles.quiet}>{t(verified ? 'comparedState' : 'notCompared')}</p>
      <Mark verified={verified} attempt={attempt} button={button} onMark={(now) => void mark(now)} />
      {safety === null || verified ? null : <Compare safety={safety} onEqual={() => void mark(true)} busy={attempt.busy} />}
    </Section>
  );
}

function useSafetyNumber(account: string) {
  const client = useClient();
  const [safety, setSafety] = useState<SafetyNumber | null>(null);
  const [failure, setFailure] = useState<ReturnType<typeof codeOf> | null>(null);
  useEffect(() => {
    let here = true;
    client.api.safetyNumber({ who: account }).then(
      (now) => here && setSafety(now),
      (error) => here && setFailure(codeOf(error)),
    );
    return () => {
      here = false;
    };
  }, [client, account]);
  return { safety, failure };
}

function Numbers({ safety }: { readonly safety: SafetyNumber }) {
  const t = useWords('contact');
  // Numbers of a shape that is not known are shown as they came: comparing needs something to compare.
  const lines = safetyLines(safety.number) ?? [[safety.number]];
  return (
    <div className={styles.numbers}>
      <QrCode text={safety.scannable} label={t('safetyQr')} size={180} />
      {/* biome-ignore lint/a11y/useSemanticElements: lines of digits are no form */}
      <div className={styles.digits} dir="ltr" role="group" aria-label={t('safetyNumber')}>
        {lines.map((line) => (
          <div key={line.join()} className={styles.line}>
            {line.map((group, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a group may come twice in a line and never moves
              <span key={at}>{group}</span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface MarkProps {
  readonly verified: boolean;
  readonly attempt: Attempt;
  readonly button: RefObject<HTMLButtonElement | null>;
  onMark(verified: boolean): void;
}

function Mark({ verified, attempt, button, onMark }: MarkProps) {
  const t = useWords('contact');
  const tError = useWords('errors');
  return (
    <>
      <Actions>
        <Button
          ref={button}
          variant={verified ? 'plain' : 'primary'}
          {...(verified ? {} : { icon: 'shield-check' as const })}
          busy={attempt.busy}
          onClick={() => onMark(!verified)}
        >
          {t(verified ? 'unmark' : 'mark')}
        </Button>
      </Actions>
      {attempt.error === null ? null : (
        <Banner tone="bad" live>
          {tError(attempt.error)}
        </Banner>
      )}
    </>
  );
}
