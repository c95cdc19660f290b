// A link of our own, made when it is asked for: for one person unless told otherwise, and for how long.
import { useEffect, useState } from 'react';
import type { Invite } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { useReadable, useSelected } from '../app/readable.ts';
import { relayHost } from '../app/relay-name.ts';
import { useAnnounce } from '../design/announcer.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Choice } from '../design/choice.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { Actions, Section } from '../settings/section.tsx';
import { untilWords } from '../settings/times.ts';
import { regional } from '../words/regional.ts';
import { useWords, words } from '../words/use-words.ts';
import { InviteCode } from './invite-code.tsx';
import styles from './invites.module.css';

const DAY_MS = 86_400_000;
const LASTING = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;

/** The form for a new link, and the link once it is made. */
export function NewInvite({ onMade }: { readonly onMade: (invite: Invite) => void }) {
  const t = useWords('invites');
  const client = useClient();
  const [forWhom, setForWhom] = useState<'one' | 'many'>('one');
  const [lasting, setLasting] = useState<keyof typeof LASTING>('week');
  const [made, setMade] = useState<Invite | null>(null);
  const attempt = useAttempt();
  const isOutOfReach = useOutOfReach();
  const make = () =>
    attempt.run(async () => {
      const invite = await client.api.createInvite({ public: forWhom === 'many', expiresInMs: LASTING[lasting] });
      setMade(invite);
      onMade(invite);
    });
  if (made !== null) return <Made invite={made} onAnother={() => setMade(null)} />;
  return (
    <Section title={t('oursTitle')} text={t('oursHint')}>
      <Choice
        label={t('forWhom')}
        value={forWhom}
        options={[
          { value: 'one', label: t('one'), hint: t('oneHint') },
          { value: 'many', label: t('many'), hint: t('manyHint') },
        ]}
        onChange={(value) => setForWhom(value)}
      />
      <Choice
        label={t('howLong')}
        look="row"
        value={lasting}
        options={[
          { value: 'day', label: t('day') },
          { value: 'week', label: t('week') },
          { value: 'month', label: t('month') },
        ]}
        onChange={(value) => setLasting(value)}
      />
      {isOutOfReach ? <NoRelay /> : <NotMade attempt={attempt} />}
      <Actions>
        <Button variant="primary" icon="link" busy={attempt.busy} onClick={() => void make()}>
          {t('make')}
        </Button>
      </Actions>
    </Section>
  );
}

function NotMade({ attempt }: { readonly attempt: { readonly error: ReturnType<typeof useAttempt>['error'] } }) {
  const tError = useWords('errors');
  if (attempt.error === null) return null;
  if (attempt.error === 'OFFLINE') return <NoRelay />;
  return (
    <Banner tone="bad" live>
      {tError(attempt.error)}
    </Banner>
  );
}

/** True when nobody could come to us: no relay, and no address of our own. */
function useOutOfReach(): boolean {
  const client = useClient();
  const hasRelay = useSelected(client.relays, (relays) => relays.length > 0);
  const hasAddress = useSelected(client.me, (me) => me === null || me.addresses.length > 0);
  return !hasRelay && !hasAddress;
}

function NoRelay() {
  const t = useWords('invites');
  const { go } = useNavigation();
  const toRelays = (
    <Button size="s" onClick={() => go({ at: 'settings', page: 'relays' })}>
      {t('toRelays')}
    </Button>
  );
  return (
    <Banner tone="warn" live action={toRelays}>
      {t('noRelay')}
    </Banner>
  );
}

function Made({ invite, onAnother }: { readonly invite: Invite; readonly onAnother: () => void }) {
  const t = useWords('invites');
  const relays = useReadable(useClient().relays);
  const isOnlyHere = relays.length > 0 && relays.every(({ address }) => relayHost(address) === null);
  const announce = useAnnounce();
  const text = t(invite.public ? 'madeMany' : 'madeOne', { until: untilWords(invite.expires, Date.now(), regional(words.language)) });
  // What it is and until when; not the link itself, which nobody wants to hear.
  useEffect(() => announce(text), [announce, text]);
  return (
    <Section title={t('oursTitle')} text={text}>
      <div className={styles.made}>
        <InviteCode link={invite.link} copyFirst />
      </div>
      {isOnlyHere ? <Banner tone="warn">{t('onlyHere')}</Banner> : null}
      <Actions>
        <Button variant="quiet" icon="plus" onClick={onAnother}>
          {t('makeAnother')}
        </Button>
      </Actions>
    </Section>
  );
}
