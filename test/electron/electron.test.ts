// The desktop in a real Electron: what no double can show. Skipped with one line where there is no binary; `npm run check:electron` runs it
// and prints what it saw.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildShell } from '../../desktop/build/shell.ts';
import { HEADERS } from '../../desktop/main/page-scheme.ts';
import { electronProgram } from '../../desktop/start.ts';

const program = electronProgram(process.env, process.platform);
if (program === null) {
  console.log('SKIPPED: the tests in a real Electron, for its binary is not here (npx install-electron, or ELECTRON_OVERRIDE_DIST_PATH)');
}
const work = mkdtempSync(join(tmpdir(), 'sotto-electron-'));
/** Chromium gives root no sandbox; then the table says that there was none. Playwright turns it off on Linux for everybody who does not ask. */
const chromiumSandbox = process.getuid?.() !== 0;
let app: ElectronApplication;
let page: Page;
let startedIn = 0;

/** One line of the table; read by check-electron.ts. */
function saw(what: string, value: unknown): void {
  const file = process.env.SOTTO_SAW;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify([what, value])}\n`);
}

/** The window, once it says something. */
async function open(): Promise<void> {
  const { appFolder } = await buildShell();
  const before = performance.now();
  app = await _electron.launch({
    executablePath: program ?? '',
    chromiumSandbox,
    args: [appFolder, `--user-data-dir=${join(work, 'user')}`],
    env: { ...(process.env as Record<string, string>), SOTTO_HOME: join(work, 'home') },
  });
  page = await app.firstWindow();
  await page.getByLabel('Your name').or(page.getByLabel('Dein Name')).waitFor();
  startedIn = Math.round(performance.now() - before);
}

describe.skipIf(program === null)('the desktop in Electron', () => {
  beforeAll(open, 120_000);
  afterAll(async () => {
    await app?.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  });

  test('starts, and its page is heard by an engine over a port', async () => {
    const versions = await app.evaluate(() => ({
      electron: process.versions.electron,
      chrome: process.versions.chrome,
      node: process.versions.node,
    }));
    saw('versions', versions);
    saw('start to first words, ms', startedIn);
    expect(Number(versions.electron?.split('.')[0])).toBeGreaterThanOrEqual(45);
    // The first screen is drawn from an answer of the engine: three processes and a port between them.
    expect(page.url()).toBe('app://sotto/index.html');
    saw('engine answers over the port', true);
  });

  test('3, 4, 20: the page is in the sandbox, in a world of its own, and sees nothing of Node or Electron', async () => {
    const seen = await page.evaluate(
      "['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window)",
    );
    const metrics = await app.evaluate(({ app: electron }) =>
      electron.getAppMetrics().map(({ type, name, sandboxed, memory }) => ({ type, name, sandboxed, kb: memory.workingSetSize })),
    );
    const isOff = await app.evaluate(({ app: electron }) => electron.commandLine.hasSwitch('no-sandbox'));
    const pages = metrics.filter(({ type }) => type === 'Tab');
    // Linux does not say it of a process: there it is what Electron was started with.
    const isSandboxed = !isOff && pages.length > 0 && pages.every(({ sandboxed }) => sandboxed ?? process.platform === 'linux');
    saw('sandbox effective', isSandboxed);
    saw('nothing of Node in the page', seen);
    for (const { type, name, kb } of metrics) saw(`memory of ${name ?? type}, MB`, Math.round(kb / 1_024));
    expect(seen).toEqual([]);
    expect(isSandboxed).toBe(chromiumSandbox);
  });

  test('7: the policy holds: no script from a string, no network', async () => {
    const headers = await page.evaluate("fetch('app://sotto/index.html').then((answer) => [...answer.headers], () => 'refused')");
    const markup = await page.evaluate(
      "(() => { try { document.createElement('div').innerHTML = '<b>x</b>'; return 'made'; } catch { return 'refused'; } })()",
    );
    const out = await page.evaluate("fetch('https://example.org/').then(() => 'out', () => 'refused')");
    saw('policy', (HEADERS['Content-Security-Policy'] ?? '') !== '' && { fetch: headers, markup, out });
    expect([headers, markup, out]).toEqual(['refused', 'refused', 'refused']);
  });

  test('13, 14: the page cannot leave, and opens no window', async () => {
    await page.evaluate("location.href = 'https://example.org/'").catch(() => undefined);
    await page.evaluate("window.open('about:blank')").catch(() => undefined);
    expect(page.url()).toBe('app://sotto/index.html');
    expect(app.windows()).toHaveLength(1);
  });

  test('5: permissions are refused', async () => {
    const state = await page.evaluate("navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)");
    saw('geolocation', state);
    expect(state).toBe('denied');
  });

  test('the keyring says what it is worth', async () => {
    const state = await app.evaluate(async ({ safeStorage }) => ({
      available: await safeStorage.isAsyncEncryptionAvailable(),
      backend: process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : process.platform,
    }));
    saw('keyring', state);
    if (!state.available) return;
    const back = await app.evaluate(
      async ({ safeStorage }) => (await safeStorage.decryptStringAsync(await safeStorage.encryptStringAsync('x'))).result,
    );
    expect(back).toBe('x');
  });

  test('an engine that is killed is started again, and the page goes on', async () => {
    const engines = () =>
      app.evaluate(({ app: electron }) =>
        electron
          .getAppMetrics()
          .filter(({ name }) => name === 'Sotto engine')
          .map(({ pid }) => pid),
      );
    const [pid] = await engines();
    if (pid === undefined) throw new Error('there is no engine');
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await engines()).filter((other) => other !== pid), { timeout: 15_000 }).toHaveLength(1);
    const name = page.getByLabel('Your name').or(page.getByLabel('Dein Name'));
    await name.fill('Alice');
    await page.getByRole('button', { name: /^(Next|Weiter)$/ }).click();
    await page.getByText(/Who may open Sotto|Wer darf/).waitFor();
    saw('engine killed, another took over', true);
  });
});
