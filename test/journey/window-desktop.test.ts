// The window as the desktop opens it, without Electron: the real page and the real preload script in Chromium, under the shell's own policy and
// without any network; the real bundle of the engine in a process of its own; only what lies between them is a double.
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ROOT } from '../../desktop/build/packages.ts';
import { buildProcesses } from '../../desktop/build/shell.ts';
import { addressOf, DesktopPage, servePage } from '../support/shell-page.ts';
import { Utility } from '../support/shell-utility.ts';
import { complaintsOf, freshPage, type RunningBrowser, startBrowser } from '../support/window-browser.ts';

const work = mkdtempSync(join(tmpdir(), 'sotto-desktop-'));
const engines: Utility[] = [];
let browser: RunningBrowser | null = null;
let server: Awaited<ReturnType<typeof servePage>> | null = null;

beforeAll(async () => {
  if (inject('chromium') === null) return;
  await buildProcesses(join(work, 'app'));
  // The packed app has its native packages beside it; here they are those of the checkout.
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  browser = await startBrowser();
  server = await servePage();
});

afterAll(async () => {
  for (const engine of engines) await engine.end();
  await browser?.close();
  server?.close();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});

function startEngine(): Utility {
  const engine = new Utility(join(work, 'app', 'engine', 'engine.js'), { cwd: work, env: { SOTTO_HOME: join(work, 'alice') } });
  engines.push(engine);
  return engine;
}

test.skipIf(inject('chromium') === null)(
  'Alice begins in the desktop; the engine dies, the page gets another line, and nothing typed is lost',
  async () => {
    if (browser === null || server === null) throw new Error('nothing was started');
    const page = await freshPage(browser.browser);
    const complaints = complaintsOf(page);
    const desktop = await DesktopPage.prepare(page, readFileSync(join(work, 'app', 'main', 'preload.cjs'), 'utf8'));
    const first = startEngine();
    await desktop.join(first);
    await page.goto(addressOf(server));
    await page.getByLabel('Your name').fill('Alice');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('No passphrase').click();
    expect(desktop.asked).toBe(1);

    await first.end();
    const second = startEngine();
    await desktop.join(second);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Later', { exact: true }).click();
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Now somebody to talk to.').waitFor();
    expect((await second.window(2).identity({})).name).toBe('Alice');

    const { asked } = desktop;
    const closed = second.closed.length;
    await page.reload();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    expect(desktop.asked).toBe(asked + 1);
    await expect.poll(() => second.closed.length).toBe(closed + 1);
    expect(await page.evaluate('Object.keys(window).filter((name) => /electron|ipc|require|process|sotto/i.test(name))')).toEqual([]);
    expect(await page.evaluate(`fetch('https://example.org/').then(() => 'out', () => 'refused')`)).toBe('refused');
    expect(complaints.filter((complaint) => !/example\.org/.test(complaint))).toEqual([]);
  },
);
