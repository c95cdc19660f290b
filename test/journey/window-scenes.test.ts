// What takes a month, a midnight or another device to come about: the built page, its real contract and server, over the double of an engine.
import { afterEach, expect } from 'vitest';
import { serveApi } from '../../core/carrier/serve.ts';
import { readPageFiles } from '../../core/host/page-files.ts';
import { servePage } from '../../core/host/page-server.ts';
import { windowContract } from '../../core/window-api.ts';
import { PAGE_FOLDER } from '../../desktop/build/page.ts';
import { Double } from '../../desktop/ui/try/double.ts';
import { EVERYBODY } from '../../desktop/ui/try/scenes.ts';
import type { Talk } from '../../desktop/ui/try/talk.ts';
import { journey, type Stage } from '../support/window-stage.ts';

const DAY = 86_400_000;
const ends: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(ends.splice(0).map((end) => end())));

journey('a message that failed is sent again, and while its reader is blocked the window says what to do first', async ({ stage }) => {
  const { double, window, talk } = await everybody(stage);
  const { account } = talk('Dave');
  await window.list.open('Dave');
  const again = window.talk.messages.getByRole('button', { name: 'Send again' });
  await again.waitFor();
  await double.api.block({ who: account });
  await window.main.getByText('You blocked this contact').waitFor();
  await again.click();
  await window.said('You have blocked this contact. Unblock them first.');
  await window.page.getByRole('button', { name: 'Unblock' }).click();
  await window.talk.composer.waitFor();
  await again.click();
  await window.talk.messageThatIs('Which one of the three?', /Waiting to be sent/).waitFor();
  expect(await again.count()).toBe(0);
});

journey('a direct message is marked until its stamp is there', async ({ stage }) => {
  const { double, window, talk } = await everybody(stage);
  const bob = talk('Bob Amsel');
  await window.list.open('Bob Amsel');
  double.receive(bob.account, 'straight to you');
  const mark = window.talk.message('straight to you').getByRole('img', { name: /^Came directly/ });
  await window.talk.message('straight to you').waitFor();
  expect(await mark.count()).toBe(0);
  const { last } = bob.talk;
  if (last === null) throw new Error('nothing was received');
  double.tell({ event: 'state', message: { ...last, provisional: true, seq: null, epoch: null } });
  await mark.waitFor();
  double.tell({ event: 'state', message: last });
  await mark.waitFor({ state: 'detached' });
});

journey('another device of Bob is told beside his words, and stands in what changed about him', async ({ stage }) => {
  const { double, window, talk } = await everybody(stage);
  const conversation = talk('Bob Amsel').talk.id;
  await window.list.open('Bob Amsel');
  double.tell({ event: 'warning', warning: { kind: 'identity', conversation, text: 'in English', at: Date.now() } });
  await window.main.getByText('Your contact has a new device. Compare the safety number again.').waitFor();
  await window.main.getByRole('button', { name: 'Show contact', exact: true }).click();
  await window.page.getByText('They use a new device. If that surprises you, compare the safety number again.').waitFor();
});

journey('after midnight Today is Yesterday once somebody looks again', async ({ stage }) => {
  const { double, window, talk } = await everybody(stage);
  const bob = talk('Bob Amsel');
  await window.list.open('Bob Amsel');
  double.receive(bob.account, 'good night');
  await window.talk.message('good night').waitFor();
  const line = (name: string) => window.talk.messages.getByText(name, { exact: true });
  await window.page.clock.setFixedTime((bob.talk.last?.sentAt ?? 0) + DAY);
  await window.page.evaluate("window.dispatchEvent(new Event('focus'))");
  await line('Today').waitFor({ state: 'detached' });
  await line('Yesterday').waitFor();
});

/** Everybody of the try page, in a window. */
async function everybody(stage: Stage) {
  const double = new Double({ ...EVERYBODY, long: 0, preferences: { language: 'en' } });
  const serve = (carrier: Parameters<typeof serveApi>[0]) => serveApi(carrier, windowContract, double.api);
  const server = await servePage({ files: readPageFiles(PAGE_FOLDER), serve, port: 0 });
  ends.push(() => server.close());
  const window = await stage.window({ url: server.address });
  const talk = (name: string): { readonly talk: Talk; readonly account: string } => {
    const found = [...double.talks.values()].find(({ contact }) => contact.petname?.startsWith(name));
    if (found === undefined) throw new Error(`nobody called ${name}`);
    return { talk: found, account: found.contact.account };
  };
  return { double, window, talk };
}
