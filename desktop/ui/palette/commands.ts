// What the palette can do beside finding people. Each command names its words, its icon and its keys.
import type { Client } from '../app/client.ts';
import type { Navigation } from '../app/navigation.tsx';
import type { IconName } from '../design/icon.tsx';
import { SETTINGS_PAGES } from '../settings/pages.ts';
import type { ShortcutId } from '../shortcuts/list.ts';
import { openShortcuts } from '../shortcuts/open.ts';
import type { WordKey } from '../words/catalogues.ts';

/** One command. */
export interface Command {
  readonly id: string;
  /** Its words; a page of the settings is named by `page`. */
  readonly word: WordKey<'palette'>;
  readonly page?: WordKey<'settings'>;
  readonly icon: IconName;
  readonly shortcut?: ShortcutId;
  /** The sentence said when it went well. */
  readonly done?: WordKey<'palette'>;
  /** May reject with a code. */
  run(): unknown;
}

/** What can be done now. */
export function commandsOf(client: Client, { go }: Pick<Navigation, 'go'>): readonly Command[] {
  const appearance = (value: 'light' | 'dark' | 'system') => () => client.api.setPreferences({ appearance: value });
  const pages = SETTINGS_PAGES.map(({ id, icon }) => ({
    id: `settings-${id}`,
    word: 'page' as const,
    page: id,
    icon,
    run: () => go({ at: 'settings', page: id }),
  }));
  return [
    { id: 'invite', word: 'newInvite', icon: 'user-plus', shortcut: 'invite', run: () => go({ at: 'invite' }) },
    { id: 'settings', word: 'openSettings', icon: 'settings', shortcut: 'settings', run: () => go({ at: 'settings' }) },
    ...(client.conversations.get().unread > 0
      ? [{ id: 'mark-all', word: 'markAll', icon: 'checks', done: 'allRead', run: () => markAll(client) } as const]
      : []),
    ...(client.home.get()?.slots.passphrase === true
      ? [{ id: 'lock', word: 'lockNow', icon: 'lock', shortcut: 'lock', run: () => client.api.lock({}) } as const]
      : []),
    { id: 'light', word: 'light', icon: 'sun', run: appearance('light') },
    { id: 'dark', word: 'dark', icon: 'moon', run: appearance('dark') },
    { id: 'system', word: 'system', icon: 'device', run: appearance('system') },
    { id: 'shortcuts', word: 'allShortcuts', icon: 'keyboard', shortcut: 'shortcuts', run: openShortcuts },
    ...pages,
  ];
}

async function markAll(client: Client): Promise<void> {
  const { order, byAccount } = client.conversations.get();
  for (const account of order) if ((byAccount.get(account)?.unread ?? 0) > 0) await client.markRead(account, null);
}
