// What is written, and where it appears: to who has not answered, one after the other, through an engine that dies, from two windows at once.
import { expect } from 'vitest';
import { journey } from '../support/window-stage.ts';

/** A lost line is an error to every browser, whatever a page does. */
const LOST_LINE = /WebSocket connection|ERR_CONNECTION_REFUSED/;

journey('what Alice writes to Bob before he answers is there at once, in the list too, and is sent once he accepts', async ({ stage }) => {
  const relay = await stage.relay();
  const alice = await stage.peer('Alice', relay);
  const bob = await stage.peer('Bob', relay);
  const { link } = await bob.api.createInvite({ public: false, expiresInMs: 0 });
  await alice.api.addContact({ link, petname: 'Bob' });
  await alice.close();
  const { window } = await stage.person('Alice');
  await window.list.open('Bob');
  await window.talk.say('Are you there?');
  await window.talk.messageThatIs('Are you there?', /Waiting to be sent/).waitFor();
  await window.list.row('Bob').getByText('Are you there?').waitFor();
  await window.page.reload();
  await window.list.row('Bob').getByText('Are you there?').waitFor();
  await window.talk.message('Are you there?').waitFor();
  await bob.api.sync({ timeoutMs: 10_000 });
  await bob.api.accept({ who: 'Alice', petname: null });
  await window.talk.messageThatIs('Are you there?', /Sent|Delivered|Read/).waitFor();
  expect(await window.talk.message('Are you there?').count()).toBe(1);
});

journey('Alice types quickly: every Enter is a message, in their order, and the newest is in sight', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { window } = await stage.person('Alice');
  const { page, talk } = window;
  await window.list.open('Bob');
  const words = Array.from({ length: 25 }, (_, at) => `word${at}.`);
  await talk.composer.focus();
  for (const word of words) {
    await page.keyboard.insertText(word);
    await page.keyboard.press('Enter');
  }
  await talk.message('word24.').waitFor();
  await expect.poll(() => talk.composer.inputValue()).toBe('');
  const rows = await talk.messages.getByRole('listitem').allTextContents();
  expect(rows.map((text) => /word\d+\./.exec(text)?.[0]).filter((text) => text !== undefined)).toEqual(words);
  // A long text makes the list small; what follows it is in sight all the same.
  await talk.composer.fill('a line\n'.repeat(30));
  await talk.composer.press('Enter');
  await expect.poll(() => talk.composer.inputValue()).toBe('');
  await talk.say('and after it');
  await talk.message('and after it').waitFor();
  await expect.poll(() => talk.message('and after it').isVisible()).toBe(true);
  const nearest =
    "(() => { const box = document.querySelector('[data-messages]'); return box.scrollHeight - box.clientHeight - box.scrollTop; })()";
  await expect.poll(() => page.evaluate(nearest)).toBeLessThan(24);
  // Details are those of the engine.
  await talk.message('and after it').hover();
  await talk.message('and after it').getByRole('button', { name: 'More about this message' }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
  const details = page.getByRole('dialog');
  await details.getByText('Through the relay').waitFor();
  await details.getByText('Fits the chain this device has checked').waitFor();
});

journey('the engine dies while Alice sends: her text stays, and sent again it is one message', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Alice');
  window.expectComplaint(LOST_LINE);
  await window.list.open('Bob');
  await window.talk.sayAndSee('Before');
  process.kill(engine.pid, 'SIGSTOP');
  await window.talk.say('Through thick and thin');
  await engine.end('SIGKILL');
  await window.page.getByText(/nothing is lost/i).waitFor();
  expect(await window.talk.composer.inputValue()).toBe('Through thick and thin');
  await engine.start();
  await window.comeBack(engine);
  // The line is said to be there once the home is open: an Enter in the moment before may meet the field that is just going.
  await window.page.getByText('Connected', { exact: true }).waitFor();
  await expect.poll(() => window.talk.composer.inputValue()).toBe('Through thick and thin');
  await window.talk.composer.press('Enter');
  await window.talk.messageThatIs('Through thick and thin', /Sent|Delivered/).waitFor();
  expect(await window.talk.message('Through thick and thin').count()).toBe(1);
  expect(await window.talk.composer.inputValue()).toBe('');
});

journey('two windows of Alice have one draft: typed in one it is in the other, sent there it is gone in both', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const first = await stage.person('Alice');
  const second = await stage.person('Alice');
  for (const { window } of [first, second]) await window.list.open('Bob');
  await first.window.talk.composer.fill('Typed once');
  await expect.poll(() => second.window.talk.composer.inputValue()).toBe('Typed once');
  await second.window.talk.composer.press('Enter');
  await second.window.talk.message('Typed once').waitFor();
  await first.window.talk.message('Typed once').waitFor();
  await expect.poll(() => first.window.talk.composer.inputValue()).toBe('');
});
