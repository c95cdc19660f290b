// What Sotto is, which version, under which licence, and the way to its shortcuts.
import { Button } from '../design/button.tsx';
import { Wordmark } from '../design/mark.tsx';
import { openShortcuts } from '../shortcuts/open.ts';
import { useWords } from '../words/use-words.ts';
import styles from './pages.module.css';
import { Actions, Section } from './section.tsx';
import { VERSION } from './version.ts';

/** Settings, about. */
export function AboutPage() {
  const t = useWords('settings');
  return (
    <>
      <Section>
        <Wordmark size={40} />
        <p>{t('aboutText')}</p>
        <dl className={styles.facts}>
          <div>
            <dt className={styles.label}>{t('version')}</dt>
            <dd>{VERSION}</dd>
          </div>
          <div>
            <dt className={styles.label}>{t('licence')}</dt>
            <dd>{t('licenceText')}</dd>
          </div>
        </dl>
      </Section>
      <Actions>
        <Button icon="keyboard" onClick={openShortcuts}>
          {t('shortcuts')}
        </Button>
      </Actions>
    </>
  );
}
