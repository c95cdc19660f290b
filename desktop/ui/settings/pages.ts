// The pages of the settings, in their order.
import type { IconName } from '../design/icon.tsx';

/** A page: its id is also the key of its words. */
export const SETTINGS_PAGES = [
  { id: 'profile', icon: 'user' },
  { id: 'relays', icon: 'relay' },
  { id: 'notifications', icon: 'bell' },
  { id: 'appearance', icon: 'sun' },
  { id: 'security', icon: 'lock' },
  { id: 'storage', icon: 'storage' },
  { id: 'about', icon: 'info' },
] as const satisfies readonly { readonly id: string; readonly icon: IconName }[];

/** Name of a page. */
export type SettingsPage = (typeof SETTINGS_PAGES)[number]['id'];

/** The page of a place; null when it names none. */
export function settingsPage(page: string | undefined): SettingsPage | null {
  return SETTINGS_PAGES.find(({ id }) => id === page)?.id ?? null;
}
