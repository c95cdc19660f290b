// One request: who asks, under which name they say, and what each answer means. Their name is a claim and shown as one.
import { useState } from 'react';
import type { Request } from '../app/client.ts';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useSelected } from '../app/readable.ts';
import { useRoom } from '../app/width.ts';
import { momentTime } from '../conversation/times.ts';
import { Avatar } from '../design/avatar.tsx';
import { Banner } from '../design/banner.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { Code } from '../design/code.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { TextField } from '../design/field.tsx';
import { nameOf, safeName } from '../design/hostile-text.ts';
import { SafeName } from '../design/safe-name.tsx';
import { codeOf } from '../settings/attempt.ts';
import { MOST_NAME } from '../settings/name-form.tsx';
import { useWords, words } from '../words/use-words.ts';
import styles from './request-screen.module.css';

/** See the head of this file. */
export function RequestScreen({ account }: { readonly account: string }) {
  const t = useWords('conversations');
  const a = useWords('app');
  const { go } = useNavigation();
  const request = useSelected(useClient().requests, (all) => all.find(({ contact }) => contact.account === account));
  const isNarrow = useRoom() === 'narrow';
  return (
    <section className={styles.screen} data-pane="request">
      <header className={styles.head}>
        {isNarrow ? <IconButton icon="back" label={a('back')} onClick={() => go({ at: 'conversations' })} /> : null}
        <h1 className={styles.title} tabIndex={-1}>
          {t('requestTitle')}
        </h1>
      </header>
      {request === undefined ? (
        <EmptyState icon="inbox" title={t('requestGone')}>
          {t('requestGoneHint')}
        </EmptyState>
      ) : (
        <Asking request={request} />
      )}
    </section>
  );
}

type Answer = 'accept' | 'reject' | 'block';

function Asking({ request: { contact, at } }: { readonly request: Request }) {
  const t = useWords('conversations');
  const why = useWords('errors');
  const [petname, setPetname] = useState('');
  const { busy, fault, answer } = useAnswer(contact.account, petname);
  return (
    <form
      className={styles.card}
      onSubmit={(event) => {
        event.preventDefault();
        void answer('accept');
      }}
    >
      <Avatar name={nameOf(contact)} account={contact.account} size={80} />
      <p className={styles.claims}>{t('requestClaims')}</p>
      <p className={styles.name}>
        <SafeName of={contact} />
      </p>
      <p className={styles.at}>{t('requestAt', { time: momentTime(words.language, at) })}</p>
      <Banner>{t('requestClaimHint')}</Banner>
      <TextField
        label={t('petname')}
        hint={t('petnameHint')}
        placeholder={safeName(contact.claimedName ?? '')}
        value={petname}
        onChange={setPetname}
        maxLength={MOST_NAME}
        dir="auto"
      />
      {fault === null ? null : (
        <Banner tone="bad" live>
          {t('failed', { why: why(codeOf(fault)) })}
        </Banner>
      )}
      <div className={styles.answers}>
        <Choice answer="accept" busy={busy} onAnswer={answer} />
        <Choice answer="reject" busy={busy} onAnswer={answer} />
        <Choice answer="block" busy={busy} onAnswer={answer} />
      </div>
      <div>
        <p className={styles.label}>{t('requestAccount')}</p>
        <Code label={t('requestAccount')} text={contact.account} />
      </div>
    </form>
  );
}

const VARIANTS = { accept: 'primary', reject: 'plain', block: 'danger' } as const;
const MEANINGS = { accept: 'acceptMeans', reject: 'rejectMeans', block: 'blockMeans' } as const;

interface ChoiceProps {
  readonly answer: Answer;
  readonly busy: Answer | null;
  onAnswer(answer: Answer): Promise<void>;
}

function Choice({ answer, busy, onAnswer }: ChoiceProps) {
  const t = useWords('conversations');
  const press = answer === 'accept' ? { type: 'submit' as const } : { onClick: () => void onAnswer(answer) };
  return (
    <div className={styles.choice}>
      <Button
        {...press}
        variant={VARIANTS[answer]}
        wide
        busy={busy === answer}
        disabled={busy !== null && busy !== answer}
        aria-describedby={`means-${answer}`}
      >
        {t(answer)}
      </Button>
      <p id={`means-${answer}`}>{t(MEANINGS[answer])}</p>
    </div>
  );
}

/** Answers a request and goes where that leads. */
function useAnswer(account: string, petname: string) {
  const { api } = useClient();
  const { go } = useNavigation();
  const [busy, setBusy] = useState<Answer | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const answer = async (how: Answer) => {
    setBusy(how);
    setFault(null);
    try {
      if (how === 'accept') await api.accept({ who: account, petname: petname.trim() === '' ? null : petname.trim() });
      else if (how === 'reject') await api.reject({ who: account });
      else await api.block({ who: account });
      go(how === 'accept' ? { at: 'conversation', account } : { at: 'conversations' });
    } catch (error) {
      setFault(error);
      setBusy(null);
    }
  };
  return { busy, fault, answer };
}
