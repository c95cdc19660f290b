// Step 4: one's own invite, made already, and a field for somebody else's.
import { useCallback, useEffect, useState } from 'react';
import type { Invite } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { FullScreen } from '../app/full-screen.tsx';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Spinner } from '../design/spinner.tsx';
import { AddByLink } from '../invites/add-by-link.tsx';
import { InviteCode } from '../invites/invite-code.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { Section } from '../settings/section.tsx';
import { useWords } from '../words/use-words.ts';
import styles from './step.module.css';
import { Progress } from './step.tsx';

/** How long the first link is good, ms: long enough for somebody who reads mail once a week. */
const LASTS_MS = 7 * 86_400_000;

/** See above. */
export function PeopleStep({ onDone }: { readonly onDone: () => void }) {
  const t = useWords('first-run');
  return (
    <FullScreen title={t('peopleTitle')} lead={t('peopleLead')} beside={<Progress step={4} />} wide>
      <div className={styles.parts}>
        <OwnLink />
        <AddByLink />
        <div className={`${styles.way} ${styles.stays}`}>
          <Button variant="plain" size="l" onClick={onDone}>
            {t('done')}
          </Button>
        </div>
      </div>
    </FullScreen>
  );
}

function OwnLink() {
  const t = useWords('first-run');
  const tError = useWords('errors');
  const client = useClient();
  const [invite, setInvite] = useState<Invite | null>(null);
  const { error, run } = useAttempt();
  const make = useCallback(
    () => void run(async () => setInvite(await client.api.createInvite({ public: false, expiresInMs: LASTS_MS }))),
    [client, run],
  );
  useEffect(make, [make]);
  return (
    <Section title={t('linkTitle')} text={t('linkText')}>
      {invite === null ? null : <InviteCode link={invite.link} />}
      {invite === null && error === null ? <Spinner label={t('linkMaking')} /> : null}
      {error === null ? null : (
        <Banner
          tone="warn"
          action={
            <Button size="s" onClick={make}>
              {t('again')}
            </Button>
          }
        >
          {error === 'OFFLINE' ? t('linkNeedsRelay') : tError(error)}
        </Banner>
      )}
    </Section>
  );
}
