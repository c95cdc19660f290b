// What comes from outside of the window (a link that was opened, a notification that was clicked), kept from the page's first moment on until
// the open window takes it. A link is hostile: it is only ever put into a field.
import { offeredLink } from '../invites/offered-link.ts';
import type { Client } from './client.ts';
import { Cell } from './readable.ts';

/** The account whose notification was clicked; null: none. */
export const shownAccount = new Cell<string | null>(null);

/** Listens for as long as the page lives. */
export function listenOutside(client: Client): void {
  client.onEvent((event) => {
    if (event.event === 'link') offeredLink.set(event.link);
    if (event.event === 'show') shownAccount.set(event.account);
  });
}
