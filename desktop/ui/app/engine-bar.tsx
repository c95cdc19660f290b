// Says that the engine is away or does not answer. What is on the page stays; what was typed is kept.
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import styles from './engine-bar.module.css';
import { useReadable } from './readable.ts';

/** Tries after which a person has to do something: about half a minute. */
const MANY_TRIES = 8;

/** Nothing while all is well. */
export function EngineBar() {
  const t = useWords('app');
  const client = useClient();
  const line = useReadable(client.line);
  const tries = useReadable(client.tries);
  const hung = useReadable(client.hung);
  const isGone = line !== 'connected' && tries >= MANY_TRIES;
  const sentence = isGone
    ? t(isDesktop ? 'engineGone' : 'engineGoneBrowser')
    : line === 'lost'
      ? t('engineLost')
      : hung
        ? t('engineHung')
        : null;
  return (
    <div role="status">
      {sentence === null ? null : (
        <div className={styles.bar}>
          {isGone ? <Icon name="warning" /> : <Spinner size={16} />}
          <span>{sentence}</span>
        </div>
      )}
    </div>
  );
}

/** True in the desktop, whose shell starts the engine again by itself. */
const isDesktop = location.protocol === 'app:';
