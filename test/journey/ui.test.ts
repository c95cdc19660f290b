// `sotto ui` and `npm start` as Alice starts them: real processes, a real home, and the window's own way in.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fakeEngine } from '../support/cli-engine.ts';
import { freshHome, sotto } from '../support/cli-run.ts';
import { until } from '../support/net-wait.ts';
import { startUi, windowAt } from '../support/ui-process.ts';

const SOTTO = 'core/cli/start.js';
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const ui = (home: string, more: readonly string[] = [], env: Record<string, string> = {}) =>
  startUi([SOTTO, 'ui', '--no-open', '--home', home, ...more], env, ends);

describe('sotto ui', () => {
  test('prints the address alone on its line, serves the page there, and ends in order when it is stopped', async () => {
    const run = await ui(freshHome());
    expect(run.out()).toBe(`${run.address}\n`);
    // Another pipe than the address: it may be read a moment later.
    await expect.poll(run.err).toContain('Ctrl-C ends it.');
    const page = await fetch(new URL('/', run.address));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>Sotto</title>')]);
    expect(await run.stop()).toBe(0);
    await expect(fetch(new URL('/', run.address))).rejects.toThrow();
  });

  test('lets Alice make her account in the window, and asks for her passphrase in the next one', async () => {
    const home = freshHome();
    const first = await ui(home, ['--json']);
    expect(first.out()).toBe(`${JSON.stringify({ event: 'ready', url: first.address })}\n`);
    expect(first.err().replace(/^\{"note":"Building.*\n/, '')).toBe('');
    const api = await windowAt(first.address);
    expect(await api.home({})).toMatchObject({ state: 'none', desktop: false });
    await api.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: false });
    expect(await api.identity({})).toMatchObject({ name: 'Alice' });
    expect(await first.stop()).toBe(0);

    const locked = await windowAt((await ui(home)).address);
    expect(await locked.home({})).toMatchObject({ state: 'locked' });
    await expect(locked.identity({})).rejects.toMatchObject({ code: 'LOCKED' });
    await expect(locked.unlock({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await locked.unlock({ passphrase: 'correct horse' })).toMatchObject({ state: 'open' });
  });

  test('comes unlocked where the passphrase is given, and twice on one home shows the same account in both', async () => {
    const home = freshHome();
    const env = { SOTTO_PASSPHRASE: 'correct horse' };
    const first = await ui(home);
    const one = await windowAt(first.address);
    await one.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: false });
    const second = await ui(home, [], env);
    const two = await windowAt(second.address);
    await until(async () => (await two.home({})).state === 'open', 'the second window shows the home');
    expect(await two.identity({})).toMatchObject({ account: (await one.identity({})).account });
    expect(await first.stop()).toBe(0);
    const again = await windowAt((await ui(home, [], env)).address);
    expect(await again.home({})).toMatchObject({ state: 'open' });
  });

  test('says so when the passphrase that was given is wrong', async () => {
    const home = freshHome();
    const api = await windowAt((await ui(home)).address);
    await api.createHome({ name: 'Alice', passphrase: 'correct horse', keyring: false });
    await ends.pop()?.();
    await expect(ui(home, [], { SOTTO_PASSPHRASE: 'wrong' })).rejects.toThrow('The passphrase is wrong.');
  });

  test('answers at the port that was asked for, and says when it is taken or none', async () => {
    const home = freshHome();
    const first = await ui(home);
    const { host, hostname, port } = new URL(first.address);
    await expect(ui(home, ['--port', port])).rejects.toThrow(`Port ${port} on this machine is taken`);
    // Another home is another place to a browser, at whatever port.
    expect(new URL((await ui(freshHome(), ['--port', port])).address).hostname).not.toBe(hostname);
    await first.stop();
    expect(new URL((await ui(home, ['--port', port])).address).host).toBe(host);
    for (const wrong of ['0', '65536', 'x', '-1']) {
      expect(await sotto(fakeEngine(), ['ui', `--port=${wrong}`])).toMatchObject({ code: 2, err: expect.stringContaining('--port takes') });
    }
  });

  test('says where no browser can be opened', async () => {
    const run = await startUi([SOTTO, 'ui', '--home', freshHome()], {}, ends);
    await until(() => run.err().includes('No browser could be opened from here'), 'the note');
  });
});

test('npm start without Electron says in one line what would bring it, and opens the same window for the browser', async () => {
  const nowhere = mkdtempSync(join(tmpdir(), 'sotto-no-electron-'));
  const run = await startUi(['desktop/start.ts', '--no-open'], { ELECTRON_OVERRIDE_DIST_PATH: nowhere, SOTTO_HOME: freshHome() }, ends);
  expect(run.err().split('\n')[0]).toBe(
    'Electron is not here (`npx install-electron` would fetch it); this is the same window for your browser.',
  );
  expect((await fetch(new URL('/', run.address))).status).toBe(200);
  expect(await (await windowAt(run.address)).home({})).toMatchObject({ state: 'none' });
  expect(await run.stop()).toBe(0);
});
