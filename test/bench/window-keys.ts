// Row: from a key in the composer to the screen while a backlog drains and more comes, and from sending to "queued" and "stored". Beside a
// plain text field in the same browser, and the engine alone.
import type { Page } from 'playwright-core';
import { figure, percentile, type Row, spread } from './figures.ts';
import { startWorker, type Worker } from './processes.ts';
import { bareKeys, showBare } from './window-bare.ts';
import type { AliceInput, AliceTask } from './window-peer.ts';
import { ask, COMPOSER, cpuShare, MESSAGE, onScene, openConversation, type Scene, sizeWords } from './window-scene.ts';

/** Messages per second that come while somebody types, and keys typed a second. */
const PACE = 100;
const KEY_MS = 60;
const SENDS = 30;
/** An engine that uses less of a core than this is at rest, %. */
const REST_SHARE = 3;

interface Typed {
  readonly keys: readonly number[];
  readonly longest: number;
}

/** The row. @param backlog messages that wait @param rounds of one with the plain field */
export function windowKeys(quick: boolean, backlog: number, rounds: number): Promise<Row> {
  return onScene(quick, async (scene) => {
    const [typed, bare, queued, stored]: [Typed[], number[][], number[], number[]] = [[], [], [], []];
    await scene.relay();
    const alice = startWorker('window-peer.ts', { home: scene.homes.alice } satisfies AliceInput);
    try {
      await alice.next();
      for (let round = 0; round < rounds; round += 1) {
        typed.push(await typeThrough(scene, alice, backlog));
        const plain = await scene.page();
        await showBare(plain);
        bare.push(await bareKeys(plain, 60));
        await plain.context().close();
      }
      await sendSome(scene, queued, stored);
    } finally {
      await alice.stop();
    }
    return row(quick, backlog, typed, bare, queued, stored);
  });
}

/** Bob comes back to a backlog, and types while it drains and Alice goes on. */
async function typeThrough(scene: Scene, alice: Worker, backlog: number): Promise<Typed> {
  alice.send({ count: backlog, pace: 0 } satisfies AliceTask);
  await alice.next();
  const engine = await scene.engine();
  const page = await scene.page();
  await page.goto(engine.url);
  await openConversation(page, 'Alice');
  const seconds = 10;
  alice.send({ count: seconds * PACE, pace: PACE } satisfies AliceTask);
  await page.locator(COMPOSER).focus();
  await ask(page, 'void (probe.keys.length = 0)');
  const count = Math.round((seconds * 1_000) / KEY_MS);
  await page.keyboard.type('typing on and on '.repeat(Math.ceil(count / 17)).slice(0, count), { delay: KEY_MS });
  await page.waitForFunction(`probe.keys.length >= ${count}`);
  const keys = await ask<number[]>(page, 'probe.keys');
  await alice.next();
  await page.context().close();
  await engine.end();
  return { keys, longest: Math.max(...keys) };
}

/** With everything at rest: what is sent is shown as queued, then as stored. */
async function sendSome(scene: Scene, queued: number[], stored: number[]): Promise<void> {
  const engine = await scene.engine();
  const page = await scene.page();
  await page.goto(engine.url);
  await openConversation(page, 'Alice');
  await atRest(engine.pid);
  const composer = page.locator(COMPOSER);
  for (let at = 0; at < SENDS; at += 1) {
    const text = `A word from Bob, number ${at} of ${SENDS}`;
    await composer.fill(text);
    const there = shownAs(page, text, '');
    const kept = shownAs(page, text, '[aria-label="Sent"], [aria-label="Delivered"], [aria-label="Read"]');
    await ask(page, "void addEventListener('keydown', ({ timeStamp }) => { window.pressed = timeStamp; }, { capture: true, once: true })");
    await composer.press('Enter');
    const pressed = await ask<number>(page, 'window.pressed');
    queued.push((await there) - pressed);
    stored.push((await kept) - pressed);
  }
  await page.context().close();
  await engine.end();
}

/** An engine that was just started opens the logs of all conversations first. */
async function atRest(pid: number): Promise<void> {
  while ((await cpuShare([pid], 1_000)) > REST_SHARE);
}

/** When the row of this text was on the screen, with one of these signs in it if any is asked for. */
function shownAs(page: Page, text: string, signs: string): Promise<number> {
  const has = signs === '' ? 'true' : `row.querySelector(${JSON.stringify(signs)}) !== null`;
  return ask(page, `probe.shown(${JSON.stringify(MESSAGE)}, (row) => row.textContent.includes(${JSON.stringify(text)}) && ${has})`);
}

function p95(times: readonly number[]): number {
  return percentile(
    times.toSorted((one, other) => one - other),
    0.95,
  );
}

function row(
  quick: boolean,
  backlog: number,
  typed: readonly Typed[],
  bare: readonly number[][],
  queued: readonly number[],
  stored: readonly number[],
): Row {
  const keys = typed.map((one) => p95(one.keys));
  return {
    name: 'window-keys',
    title: 'typing while messages come; sending',
    conditions: `${sizeWords(quick)}; ${PACE} messages/s come and ${backlog.toLocaleString('en')} that waited drain while a key is pressed every ${KEY_MS} ms; then ${SENDS} messages sent at rest; relay, Alice and Bob a process each`,
    figures: [
      figure('key to screen, p95', 'ms', keys),
      figure(
        'key to screen, longest',
        'ms',
        typed.map(({ longest }) => longest),
      ),
      figure('plain field at rest: key to screen, p95', 'ms', bare.map(p95)),
      figure('Enter to shown', 'ms', queued),
      figure('Enter to shown as stored', 'ms', stored),
    ],
    targets: [
      { label: 'key to screen, p95', unit: 'ms', value: spread(keys).median, better: 'less', aim: 50 },
      { label: 'shown', unit: 'ms', value: spread(queued).median, better: 'less', aim: 30 },
      { label: 'shown as stored', unit: 'ms', value: spread(stored).median, better: 'less', aim: 60 },
    ],
  };
}
