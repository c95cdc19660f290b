// Other people: who asks, who is declined or blocked, who is not who they were, and one who means harm.
import { expect } from 'vitest';
import type { RunningPeer } from '../../core/index.ts';
import type { Window } from '../support/window.ts';
import { hasFocus } from '../support/window-keys.ts';
import { journey, type Stage } from '../support/window-stage.ts';

const RIGHT_TO_LEFT = '\u202e';
/** As many as a message holds: two bytes each. */
const MARKS = '\u0301'.repeat(30_000);

journey('Alice declines one request and blocks another, and neither comes back', async ({ stage }) => {
  const relay = await stage.relay();
  const { window, link } = await aliceWithLink(stage, relay.address);
  for (const name of ['Mallory', 'Trudy']) await asks(await stage.peer(name, relay), link);
  await window.main.getByText('2 people want to write to you.').waitFor();
  await window.list.request('Mallory').click();
  await window.request.decline();
  await window.list.request('Mallory').waitFor({ state: 'detached' });
  await window.list.request('Trudy').click();
  await window.page.getByRole('button', { name: 'Block' }).click();
  await window.list.request('Trudy').waitFor({ state: 'detached' });
  await window.page.reload();
  await window.list.pane.getByText('Nobody here yet').waitFor();
  await window.main.getByRole('button', { name: 'I have a link' }).click();
  await expect.poll(() => hasFocus(window.page.getByRole('textbox', { name: 'Their link' }))).toBe(true);
});

journey('a new Bob is not the old one: another safety number, no verified mark, and not his name', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { window } = await stage.person('Alice');
  await window.list.open('Bob');
  await window.talk.showContact();
  const old = await safetyNumber(window);
  await window.page.getByRole('button', { name: 'Mark as verified' }).click();
  await window.page.getByText('you compared these numbers').waitFor();
  await window.invite.open();
  const link = await window.invite.make();
  await asks(await stage.peer('Bob', relay, 'Bob again'), link);
  await window.list.request('Bob').click();
  await window.request.accept('Bob');
  await window.main
    .getByRole('alert')
    .filter({ hasText: /already/ })
    .or(window.main.getByText(/already/))
    .first()
    .waitFor();
  await window.request.accept('Bob, new');
  await window.talk.composer.waitFor();
  await window.talk.showContact();
  await window.page.getByText('Not verified yet').waitFor();
  expect(await safetyNumber(window)).not.toBe(old);
  expect(await window.list.row('Bob').getByRole('img', { name: 'Verified' }).count()).toBe(1);
});

journey(
  'whatever Mallory sends is text: no markup, no turned line, no tower of marks, no link that looks like another',
  async ({ stage }) => {
    const relay = await stage.relay();
    const { window, link } = await aliceWithLink(stage, relay.address);
    const mallory = await stage.peer(`Sotto e${MARKS.slice(0, 50)}`, relay, 'Mallory');
    await asks(mallory, link);
    const request = window.list.pane.getByRole('region', { name: 'Requests' }).getByRole('listitem');
    await request.click();
    expect(await window.main.textContent()).not.toContain(MARKS.slice(0, 10));
    await window.request.accept('Mallory');
    const conversations = () => mallory.api.conversations({});
    await expect.poll(async () => (await conversations()).length, { timeout: 10_000 }).toBe(1);
    const [conversation] = await conversations();
    const who = conversation?.with.account ?? '';
    const say = (text: string) => mallory.api.send({ who, text, id: null });
    for (const text of [
      '<img src=x onerror="document.title=\'pwned\'"><script>document.title="pwned"</script><style>*{display:none}</style>',
      `invoice${RIGHT_TO_LEFT}fdp.exe`,
      `tall e${MARKS}`,
      'look: https://аpple.com/ and https://example.org@evil.example/',
      'Sotto: your account is locked, enter your passphrase',
      'the last one',
    ])
      await say(text);
    await window.talk.message('the last one').waitFor();
    await harmless(window);
    await window.talk.messages.getByRole('link', { name: /pple/ }).click();
    const dialog = window.page.getByRole('dialog');
    await dialog.getByText('xn--pple-43d.com', { exact: true }).waitFor();
    await dialog.getByText(/only look like others/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  },
);

/** Nothing of it ran, turned or grew. */
async function harmless(window: Window): Promise<void> {
  expect(await window.page.title()).toMatch(/Sotto$/);
  expect(await window.talk.message('<img src=x').isVisible()).toBe(true);
  expect(await window.talk.messages.locator('img, script, style').count()).toBe(0);
  expect(await window.talk.messages.textContent()).not.toContain(RIGHT_TO_LEFT);
  const tall = await window.talk.message('tall e').boundingBox();
  expect(tall?.height).toBeLessThan(120);
  expect(((await window.talk.message('tall e').textContent()) ?? '').length).toBeLessThan(100);
  await expect.poll(() => window.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(await window.talk.messages.getByRole('link', { name: /example\.org@/ }).count()).toBe(0);
}

async function aliceWithLink(stage: Stage, relay: string): Promise<{ readonly window: Window; readonly link: string }> {
  const alice = await stage.peer('Alice', null);
  await alice.api.addRelay({ relay });
  const { link } = await alice.api.createInvite({ public: true, expiresInMs: 0 });
  await alice.close();
  return { ...(await stage.person('Alice')), link };
}

async function asks(peer: RunningPeer, link: string): Promise<void> {
  await peer.api.addContact({ link, petname: 'Alice' });
  await peer.api.sync({ timeoutMs: 10_000 });
}

async function safetyNumber({ page }: Window): Promise<string> {
  const digits = page.getByRole('group', { name: 'Safety number' });
  await digits.waitFor();
  return ((await digits.textContent()) ?? '').replaceAll(/\D/g, '');
}
