// A measured window: Bob's big home behind `sotto ui`, in Chromium, with the probe in the page. Ends everything it started.
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildPage } from '../../desktop/build/page.ts';
import { freshPage, type RunningBrowser, startBrowser } from '../support/window-browser.ts';
import { UiProcess } from '../support/window-engine.ts';
import { cpuOf, inFolder, type RelayProcess } from './processes.ts';
import { FULL, type Seeded, SMALL, seededHomes } from './window-home.ts';

const PROBE = fileURLToPath(new URL('./window-probe.js', import.meta.url));

/** How big the home is, in words. */
export function sizeWords(quick: boolean): string {
  const { conversations, messages, longest } = quick ? SMALL : FULL;
  const shown = (count: number) => count.toLocaleString('en');
  return `${shown(conversations)} conversations, ${shown(messages)} messages, the longest ${shown(longest)}`;
}

/** What a row has to measure with. */
export interface Scene {
  readonly homes: Seeded;
  readonly browser: RunningBrowser;
  /** Starts the relay; ended with the scene. */
  relay(): Promise<RelayProcess>;
  /** A process of Bob's engine, just started; ended with the scene. */
  engine(): Promise<UiProcess>;
  /** A fresh page with the probe, not yet anywhere. */
  page(): Promise<Page>;
}

/** Gives `work` a scene over a copy of the seeded homes. */
export function onScene<T>(quick: boolean, work: (scene: Scene) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    await buildPage();
    const homes = await seededHomes(quick ? SMALL : FULL, folder);
    const browser = await startBrowser();
    const ends: (() => Promise<void>)[] = [];
    try {
      return await work({
        homes,
        browser,
        relay: async () => {
          const relay = await homes.relay();
          ends.push(() => relay.stop());
          return relay;
        },
        engine: async () => {
          const engine = new UiProcess(homes.bob);
          ends.push(() => engine.end());
          return engine.start();
        },
        page: async () => {
          const page = await freshPage(browser.browser, { locale: 'en-GB' });
          await page.addInitScript({ path: PROBE });
          return page;
        },
      });
    } finally {
      for (const end of ends.reverse()) await end();
      await browser.close();
    }
  });
}

/** Rows of the list of conversations, of messages, and where a text is typed. */
export const CONVERSATION = '[data-account]';
/** See `CONVERSATION`. */
export const MESSAGE = '[data-row]';
/** See `CONVERSATION`. */
export const COMPOSER = 'main textarea:not([disabled])';

/** Runs an expression in the page that may use `probe`. */
export function ask<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate(expression) as Promise<T>;
}

/** Waits in the page until something is on the screen; its time there. @param fits source of a function of an element */
export function shown(page: Page, selector: string, fits = '() => true'): Promise<number> {
  return ask(page, `probe.shown(${JSON.stringify(selector)}, ${fits})`);
}

/** Opens the conversation whose row holds this name; the time from the click to new rows on the screen, ms. */
export async function openConversation(page: Page, name: string): Promise<number> {
  await ask(page, `void (window.before = new Set([...document.querySelectorAll('${MESSAGE}')].map((row) => row.dataset.row)))`);
  const there = shown(page, MESSAGE, '(row) => !window.before.has(row.dataset.row)');
  await page.locator(CONVERSATION, { hasText: name }).first().click();
  const at = await there;
  return at - (await ask<number>(page, 'probe.clicks.at(-1)'));
}

/** Share of one core that these processes used while `work` went on, %. */
export async function cpuShare(pids: readonly number[], ms: number): Promise<number> {
  const used = async () => (await Promise.all(pids.map(cpuOf))).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const before = await used();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ((await used()) - before) / (ms * 10);
}
