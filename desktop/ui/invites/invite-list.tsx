// Every link we made: how it stands, shown again, taken back.
import { useState } from 'react';
import type { Invite } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { useToasts } from '../design/toasts.tsx';
import { useAttempt } from '../settings/attempt.ts';
import { Section } from '../settings/section.tsx';
import { untilWords } from '../settings/times.ts';
import { regional } from '../words/regional.ts';
import { useWords, words } from '../words/use-words.ts';
import { InviteCode } from './invite-code.tsx';
import { type InviteState, inOrder, inviteState } from './invite-state.ts';
import styles from './invites.module.css';

/** What the list takes. */
export interface InviteListProps {
  /** Null until the engine has answered. */
  readonly invites: readonly Invite[] | null;
  onRevoked(link: string): void;
}

/** Links that can be used; the others on request. */
export function InviteList({ invites, onRevoked }: InviteListProps) {
  const t = useWords('invites');
  const [all, setAll] = useState(false);
  const [revoking, setRevoking] = useState<Invite | null>(null);
  if (invites === null) return null;
  const now = Date.now();
  const ordered = inOrder(invites, now);
  const open = ordered.filter((invite) => inviteState(invite, now) === 'open');
  const shown = all ? ordered : open;
  return (
    <Section title={t('listTitle')} {...(invites.length === 0 ? { text: t('listEmpty') } : {})}>
      {shown.length === 0 ? null : (
        <ul className={styles.list}>
          {shown.map((invite) => (
            <Row key={invite.link} invite={invite} state={inviteState(invite, now)} onRevoke={() => setRevoking(invite)} />
          ))}
        </ul>
      )}
      {all || ordered.length === open.length ? null : (
        <div className={styles.more}>
          <Button variant="quiet" icon="chevron-down" onClick={() => setAll(true)}>
            {t('showOver', { count: ordered.length - open.length })}
          </Button>
        </div>
      )}
      <Revoke invite={revoking} onClose={() => setRevoking(null)} onRevoked={onRevoked} />
    </Section>
  );
}

const STATE = { open: 'open', used: 'used', expired: 'over', revoked: 'revoked' } as const;

function Row({ invite, state, onRevoke }: { readonly invite: Invite; readonly state: InviteState; readonly onRevoke: () => void }) {
  const t = useWords('invites');
  const [shown, setShown] = useState(false);
  const until = state === 'open' ? [t('until', { until: untilWords(invite.expires, Date.now(), regional(words.language)) })] : [];
  const requests = invite.public || invite.used > 0 ? [t('requests', { count: invite.used })] : [];
  return (
    <li className={styles.row}>
      <div className={styles.line}>
        <div className={styles.what}>
          <span className={styles.kind}>
            {t(invite.public ? 'rowMany' : 'rowOne')}
            <Badge tone={state === 'open' ? 'good' : 'quiet'}>{t(STATE[state])}</Badge>
          </span>
          <span className={styles.detail}>{[...until, ...requests].join(' · ')}</span>
        </div>
        {state === 'open' ? (
          <div className={styles.buttons}>
            <Button size="s" aria-expanded={shown} onClick={() => setShown(!shown)}>
              {t(shown ? 'hide' : 'show')}
            </Button>
            <Button size="s" onClick={onRevoke}>
              {t('revoke')}
            </Button>
          </div>
        ) : null}
      </div>
      {shown && state === 'open' ? <InviteCode link={invite.link} /> : null}
    </li>
  );
}

interface RevokeProps {
  readonly invite: Invite | null;
  onClose(): void;
  onRevoked(link: string): void;
}

function Revoke({ invite, onClose, onRevoked }: RevokeProps) {
  const t = useWords('invites');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const attempt = useAttempt();
  const revoke = async () => {
    if (invite === null) return;
    const { link } = invite;
    const went = await attempt.run(() => client.api.revokeInvite({ link }));
    if (!went) return;
    onRevoked(link);
    say(t('revoked'), 'good');
    onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('keep')}</Button>
      <Button variant="danger" busy={attempt.busy} onClick={() => void revoke()}>
        {t('revoke')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('revokeTitle')} open={invite !== null} onClose={onClose} actions={actions}>
      <p>{t('revokeText')}</p>
      {attempt.error === null ? null : (
        <p className={styles.failure} role="alert">
          {tError(attempt.error)}
        </p>
      )}
    </Dialog>
  );
}
