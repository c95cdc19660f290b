// How it looks and feels, on this device only.
import { Choice } from '../design/choice.tsx';
import { Switch } from '../design/switch.tsx';
import { onMac } from '../shortcuts/shortcuts.ts';
import { useWords } from '../words/use-words.ts';
import styles from './pages.module.css';
import { Section } from './section.tsx';
import { usePreferences } from './use-preferences.ts';

/** Settings, appearance. */
export function AppearancePage() {
  const t = useWords('settings');
  const tKeys = useWords('palette');
  const [now, change] = usePreferences();
  const key = onMac ? '⌘' : tKeys('ctrl');
  return (
    <Section>
      <Choice
        label={t('theme')}
        look="row"
        value={now.appearance}
        options={[
          { value: 'system', label: t('system') },
          { value: 'light', label: t('light') },
          { value: 'dark', label: t('dark') },
        ]}
        onChange={(appearance) => change({ appearance })}
      />
      <Choice
        label={t('language')}
        look="row"
        value={now.language}
        options={[
          { value: 'system', label: t('languageSystem') },
          { value: 'en', label: t('english') },
          { value: 'de', label: t('german') },
        ]}
        onChange={(language) => change({ language })}
      />
      <div className={styles.switches}>
        <Switch
          label={t('enterSends')}
          hint={now.enterSends ? t('enterSendsOn') : t('enterSendsOff', { key })}
          checked={now.enterSends}
          onChange={(enterSends) => change({ enterSends })}
        />
        <Switch
          label={t('contrast')}
          hint={t('contrastHint')}
          checked={now.contrast === 'more'}
          onChange={(more) => change({ contrast: more ? 'more' : 'system' })}
        />
        <Switch
          label={t('motion')}
          hint={t('motionHint')}
          checked={now.motion === 'less'}
          onChange={(less) => change({ motion: less ? 'less' : 'system' })}
        />
      </div>
    </Section>
  );
}
