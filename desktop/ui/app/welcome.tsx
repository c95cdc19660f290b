// The place beside the list when no conversation is chosen: the way to the first one, to who asks, or nothing but quiet.
import { Button } from '../design/button.tsx';
import { Mark } from '../design/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import { FirstWays } from './first-ways.tsx';
import { useNavigation } from './navigation.tsx';
import { useReadable, useSelected } from './readable.ts';
import styles from './welcome.module.css';

/** See above. */
export function Welcome() {
  const t = useWords('app');
  const client = useClient();
  const requests = useReadable(client.requests);
  const [asking] = requests;
  const isEmpty = useSelected(client.conversations, ({ loaded, order }) => loaded && order.length === 0);
  const words = !isEmpty ? 'welcome' : asking === undefined ? 'welcomeEmpty' : 'welcomeAsked';
  const count = requests.length;
  return (
    <div className={styles.welcome}>
      <Mark size={56} />
      <p className={styles.words}>{t(words, { count })}</p>
      {isEmpty ? (
        <div className={styles.ways}>
          {asking === undefined ? <FirstWays /> : <ToRequest account={asking.contact.account} count={count} />}
        </div>
      ) : null}
    </div>
  );
}

function ToRequest({ account, count }: { readonly account: string; readonly count: number }) {
  const t = useWords('app');
  const { go } = useNavigation();
  return (
    <Button variant="primary" icon="inbox" onClick={() => go({ at: 'request', account })}>
      {t('toAsked', { count })}
    </Button>
  );
}
