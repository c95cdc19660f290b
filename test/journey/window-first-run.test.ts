// From nothing to words both ways, for two people at once, each with an engine and a window of their own over a relay.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Window } from '../support/window.ts';
import { journey, type Stage } from '../support/window-stage.ts';

/** Longest first run, ms: what the issue allows is a minute with reading. */
const QUICK_MS = 20_000;

async function begin(window: Window, name: string, relay: string): Promise<void> {
  await window.firstRun.name(name);
  await window.firstRun.lock(null);
  await window.firstRun.relay(relay);
}

async function bothBegin(stage: Stage) {
  const relay = await stage.relay();
  const [alice, bob] = await Promise.all([stage.person('Alice'), stage.person('Bob')]);
  await Promise.all([begin(alice.window, 'Alice', relay.address), begin(bob.window, 'Bob', relay.address)]);
  return { alice: alice.window, bob: bob.window, endBob: () => bob.window.close().then(() => bob.engine.end()) };
}

journey('Alice and Bob begin, find each other by a link, write both ways, and see each other type and go', async ({ stage }) => {
  const start = performance.now();
  const { alice, bob, endBob } = await bothBegin(stage);
  const link = await bob.firstRun.link();
  await bob.firstRun.done();
  await alice.invite.use(link, 'Bob');
  await bob.list.request('Alice').click();
  await bob.request.accept('Alice');
  await bob.talk.sayAndSee('Hello Alice!');
  await alice.talk.message('Hello Alice!').waitFor();
  await alice.said('Bob: Hello Alice!');
  await alice.talk.sayAndSee('Hello Bob, here we are.');
  await bob.talk.message('Hello Bob, here we are.').waitFor();
  await alice.talk.messageThatIs('Hello Bob, here we are.', /Delivered|Read/).waitFor();
  expect(performance.now() - start).toBeLessThan(QUICK_MS);
  await header(bob, 'Online').waitFor();
  await alice.talk.composer.fill('One moment');
  // What was told with her first words is not told again so soon.
  const types = header(bob, 'Typing …');
  await expect.poll(() => alice.talk.composer.press('.').then(() => types.count()), { timeout: 10_000, interval: 200 }).toBe(1);
  await bob.list.row('Alice').getByText('Typing …').waitFor();
  await alice.talk.composer.press('Enter');
  await bob.talk.message('One moment').waitFor();
  // Sooner than it lapses by itself.
  await header(bob, 'Online').waitFor({ timeout: 3_000 });
  await bob.list.row('Alice').getByText('One moment').waitFor();
  await header(alice, 'Online').waitFor();
  await endBob();
  await header(alice, /^Last seen /).waitFor();
});

/** What the head of the open conversation says of the other. */
function header({ main }: Window, words: string | RegExp): Locator {
  return main.getByRole('heading', { level: 1 }).getByText(words, { exact: true });
}
