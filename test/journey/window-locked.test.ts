// Locked means locked in the page too: whoever sits before a locked window, or looks into its page, its tab's storage or its memory, finds
// nothing of what was said and by whom.
import type { CDPSession } from 'playwright-core';
import { expect } from 'vitest';
import { openPeer } from '../../core/index.ts';
import { createVault } from '../../core/store/vault.ts';
import { CHEAP } from '../support/host.ts';
import type { Window } from '../support/window.ts';
import { acquaint, journey, type Stage } from '../support/window-stage.ts';

const PASSPHRASE = 'four words of mine';
const OLD = 'the cellar key lies under the blue stone';
const HEARD = 'burn this letter at once';
const TYPED = 'half a secret answer';
const LAST = 'whispered';
const UNREAD = 'one more';
/** What the page still has in mind when it is locked, somewhere else than in the conversation. */
const AT_LOCK = [HEARD, TYPED, UNREAD, 'Bobolina'];

journey('a locked page holds no word, no name and no count, on the screen, in its storage or in its memory', async ({ stage }) => {
  const { window, say, account, relay } = await aliceWithBob(stage);
  const relayId = relay.address.replace(/^.*\/p2p\//, '');
  await window.list.open('Bobolina');
  await window.talk.message(OLD).waitFor();
  await window.list.pane.getByRole('textbox').first().waitFor();
  await say(HEARD);
  await window.talk.message(HEARD).waitFor();
  await window.page.getByRole('log').filter({ hasText: HEARD }).waitFor({ state: 'attached' });
  await window.talk.composer.fill(TYPED);
  // Something unread: the title says how much.
  await window.settings.open('Appearance');
  await say(UNREAD);
  await expect.poll(() => window.page.title(), { timeout: 10_000 }).toBe('(1) Sotto');
  expect(await kept(window), 'where Alice was').toContain(account);
  const devtools = await window.page.context().newCDPSession(window.page);
  const before = await heap(devtools);
  for (const secret of [...AT_LOCK, relayId]) expect(before.includes(secret), `"${secret}" is found while it is there`).toBe(true);
  // A relay that goes away now: the window remembers when.
  await relay.kill();
  await window.list.connection.getByText(/Waiting for relay/).waitFor();
  await lock(window);
  expect(await window.page.title()).toBe('Sotto');
  const page: string = await window.page.evaluate('document.documentElement.outerHTML');
  const left = await kept(window);
  for (const secret of [OLD, ...AT_LOCK]) {
    expect(page, 'in the page').not.toContain(secret);
    expect(left, 'in the storage').not.toContain(secret);
  }
  expect(left, 'in the storage').not.toContain(account);
  const memory = await heap(devtools);
  for (const secret of [OLD, ...AT_LOCK, relayId]) expect(memory.includes(secret), `"${secret}" in the memory of the page`).toBe(false);
  await window.unlock.unlock(PASSPHRASE);
  await window.list.open('Bobolina');
  await window.talk.message(HEARD).waitFor();
  expect(await window.talk.composer.inputValue(), 'and nothing typed was lost').toBe(TYPED);
  await window.talk.composer.pressSequentially(LAST);
  await lock(window);
  expect((await heap(devtools)).includes(LAST), 'what was typed as it was locked').toBe(false);
  expect(await kept(window), 'where Alice was as it was locked').not.toContain(account);
  await window.unlock.unlock(PASSPHRASE);
  await window.list.open('Bobolina');
  await expect.poll(() => window.talk.composer.inputValue()).toBe(TYPED + LAST);
});

journey('a home that is made in a terminal during the first run asks for its passphrase', async ({ stage }) => {
  const { window } = await stage.person('Alice');
  await window.firstRun.name('Alice');
  await stage.lockedHome('Alice', PASSPHRASE);
  await window.firstRun.lock('another one of mine');
  await window.firstRun.relayHere();
  await window.unlock.unlock(PASSPHRASE);
  await window.list.pane.waitFor();
});

journey('a home that was cut off in the making leads back to the first run, which goes on with its passphrase', async ({ stage }) => {
  await createVault(stage.homeOf('Alice'), { passphrase: PASSPHRASE, cost: CHEAP });
  const { window } = await stage.person('Alice');
  await window.unlock.unlock(PASSPHRASE);
  await window.firstRun.name('Alice');
  await window.firstRun.lock('another one of mine');
  await window.firstRun.relayHere();
  await window.said('begun here before with another passphrase');
  await window.page.getByRole('button', { name: 'Back' }).click();
  await window.firstRun.lock(PASSPHRASE);
  await window.firstRun.relayHere();
  await window.page.getByRole('heading', { name: 'Now somebody to talk to.' }).waitFor();
});

async function aliceWithBob(stage: Stage) {
  const relay = await stage.relay();
  const bob = await stage.peer('Bob', relay);
  await stage.lockedHome('Alice', PASSPHRASE);
  const alice = await openPeer({ home: stage.homeOf('Alice'), passphrase: async () => PASSPHRASE, online: true });
  await alice.api.addRelay({ relay: relay.address });
  await acquaint(alice, 'Alice', bob, 'Bobolina');
  await bob.api.send({ who: 'Alice', text: OLD, id: null });
  await bob.api.sync({ timeoutMs: 10_000 });
  await alice.close();
  const { window } = await stage.person('Alice');
  await window.unlock.unlock(PASSPHRASE);
  await window.list.pane.waitFor();
  const say = (text: string) => bob.api.send({ who: 'Alice', text, id: null });
  const { account } = await bob.api.identity({});
  return { window, say, account, relay };
}

/** What stays in the browser. */
function kept({ page }: Window): Promise<string> {
  return page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, history.state, location.href, document.cookie])');
}

async function lock({ page, unlock }: Window): Promise<void> {
  await page.keyboard.press('Control+Shift+L');
  await unlock.field.waitFor();
}

/** Everything the page can still reach, as a text. */
async function heap(devtools: CDPSession): Promise<string> {
  const parts: string[] = [];
  const take = ({ chunk }: { readonly chunk: string }) => void parts.push(chunk);
  devtools.on('HeapProfiler.addHeapSnapshotChunk', take);
  await devtools.send('HeapProfiler.enable');
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  devtools.off('HeapProfiler.addHeapSnapshotChunk', take);
  return parts.join('');
}
