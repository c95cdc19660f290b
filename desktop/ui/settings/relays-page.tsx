// The relays of this account: how each stands, adding one, the one on this machine.
import { useClient } from '../app/client-context.tsx';
import { useReadable } from '../app/readable.ts';
import { Banner } from '../design/banner.tsx';
import { useWords } from '../words/use-words.ts';
import { AddRelay } from './add-relay.tsx';
import { LocalRelayPart } from './local-relay-part.tsx';
import styles from './pages.module.css';
import { RelayCard } from './relay-card.tsx';
import { Section } from './section.tsx';

/** Settings, relays. */
export function RelaysPage() {
  const t = useWords('settings');
  const relays = useReadable(useClient().relays);
  return (
    <>
      <Section text={t('relaysText')}>
        {relays.length === 0 ? <Banner tone="warn">{t('relaysNone')}</Banner> : null}
        {relays.length === 0 ? null : (
          <ul className={styles.cards}>
            {relays.map((relay) => (
              <RelayCard key={relay.peerId + relay.address} relay={relay} isOnly={relays.length === 1} />
            ))}
          </ul>
        )}
      </Section>
      <AddRelay />
      <LocalRelayPart />
    </>
  );
}
