// Before the journeys of the window: is there a Chromium, and is the page built? Both once for all files.
import type { TestProject } from 'vitest/node';
import { chromiumPath } from './window-browser.ts';

declare module 'vitest' {
  /** What the setup tells the tests. */
  export interface ProvidedContext {
    /** Where Chromium lies; null: there is none, and journeys of the window are skipped. */
    readonly chromium: string | null;
  }
}

/** Builds the page where there is a Chromium to show it. @throws Error where there must be one (SOTTO_NEED_CHROMIUM=1) and is none */
export async function setup(project: TestProject): Promise<void> {
  const chromium = chromiumPath();
  project.provide('chromium', chromium);
  if (chromium === null) {
    if (process.env.SOTTO_NEED_CHROMIUM === '1') throw new Error('SOTTO_NEED_CHROMIUM is set, and there is no Chromium.');
    console.log('SKIPPED: the journeys of the window, for there is no Chromium here (install one, or name it in CHROMIUM_PATH)');
    return;
  }
  const { buildPage } = await import('../../desktop/build/page.ts');
  await buildPage();
}
