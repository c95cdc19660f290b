// What stands between a window and its engine: a program that was there before, and an engine that does not answer.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from 'vitest';
import { journey } from '../support/window-stage.ts';

/** A lost line is an error to every browser, whatever a page does. */
const LOST_LINE = /WebSocket connection|ERR_CONNECTION_REFUSED/;
const TRAP = '<!doctype html><title>Trap</title><h1>Give me your passphrase</h1>';
/** Takes over every page of its origin, for ever. */
const WORKER = `
  addEventListener('install', () => skipWaiting());
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => event.respondWith(new Response(${JSON.stringify(TRAP)}, { headers: { 'Content-Type': 'text/html' } })));
`;

journey('another program that answered at this port before, and stays in the browser, gets nothing of the window', async ({ stage }) => {
  const { engine, window } = await stage.person('Alice');
  window.expectComplaint(LOST_LINE);
  const welcome = window.page.getByRole('textbox', { name: 'Your name' });
  await welcome.waitFor();
  const port = Number(new URL(engine.url).port);
  await engine.end();
  const before = createServer(({ url }, response) => {
    const isWorker = url === '/worker.js';
    response.setHeader('Content-Type', isWorker ? 'text/javascript' : 'text/html');
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    response.end(isWorker ? WORKER : TRAP);
  });
  before.listen(port, '127.0.0.1');
  await once(before, 'listening');
  const visit = await window.page.context().newPage();
  await visit.goto(`http://127.0.0.1:${port}/`);
  await visit.evaluate("navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)");
  await expect.poll(() => visit.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
  before.close();
  before.closeAllConnections();
  expect(await (await visit.reload())?.text(), 'it stays without its program').toBe(TRAP);
  await engine.start();
  expect(new URL(engine.url).port).toBe(String(port));
  // A page of its own: the same address with another token would only be told to the page that is there.
  await window.page.goto('about:blank');
  await window.comeBack(engine);
  await welcome.waitFor();
  expect(await window.page.evaluate('navigator.serviceWorker.controller === null')).toBe(true);
});

journey('the engine hangs: Alice is told, goes on typing, and every letter is there when it moves again', async ({ stage }) => {
  const relay = await stage.relay();
  await stage.acquainted(relay, 'Alice', 'Bob');
  const { engine, window } = await stage.person('Alice');
  const told = window.page.getByRole('status').filter({ hasText: 'Sotto does not answer in the background' });
  await window.list.open('Bob');
  await window.talk.sayAndSee('Before');
  // What the page waits for takes seconds; they are gone through by hand.
  await window.page.clock.install();
  process.kill(engine.pid, 'SIGSTOP');
  await window.talk.composer.pressSequentially('Half a sent');
  await expect
    .poll(async () => {
      await window.page.clock.fastForward(1_000);
      return told.isVisible();
    })
    .toBe(true);
  await window.talk.composer.pressSequentially('ence');
  process.kill(engine.pid, 'SIGCONT');
  await told.waitFor({ state: 'detached' });
  expect(await window.talk.composer.inputValue()).toBe('Half a sentence');
  await window.talk.composer.press('Enter');
  await window.talk.messageThatIs('Half a sentence', /Sent|Delivered/).waitFor();
});
