// Says that the engine is away or does not answer. What is on the page stays; what was typed is kept.
import { Icon } from '../design/icon.tsx';
import { Spinner } from '../design/spinner.tsx';
import { useWords } from '../words/use-words.ts';
import { useClient } from './client-context.tsx';
import styles from './engine-bar.module.css';
import { type EngineFate, fateOf } from './engine-fate.ts';
import { useReadable } from './readable.ts';

/** True in the desktop, whose shell starts the engine again by itself. */
const isDesktop = location.protocol === 'app:';

/** What became of this page's engine. */
export function useEngineFate(): EngineFate {
  const client = useClient();
  return fateOf(useReadable(client.line), useReadable(client.tries), isDesktop);
}

/** Nothing while all is well. */
export function EngineBar() {
  const t = useWords('app');
  const client = useClient();
  const line = useReadable(client.line);
  const hung = useReadable(client.hung);
  const isGone = useEngineFate() === 'gone';
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
