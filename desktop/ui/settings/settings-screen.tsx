// The settings: their pages on one side, the page on the other; one at a time where there is no room.
import { useEffect, useRef } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { START } from '../app/place.ts';
import { Icon } from '../design/icon.tsx';
import { placeBehind } from '../shortcuts/way-back.ts';
import { useWords } from '../words/use-words.ts';
import { AboutPage } from './about-page.tsx';
import { AppearancePage } from './appearance-page.tsx';
import { NotificationsPage } from './notifications-page.tsx';
import { SETTINGS_PAGES, type SettingsPage, settingsPage } from './pages.ts';
import { ProfilePage } from './profile-page.tsx';
import { RelaysPage } from './relays-page.tsx';
import { Screen } from './section.tsx';
import { SecurityPage } from './security-page.tsx';
import styles from './settings.module.css';
import { StoragePage } from './storage-page.tsx';

const PAGES: Readonly<Record<SettingsPage, () => React.ReactNode>> = {
  profile: ProfilePage,
  relays: RelaysPage,
  notifications: NotificationsPage,
  appearance: AppearancePage,
  security: SecurityPage,
  storage: StoragePage,
  about: AboutPage,
};

/** The screen at { at: 'settings' }; without a page, the list of pages is what a narrow window shows. */
export function SettingsScreen() {
  const t = useWords('settings');
  const { place, go } = useNavigation();
  const asked = settingsPage(place.at === 'settings' ? place.page : undefined);
  const page = asked ?? 'profile';
  const Page = PAGES[page];
  const list = useRef<HTMLHeadingElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The list has the focus for itself while somebody goes through it by keyboard in a wide window.
    const isInList = document.activeElement?.closest('[data-settings-list]') != null && document.activeElement.checkVisibility();
    if (!isInList) (asked === null ? list : heading).current?.focus();
  }, [asked]);
  return (
    <div className={styles.settings} data-page={asked ?? undefined}>
      <div className={styles.list} data-settings-list>
        <Screen title={t('title')} ref={list} column="menu" back={{ label: t('back'), onBack: () => go(placeBehind(place) ?? START) }}>
          <nav aria-label={t('pages')}>
            <ul className={styles.pages}>
              {SETTINGS_PAGES.map(({ id, icon }) => (
                <li key={id}>
                  <button
                    type="button"
                    className={styles.page}
                    aria-current={id === page ? 'page' : undefined}
                    onClick={() => go({ at: 'settings', page: id })}
                  >
                    <Icon name={icon} />
                    <span>{t(id)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </nav>
        </Screen>
      </div>
      <div className={styles.detail}>
        <Screen key={page} title={t(page)} ref={heading} column="start" back={{ label: t('back'), onBack: () => go({ at: 'settings' }) }}>
          <Page />
        </Screen>
      </div>
    </div>
  );
}
