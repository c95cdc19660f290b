// A line that breaks: somebody away, a relay killed, an engine killed, a tab loaded again, a restart in the middle of a text.
import { expect } from 'vitest';
import { PersonOfTheirOwn } from '../support/people-process.ts';
import { bySize } from '../support/size.ts';
import { journey } from '../support/window-stage.ts';

/** Messages that wait for Bob: several pages of a conversation, and in the full size more than the window keeps at once. */
const WAITING = bySize({ usual: 120, full: 500, slow: 500 });
/** A lost line is an error to every browser, whatever a page does. */
const LOST_LINE = /WebSocket connection|ERR_CONNECTION_REFUSED/;

journey(`Bob comes back to ${WAITING} messages: counted, begun where he left, all there in their order`, async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Bob');
  await window.list.row('Alice').waitFor();
  await window.close();
  await engine.end();
  const alice = await new PersonOfTheirOwn('Alice', stage.folderOf('Alice'), 'kill -9').start();
  await alice.stream('Bob', WAITING);
  await alice.call('sync', { timeoutMs: 30_000 });
  await engine.start();
  const bob = await stage.window(engine);
  await bob.list.row('Alice').getByText(`${WAITING} unread messages`).waitFor({ state: 'attached' });
  await bob.list.open('Alice');
  await bob.talk.message('New messages').waitFor();
  expect(await bob.talk.messages.getByText(/^Alice 1$/).isVisible()).toBe(true);
  await bob.page.getByRole('button', { name: /Go to the newest message/ }).click();
  await bob.talk.messages.getByText(`Alice ${WAITING}`).waitFor();
  await bob.list.row('Alice').getByText('unread').waitFor({ state: 'detached' });
  await bob.talk.sayAndSee('I am back');
  await expect.poll(async () => (await alice.history('Bob')).at(-1)?.text, { timeout: 10_000 }).toBe('I am back');
});

journey('the relay dies: what is said waits and says so; the relay is back: it is stored, and Bob has it', async ({ stage }) => {
  const relay = await stage.mortalRelay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const [alice, bob] = await Promise.all([stage.person('Alice'), stage.person('Bob')]);
  await alice.window.list.open('Bob');
  await alice.window.list.connection.getByText('Connected').waitFor();
  await relay.kill();
  await alice.window.list.connection.getByText(/Waiting for relay/).waitFor();
  await alice.window.talk.say('Can you hear me?');
  await alice.window.talk.messageThatIs('Can you hear me?', /Waiting to be sent/).waitFor();
  await relay.start();
  await alice.window.talk.messageThatIs('Can you hear me?', /Sent|Delivered|Read/).waitFor({ timeout: 20_000 });
  await bob.window.list.open('Alice');
  await bob.window.talk.message('Can you hear me?').waitFor({ timeout: 20_000 });
  await alice.window.list.connection.getByText('Connected').waitFor();
});

journey('the engine is killed: Alice is told, goes on typing, and finds every letter when it runs again', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Alice');
  window.expectComplaint(LOST_LINE);
  await window.list.open('Bob');
  await window.talk.sayAndSee('Before');
  await window.talk.composer.pressSequentially('Half a sent');
  await engine.end('SIGKILL');
  await window.page.getByRole('status').filter({ hasText: 'Sotto stopped in the background' }).waitFor();
  expect(await window.talk.composer.inputValue()).toBe('Half a sent');
  await window.talk.composer.pressSequentially('ence');
  await engine.start();
  await window.comeBack(engine);
  await window.talk.message('Before').waitFor();
  await expect.poll(() => window.talk.composer.inputValue()).toBe('Half a sentence');
  await window.talk.composer.press('Enter');
  await window.talk.messageThatIs('Half a sentence', /Sent|Delivered/).waitFor();
});

journey('her address opened in a second tab opens nothing and says at once what to do; the first tab goes on', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Alice');
  window.expectComplaint(LOST_LINE);
  await window.list.row('Bob').waitFor();
  const second = await stage.window(engine);
  second.expectComplaint(LOST_LINE);
  await second.page.getByRole('heading', { name: 'Every tab needs an address of its own.' }).waitFor();
  await window.list.open('Bob');
  await window.talk.sayAndSee('Still here');
});

journey('the tab is loaded again: the same conversation, the same unfinished text', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { window } = await stage.person('Alice');
  await window.list.open('Bob');
  await window.talk.sayAndSee('One');
  await window.talk.composer.fill('two, not yet');
  await window.page.reload();
  await window.talk.message('One').waitFor();
  await expect.poll(() => window.talk.composer.inputValue()).toBe('two, not yet');
});

journey('an unfinished text is there after a restart, in the list and where it was typed', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Alice');
  await window.list.open('Bob');
  await window.talk.composer.fill('Dear Bob,\nI wanted to');
  await window.close();
  await engine.end();
  await engine.start();
  const again = await stage.window(engine);
  await again.list.row('Bob').getByText('Draft:').waitFor();
  await again.list.open('Bob');
  await expect.poll(() => again.talk.composer.inputValue()).toBe('Dear Bob,\nI wanted to');
});
