// The reference of what is measured in a page: a document with nothing but a text field and rows of plain text, in the same browser.
import type { Page } from 'playwright-core';
import { ask } from './window-scene.ts';
import { messageText } from './window-words.ts';

/** Rows of the plain page: what a window of pages holds. */
const ROWS = 400;

/** Shows the plain page. */
export async function showBare(page: Page): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, at) => `<p data-row="${at}">${messageText(1, at)}</p>`).join('');
  const style = 'body{margin:0}div{height:600px;overflow-y:auto}p{margin:0;padding:12px}';
  const document = `<!doctype html><style>${style}</style><main><div>${rows}</div><textarea></textarea></main>`;
  // A navigation, for the probe comes with one.
  await page.goto(`data:text/html;charset=utf-8,${encodeURIComponent(document)}`);
}

/** From keys to the screen in the plain page, ms. */
export async function bareKeys(page: Page, keys: number): Promise<number[]> {
  await page.locator('textarea').focus();
  await ask(page, 'void (probe.keys.length = 0)');
  await page.keyboard.type('x'.repeat(keys), { delay: 60 });
  await page.waitForFunction(`probe.keys.length >= ${keys}`);
  return ask(page, 'probe.keys');
}

/** Times between frames while the plain rows scroll, ms. */
export async function bareFrames(page: Page, frames: number): Promise<number[]> {
  const { times } = await ask<{ readonly times: number[] }>(page, `probe.scroll(document.querySelector('div'), 40, ${frames})`);
  return times;
}
