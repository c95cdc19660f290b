// One relay: its name, how the line to it stands in plain words, and behind "Details" what concerns those who run one.
import { useState } from 'react';
import type { RelayStatus } from '../../../core/api.ts';
import { useClient } from '../app/client-context.tsx';
import { useSelected } from '../app/readable.ts';
import { relayHost } from '../app/relay-name.ts';
import { Banner } from '../design/banner.tsx';
import { Button } from '../design/button.tsx';
import { Code } from '../design/code.tsx';
import { Dialog } from '../design/dialog.tsx';
import { safeName } from '../design/hostile-text.ts';
import { Icon } from '../design/icon.tsx';
import { useToasts } from '../design/toasts.tsx';
import { regional } from '../words/regional.ts';
import { useWords, words } from '../words/use-words.ts';
import { useAttempt } from './attempt.ts';
import styles from './pages.module.css';
import { relayReason } from './relay-reason.ts';
import { relaysDown } from './relay-times.ts';
import { whenWords } from './times.ts';

const STATES = { connected: 'connected', connecting: 'connecting', waiting: 'waiting', refused: 'refused' } as const;

/** A relay in the list. */
export function RelayCard({ relay, isOnly }: { readonly relay: RelayStatus; readonly isOnly: boolean }) {
  const t = useWords('settings');
  const [removing, setRemoving] = useState(false);
  const down = useSelected(relaysDown, (times) => times.get(relay.peerId) ?? null);
  const name = useRelayName(relay);
  const reason = relayReason(relay);
  const since =
    down === null || relay.state === 'connected' ? '' : ` · ${t('since', { when: whenWords(down, Date.now(), regional(words.language)) })}`;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <span className={styles.dot} data-state={relay.state} aria-hidden="true" />
        <div className={styles.what}>
          <bdi className={styles.host}>{name}</bdi>
          <span className={styles.state}>
            {t(STATES[relay.state])}
            {since}
          </span>
        </div>
      </div>
      {reason === null ? null : <p className={styles.reason}>{t(reason === 'refused' ? 'refusedReason' : reason)}</p>}
      <details className={styles.details}>
        <summary className={styles.summary}>
          <Icon name="chevron-right" size={16} />
          {t('details')}
        </summary>
        <div className={styles.inside}>
          <Labelled label={t('address')} text={relay.address} />
          <Labelled label={t('peerId')} text={relay.peerId} />
          {relay.reason === null ? null : (
            <p className={styles.reason}>
              {t('said')}: <bdi>{safeName(relay.reason)}</bdi>
            </p>
          )}
          <div>
            <Button size="s" variant="danger" onClick={() => setRemoving(true)}>
              {t('remove')}
            </Button>
          </div>
        </div>
      </details>
      <RemoveRelay relay={relay} isOnly={isOnly} open={removing} onClose={() => setRemoving(false)} />
    </li>
  );
}

function useRelayName({ address }: RelayStatus): string {
  const t = useWords('settings');
  const port = /\/tcp\/(\d+)/.exec(address)?.[1] ?? '';
  return safeName(relayHost(address) ?? t('thisMachine', { port }));
}

function Labelled({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div>
      <div className={styles.label}>{label}</div>
      <Code text={text} label={label} />
    </div>
  );
}

interface RemoveProps {
  readonly relay: RelayStatus;
  readonly isOnly: boolean;
  readonly open: boolean;
  onClose(): void;
}

function RemoveRelay({ relay, isOnly, open, onClose }: RemoveProps) {
  const t = useWords('settings');
  const tError = useWords('errors');
  const client = useClient();
  const { say } = useToasts();
  const attempt = useAttempt();
  const host = useRelayName(relay);
  const remove = async () => {
    if (!(await attempt.run(() => client.api.removeRelay({ relay: relay.address })))) return;
    onClose();
    say(t('removed'), 'good');
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('keep')}</Button>
      <Button variant="danger" busy={attempt.busy} onClick={() => void remove()}>
        {t('remove')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('removeAsk', { host })} open={open} onClose={onClose} actions={actions}>
      <div className={styles.stack}>
        <p>{t('removeText')}</p>
        {isOnly ? <Banner tone="warn">{t('removeLast')}</Banner> : null}
        {attempt.error === null ? null : (
          <Banner tone="bad" live>
            {tError(attempt.error)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}
