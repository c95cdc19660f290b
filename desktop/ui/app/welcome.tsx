// The place beside the list when no conversation is chosen: the way to the first one, or nothing but quiet.
import { Button } from '../design/button.tsx';
import { Mark } from '../design/mark.tsx';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import { useNavigation } from './navigation.tsx';
import { useSelected } from './readable.ts';
import styles from './welcome.module.css';

/** See above. */
export function Welcome() {
  const t = useWords('app');
  const client = useClient();
  const { go } = useNavigation();
  const isEmpty = useSelected(client.conversations, ({ loaded, order }) => loaded && order.length === 0);
  return (
    <div className={styles.welcome}>
      <Mark size={56} />
      <p className={styles.words}>{isEmpty ? t('welcomeEmpty') : t('welcome')}</p>
      {isEmpty ? (
        <Button variant="primary" icon="user-plus" onClick={() => go({ at: 'invite' })}>
          {t('invite')}
        </Button>
      ) : null}
    </div>
  );
}
