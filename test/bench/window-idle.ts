// Row: what a window costs that nobody looks at, with all conversations online; and how much code stands before the first screen.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { PAGE_FOLDER } from '../../desktop/build/page.ts';
import { figure, type Row, spread } from './figures.ts';
import { showBare } from './window-bare.ts';
import { ask, CONVERSATION, cpuShare, onScene, openConversation, shown, sizeWords } from './window-scene.ts';

/** How long is watched, ms, and how long everything may take to come to rest before. */
const WATCHED_MS = 20_000;
const REST_MS = 15_000;
const kB = 1_000;

interface Timers {
  readonly set: number;
  readonly fired: number;
  readonly frames: number;
}

/** The row. @param rounds of watching */
export function windowIdle(quick: boolean, rounds: number): Promise<Row> {
  return onScene(quick, async (scene) => {
    const [engines, pages, bare, timers]: [number[], number[], number[], number[]] = [[], [], [], []];
    await scene.relay();
    const engine = await scene.engine();
    const page = await scene.page();
    await page.goto(engine.url);
    await shown(page, CONVERSATION);
    await openConversation(page, 'Alice');
    await page.waitForLoadState('networkidle');
    const plain = await scene.page();
    await showBare(plain);
    const [renderer, plainRenderer] = [await rendererOf(page), await rendererOf(plain)];
    for (const one of [page, plain]) await hide(one);
    await cpuShare([engine.pid], REST_MS);
    for (let round = 0; round < rounds; round += 1) {
      const before = await ask<Timers>(page, '({ ...probe.timers })');
      const shares = [engine.pid, renderer, plainRenderer].map((pid) => cpuShare([pid], WATCHED_MS));
      const [one = 0, other = 0, third = 0] = await Promise.all(shares);
      const after = await ask<Timers>(page, '({ ...probe.timers })');
      engines.push(one);
      pages.push(other);
      bare.push(third);
      timers.push(after.set + after.fired + after.frames - before.set - before.fired - before.frames);
    }
    return row(quick, { engines, pages, bare, timers }, await codeBefore());
  });
}

/** A headless browser has no window that could be covered: the page is told that it is hidden, as it would be, and a caret that nobody sees does not blink. */
async function hide(page: Page): Promise<void> {
  await ask(
    page,
    `void (Object.defineProperty(document, 'hidden', { get: () => true }), Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }),
      document.dispatchEvent(new Event('visibilitychange')), dispatchEvent(new Event('blur')), document.activeElement?.blur())`,
  );
}

/** The process of the page: of all renderers the one that works while it is made to. */
async function rendererOf(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const session = await browser.newBrowserCDPSession();
  const list = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await list();
  await ask(page, '(() => { const end = performance.now() + 500; while (performance.now() < end); })()');
  const worked = [...(await list())].map(([id, time]) => ({ id, time: time - (before.get(id) ?? 0) }));
  return worked.toSorted((one, other) => other.time - one.time)[0]?.id ?? 0;
}

/** What index.html names itself: everything else is loaded when it is needed. @returns kB after gzip */
async function codeBefore(): Promise<{ readonly script: number; readonly style: number }> {
  const index = await readFile(join(PAGE_FOLDER, 'index.html'), 'utf8');
  const sizes = await Promise.all(
    [...index.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(js|css))"/g)].map(async ([, path = '', kind = '']) => ({
      kind,
      size: gzipSync(await readFile(join(PAGE_FOLDER, path)), { level: 9 }).length / kB,
    })),
  );
  const sum = (kind: string) => sizes.filter((one) => one.kind === kind).reduce((all, { size }) => all + size, 0);
  return { script: sum('js'), style: sum('css') };
}

interface Rest {
  readonly engines: readonly number[];
  readonly pages: readonly number[];
  readonly bare: readonly number[];
  readonly timers: readonly number[];
}

function row(quick: boolean, { engines, pages, bare, timers }: Rest, code: { readonly script: number; readonly style: number }): Row {
  const both = spread(engines).median + spread(pages).median;
  return {
    name: 'window-idle',
    title: 'a hidden window at rest, and its size',
    conditions: `${sizeWords(quick)}; online; CPU of the engine's and the page's process over ${WATCHED_MS / 1_000} s, after ${REST_MS / 1_000} s of rest; reference: the process of a plain page`,
    figures: [
      figure('engine, of one core', '%', engines),
      figure('page, of one core', '%', pages),
      figure('plain page, of one core', '%', bare),
      figure('timers and frames of the page', '', timers),
      figure('script before lazy parts, gzip', 'kB', [code.script]),
      figure('style before lazy parts, gzip', 'kB', [code.style]),
    ],
    targets: [
      { label: 'engine and page', unit: '%', value: both, better: 'less', aim: 0.5 },
      { label: 'timers', unit: '', value: Math.max(...timers), better: 'less', aim: 0 },
      { label: 'script before lazy parts', unit: 'kB', value: code.script, better: 'less', aim: 180 },
    ],
  };
}
