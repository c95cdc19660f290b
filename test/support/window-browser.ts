// Chromium for tests and benches: found where people have it, one for a file, a fresh context for every window. What the page complains about
// (an error, a broken rule of its policy) is remembered, so that a test can fail for it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, type ConsoleMessage, chromium, type Page } from 'playwright-core';

/** Where Chromium lies on most machines; CHROMIUM_PATH names another. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** It speaks with nobody but the engine under test. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of this machine, or null. A CHROMIUM_PATH that is wrong is a mistake and not a machine without one. @throws Error for that */
export function chromiumPath(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named === undefined || named === '') return USUAL_PLACES.find((path) => existsSync(path)) ?? null;
  if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, and there is nothing.`);
  return named;
}

/** A running Chromium with a profile and a HOME of its own. */
export interface RunningBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Starts Chromium. @throws Error where there is none */
export async function startBrowser(...flags: string[]): Promise<RunningBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('There is no Chromium on this machine.');
  const home = mkdtempSync(join(tmpdir(), 'sotto-chromium-'));
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home } as Record<string, string>;
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...flags], env });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** How a person likes their window; light, English, 1280 px wide, with motion as it is, unless said. */
export interface Taste {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly motion?: 'reduce' | 'no-preference';
  readonly contrast?: 'more' | 'no-preference';
}

/** A fresh context of the browser with one page in it; nothing is loaded yet. */
export async function freshPage(browser: Browser, taste: Taste = {}): Promise<Page> {
  const options: BrowserContextOptions = {
    viewport: { width: taste.width ?? 1280, height: taste.height ?? 800 },
    colorScheme: taste.scheme ?? 'light',
    locale: taste.locale ?? 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: taste.motion ?? 'no-preference',
    contrast: taste.contrast ?? 'no-preference',
  };
  return (await browser.newContext(options)).newPage();
}

/** Collects what the page complains about from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  const isOne = (message: ConsoleMessage) =>
    message.type() === 'error' || /Content[- ]Security[- ]Policy|TrustedHTML|TrustedScript/i.test(message.text());
  page.on('console', (message) => void (isOne(message) && complaints.push(`console: ${message.text()}`)));
  page.on('pageerror', (error) => void complaints.push(`page: ${error.stack ?? error.message}`));
  page.on('crash', () => void complaints.push('the page crashed'));
  page.on('requestfailed', (request) => void complaints.push(`request: ${request.url()} ${request.failure()?.errorText ?? ''}`));
  return complaints;
}
