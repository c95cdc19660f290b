// Every screen looked at: pictures kept, axe over it, nothing beyond an edge on a small telephone. One screen of each kind closely, and in the
// full size each: axe over the dark theme too, nothing beyond an edge at 200 % zoom or from right to left.
import { expect } from 'vitest';
import { size } from '../support/size.ts';
import type { Window } from '../support/window.ts';
import { lookAt } from '../support/window-look.ts';
import { journey, type Stage } from '../support/window-stage.ts';

/** Those that are looked at closely in every size. */
const CLOSELY = new Set(['first-run-3-relay', 'list', 'conversation', 'contact', 'palette', 'settings-relays']);

/** Looks at screens one after the other, and says of all together what is wrong. */
class Looking {
  readonly #window: Window;
  readonly findings: string[] = [];

  constructor(window: Window) {
    this.#window = window;
  }

  async at(screen: string): Promise<void> {
    this.findings.push(...(await lookAt(this.#window.page, screen, size !== 'usual' || CLOSELY.has(screen))));
  }
}

journey('the first run', async ({ stage }) => {
  const relay = await stage.relay();
  const { window } = await stage.person('Alice');
  const look = new Looking(window);
  const { page } = window;
  await page.getByRole('textbox', { name: 'Your name' }).waitFor();
  await look.at('first-run-1-name');
  await window.firstRun.name('Alice');
  await page.getByRole('radio', { name: /A passphrase/ }).waitFor();
  await look.at('first-run-2-lock');
  await window.firstRun.lock(null);
  await page.getByRole('radio', { name: /I was given a relay/ }).check();
  await page.getByRole('textbox', { name: 'Address of the relay' }).fill(relay.address);
  await look.at('first-run-3-relay');
  await window.firstRun.relay(relay.address);
  await window.firstRun.link();
  await look.at('first-run-4-people');
  expect(look.findings).toEqual([]);
});

journey('the lock', async ({ stage }) => {
  await stage.lockedHome('Alice', 'four words of mine');
  const { window } = await stage.person('Alice');
  const look = new Looking(window);
  await window.unlock.field.waitFor();
  await look.at('unlock');
  expect(look.findings).toEqual([]);
});

journey('conversations, with all that can stand in one', async ({ stage }) => {
  const { window } = await lively(stage);
  const look = new Looking(window);
  const { page } = window;
  await window.list.request('Carol').waitFor();
  await look.at('list');
  await window.list.open('Bob');
  await window.talk.message('example.org').waitFor();
  await look.at('conversation');
  await window.talk.messages.getByRole('link', { name: /example\.org/ }).click();
  await page.getByRole('dialog').waitFor();
  await look.at('link');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('textbox', { name: 'Search emoji' }).waitFor();
  await look.at('emoji');
  await page.keyboard.press('Escape');
  await window.list.request('Carol').click();
  await page.getByRole('button', { name: 'Accept' }).waitFor();
  await look.at('request');
  expect(look.findings).toEqual([]);
});

journey('people: inviting, a contact, the palette, the shortcuts', async ({ stage }) => {
  const { window } = await lively(stage);
  const look = new Looking(window);
  const { page } = window;
  await window.invite.open();
  await window.invite.make();
  await look.at('invite');
  await window.list.open('Bob');
  await window.talk.showContact();
  await page.getByRole('group', { name: 'Safety number' }).waitFor();
  await look.at('contact');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await look.at('palette');
  await page.keyboard.press('Escape');
  await window.talk.composer.waitFor();
  await page.getByRole('heading', { name: 'Contact', exact: true }).focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await look.at('shortcuts');
  expect(look.findings).toEqual([]);
});

journey('the settings', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.peer('Alice', relay).then((peer) => peer.close());
  const { window } = await stage.person('Alice');
  const look = new Looking(window);
  for (const page of ['Profile', 'Relays', 'Notifications', 'Appearance', 'Passphrase and lock', 'Storage', 'About Sotto']) {
    await window.settings.open(page);
    await look.at(`settings-${page.toLowerCase().replaceAll(' ', '-')}`);
  }
  expect(look.findings).toEqual([]);
});

/** Alice with Bob, who wrote long and short, and Carol, who asks. */
async function lively(stage: Stage): Promise<{ readonly window: Window }> {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const bob = await stage.again('Bob');
  const [{ with: alice } = { with: { account: '' } }] = await bob.api.conversations({});
  const texts = [
    'Good morning!',
    'Have you seen this? https://example.org/a/rather/long/path/that/has/to/break/somewhere?and=a&query=too',
    'A long one. '.repeat(60),
    `Averyveryverylongword${'andon'.repeat(60)}`,
    'Two\nlines',
    '🌱',
    'مرحبا، كيف حالك؟',
  ];
  for (const text of texts) await bob.api.send({ who: alice.account, text, id: null });
  const { link } = await openLink(stage);
  const carol = await stage.peer('Carol', relay);
  await carol.api.addContact({ link, petname: 'Alice' });
  for (const peer of [bob, carol]) await peer.api.sync({ timeoutMs: 10_000 });
  return stage.person('Alice');
}

async function openLink(stage: Stage): Promise<{ readonly link: string }> {
  const alice = await stage.again('Alice');
  const { link } = await alice.api.createInvite({ public: true, expiresInMs: 0 });
  await alice.close();
  return { link };
}
