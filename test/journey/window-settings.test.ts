// What somebody sets: language, colours, their name, relays, the passphrase; and the lock that it opens.
import { expect } from 'vitest';
import type { Window } from '../support/window.ts';
import { journey } from '../support/window-stage.ts';

const PASSPHRASE = 'four words of mine';

journey('Alice chooses German and dark colours, and finds both after a restart', async ({ stage }) => {
  await stage.peer('Alice', null).then((peer) => peer.close());
  const { engine, window } = await stage.person('Alice');
  await window.settings.open('Appearance');
  await window.page.getByRole('radio', { name: 'Dark' }).check();
  await window.page.getByRole('radio', { name: 'Deutsch' }).check();
  await window.page.getByRole('heading', { name: 'Aussehen', level: 1 }).waitFor();
  await window.close();
  await engine.end();
  await engine.start();
  const again = await stage.window(engine);
  await again.page.getByRole('navigation', { name: 'Unterhaltungen' }).waitFor();
  expect(await again.page.evaluate('document.documentElement.lang')).toBe('de');
  expect(await again.page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toContain('dark');
});

journey('Alice takes another name, which Bob hears with her request, and hides when she is online', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.peer('Alice', relay).then((peer) => peer.close());
  const bob = await stage.peer('Bob', relay);
  const { window } = await stage.person('Alice');
  await window.settings.open('Profile');
  await window.page.getByRole('textbox', { name: 'Your name' }).fill('Alice Liddell');
  await window.page.getByRole('button', { name: 'Save' }).click();
  await window.said('Saved');
  const { link } = await bob.api.createInvite({ public: false, expiresInMs: 0 });
  await window.invite.open();
  await window.invite.use(`Here is my link: ${link} See you soon!`, 'Bob');
  await expect
    .poll(async () => (await bob.api.requests({})).map(({ contact }) => contact.claimedName), { timeout: 10_000 })
    .toEqual(['Alice Liddell']);
  await window.settings.open('Profile');
  const shows = (what: string) => window.page.getByRole('switch', { name: `Show when you ${what}` });
  await shows('are online').uncheck();
  // As the engine has it: the page asks each time it shows them.
  await expect
    .poll(async () => {
      await window.settings.open('Relays');
      await window.settings.open('Profile');
      return Promise.all([shows('are online').isChecked(), shows('type').isChecked()]);
    })
    .toEqual([false, true]);
});

journey('Alice adds a relay by its line, sees it connected, and removes it again', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.peer('Alice', null).then((peer) => peer.close());
  const { window } = await stage.person('Alice');
  await window.settings.open('Relays');
  await window.page.getByRole('textbox', { name: 'Address of the relay' }).fill('my relay');
  await window.page.getByRole('button', { name: 'Add', exact: true }).click();
  await window.page.getByText('This is not the address of a relay').waitFor();
  await window.page.getByRole('textbox', { name: 'Address of the relay' }).fill(relay.address);
  await window.page.getByRole('button', { name: 'Add', exact: true }).click();
  await window.main.getByRole('listitem').getByText('Connected').waitFor();
  await window.main.getByRole('listitem').getByText('Details').click();
  await window.main.getByRole('listitem').getByRole('button', { name: 'Remove' }).click();
  await window.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await window.page.getByText('You have no relay yet').waitFor();
});

journey('a wrong passphrase is said plainly and changes nothing; the right one opens', async ({ stage }) => {
  await stage.lockedHome('Alice', PASSPHRASE);
  const { window } = await stage.person('Alice');
  await window.unlock.unlock('four words of hers');
  await window.page
    .getByRole('alert')
    .filter({ hasText: /passphrase/i })
    .waitFor();
  expect(await window.unlock.field.inputValue()).toBe('four words of hers');
  await window.unlock.unlock(PASSPHRASE);
  await window.list.pane.waitFor();
});

journey('Alice changes her passphrase, locks, and only the new one unlocks', async ({ stage }) => {
  await stage.lockedHome('Alice', PASSPHRASE);
  const { window } = await stage.person('Alice');
  await window.unlock.unlock(PASSPHRASE);
  await window.list.pane.waitFor();
  await window.settings.open('Passphrase and lock');
  await change(window, 'not it', 'a new one');
  await window.page.getByRole('alert').filter({ hasText: 'This is not the passphrase.' }).waitFor();
  await change(window, PASSPHRASE, 'a new one');
  await window.said('The passphrase is changed');
  await window.page.getByRole('button', { name: 'Lock now' }).click();
  await window.unlock.unlock(PASSPHRASE);
  await window.page
    .getByRole('alert')
    .filter({ hasText: /passphrase/i })
    .waitFor();
  await window.unlock.unlock('a new one');
  await window.list.pane.waitFor();
});

async function change({ page }: Window, from: string, to: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'Change' }).click();
  await dialog.getByRole('textbox', { name: 'Current passphrase' }).fill(from);
  await dialog.getByRole('textbox', { name: 'New passphrase' }).fill(to);
  await dialog.getByRole('textbox', { name: 'The new one again' }).fill(to);
  await dialog.getByRole('button', { name: 'Save' }).click();
}
