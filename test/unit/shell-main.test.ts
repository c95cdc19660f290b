// What main does from start to end, with a double of Electron: who is started when, who gets a port, what a person sees of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FromEngine } from '../../desktop/engine-protocol.ts';
import { plainBody } from '../../desktop/main/plain-body.ts';
import { preventable } from '../support/electron-double.ts';
import { removeShell, type StartedShell, startShell } from '../support/shell-source.ts';

const ALICE = 'a1'.repeat(32);
const started: StartedShell[] = [];
afterEach(() => {
  for (const shell of started.splice(0)) removeShell(shell);
});

async function start(settings: Parameters<typeof startShell>[0] = {}) {
  const shell = await startShell(settings);
  started.push(shell);
  const { electron } = shell;
  const engine = () => electron.children.filter(({ path }) => path.endsWith('engine.js')).at(-1);
  return {
    ...shell,
    engine,
    page: () => electron.pages[0],
    /** What the engine was told, of a kind. */
    told: (kind: string) => engine()?.posted.filter(({ message }) => message.kind === kind) ?? [],
    says: (message: FromEngine) => void engine()?.emit('message', message),
    isReady: () => {
      const [page] = electron.pages;
      electron.module.ipcMain.emit('sotto-ready', { sender: page, senderFrame: page?.mainFrame });
    },
  };
}

test('a second start leaves everything to the first', async () => {
  const { electron } = await start({ onlyInstance: false });
  expect(electron.log).toEqual(['quit', 'ready']);
});

test('the sandbox and the scheme come before the app is ready, the engine before the window, the window is seen when it is painted', async () => {
  const { electron } = await start();
  const order = ['sandbox', 'scheme', 'ready', 'fork engine/engine.js', 'window'];
  expect(electron.log.filter((entry) => order.includes(entry))).toEqual(order);
  expect(electron.windows[0]?.options.show).toBe(false);
  electron.windows[0]?.emit('ready-to-show');
  expect(electron.log.at(-1)).toBe('shown');
});

test('a page that is ready gets one end of a channel and the engine the other; a reload gets a new one', async () => {
  const { electron, isReady, page, told } = await start();
  isReady();
  isReady();
  const ends = electron.channels.map(({ port1, port2 }) => [port1, port2]);
  expect(told('window').map(({ message, ports }) => [message, ...ports])).toEqual(
    ends.map(([own]) => [{ kind: 'window', window: 1 }, own]),
  );
  expect(page()?.posted).toEqual(ends.map(([, other]) => ({ channel: 'sotto-port', ports: [other] })));
  expect(ends).toHaveLength(2);
});

test('when the engine crashes the page is told, and gets a line to the next one without asking', async () => {
  const { electron, engine, isReady, page, told } = await start();
  isReady();
  engine()?.emit('exit', 11);
  isReady();
  expect(page()?.posted.map(({ ports }) => ports.length)).toEqual([1, 0]);
  await expect.poll(() => electron.children.length).toBe(2);
  expect(page()?.posted.map(({ ports }) => ports.length)).toEqual([1, 0, 1]);
  expect(told('window')).toHaveLength(1);
});

test('a page that crashed is loaded again, and gets no line before it asks', async () => {
  const { electron, engine, isReady, page } = await start();
  isReady();
  page()?.emit('render-process-gone', {}, { reason: 'oom' });
  engine()?.emit('exit', 11);
  await expect.poll(() => electron.log, { timeout: 3_000 }).toContain('reload');
  expect(page()?.posted).toHaveLength(1);
  isReady();
  expect(page()?.posted).toHaveLength(2);
});

test('an engine that stops three times is told to a person', async () => {
  const { electron, engine } = await start();
  for (let life = 1; life <= 3; life += 1) {
    expect(electron.dialogs).toEqual([]);
    await expect.poll(() => electron.children.length, { timeout: 3_000 }).toBe(life);
    engine()?.emit('exit', 11);
  }
  await expect.poll(() => electron.dialogs).toMatchObject([{ message: 'A part of Sotto keeps stopping.' }]);
});

test('quitting lets the engine write everything down first', async () => {
  const { electron, engine, told } = await start();
  const quit = preventable();
  electron.module.app.emit('before-quit');
  electron.module.app.emit('will-quit', quit);
  expect(quit.prevented).toBe(true);
  expect(told('stop')).toHaveLength(1);
  expect(electron.log).not.toContain('exit');
  engine()?.emit('exit', 0);
  await expect.poll(() => electron.log).toContain('exit');
});

test('a link that comes before the engine is up waits for it; a second start brings the window to the front', async () => {
  const { electron, engine, told } = await start();
  engine()?.emit('exit', 11);
  electron.module.app.emit('second-instance', {}, ['sotto', 'sotto:invite/abc']);
  expect(electron.log.at(-1)).toBe('shown');
  await expect.poll(() => told('link').map(({ message }) => message)).toEqual([{ kind: 'link', link: 'sotto:invite/abc' }]);
  const macOs = preventable();
  electron.module.app.emit('open-url', macOs, 'sotto:invite/def');
  expect(macOs.prevented).toBe(true);
  expect(told('link')).toHaveLength(2);
});

test('a notification says what the engine allows, replaces the one before, and leads to the conversation', async () => {
  const { electron, told, says } = await start();
  const notice = { kind: 'notice', about: 'message', account: ALICE, name: null, text: null, count: 1 } as const;
  says(notice);
  says({ ...notice, count: 3 });
  says({ ...notice, about: 'request', name: 'Alice' });
  says({ ...notice, name: 'Alice', text: 'Hello' });
  expect(electron.notifications.map(({ options }) => options)).toEqual([
    { title: 'Sotto', body: 'New message' },
    { title: 'Sotto', body: 'New messages: 3' },
    { title: 'Alice', body: 'Somebody wants to write to you' },
    { title: 'Alice', body: 'Hello' },
  ]);
  expect(electron.log.filter((entry) => entry === 'notification closed')).toHaveLength(3);
  electron.notifications.at(-1)?.emit('click');
  expect(told('show').map(({ message }) => message)).toEqual([{ kind: 'show', account: ALICE }]);
});

test('what Bob wrote is no markup to a desktop that reads the body as markup, and stands as he wrote it elsewhere', async () => {
  const { electron, says } = await start();
  const text = '<a href="https://evil.example">Tom & Jerry</a>';
  says({ kind: 'notice', about: 'message', account: ALICE, name: 'B<b>', text, count: 1 });
  expect(electron.notifications.map(({ options }) => options)).toEqual([{ title: 'B<b>', body: plainBody(text, process.platform) }]);
  expect(plainBody(text, 'linux')).toBe('&lt;a href="https://evil.example"&gt;Tom &amp; Jerry&lt;/a&gt;');
  for (const platform of ['win32', 'darwin'] as const) expect(plainBody(text, platform)).toBe(text);
});

test('a lock takes away what notifications say', async () => {
  const { electron, says } = await start();
  says({ kind: 'notice', about: 'message', account: ALICE, name: 'Bob', text: 'Hello', count: 1 });
  says({ kind: 'shut' });
  expect(electron.log.filter((entry) => entry === 'notification closed')).toHaveLength(1);
});

test('no notification while somebody looks at the window, and those that are there go when somebody does', async () => {
  const { electron, says } = await start();
  const [window] = electron.windows;
  const notice = { kind: 'notice', about: 'message', account: ALICE, name: null, text: null, count: 1 } as const;
  says(notice);
  window?.emit('focus');
  expect(electron.log.filter((entry) => entry === 'notification closed')).toHaveLength(1);
  Object.assign(window ?? {}, { isFocused: () => true });
  says(notice);
  expect(electron.notifications).toHaveLength(1);
});

test('language and appearance follow what this person likes', async () => {
  const { electron, says } = await start();
  expect(JSON.stringify(electron.menus)).toContain('Quit Sotto');
  says({ kind: 'look', appearance: 'dark', language: 'de' });
  expect(electron.module.nativeTheme.themeSource).toBe('dark');
  expect(JSON.stringify(electron.menus.at(-1))).toContain('Sotto beenden');
});

test('a locked screen locks Sotto', async () => {
  const { electron, told } = await start();
  electron.module.powerMonitor.emit('lock-screen');
  expect(told('lock')).toHaveLength(1);
});

const ask = 7;

test.each([
  ['gnome_libsecret', true],
  ['kwallet6', true],
  ['basic_text', false],
  ['unknown', false],
])('the keyring %s is called strong: %s', async (backend, strong) => {
  const { electron, told, says } = await start();
  electron.module.safeStorage.backend = backend;
  says({ kind: 'keyring-state', ask });
  await expect.poll(() => told('keyring')[0]?.message).toEqual({ kind: 'keyring', ask, keyring: { available: true, backend, strong } });
});

test('a keyring that is not there is said to be none; a secret comes back as it was, one of another keyring does not', async () => {
  const { electron, told, says } = await start();
  says({ kind: 'keyring-seal', ask, value: 'c2VjcmV0' });
  await expect.poll(() => told('secret')).toHaveLength(1);
  const value = String(Reflect.get(told('secret')[0]?.message ?? {}, 'value'));
  says({ kind: 'keyring-open', ask: 8, value });
  says({ kind: 'keyring-open', ask: 9, value: Buffer.from('of another').toString('base64') });
  await expect.poll(() => told('secret').map(({ message }) => message)).toContainEqual({ kind: 'secret', ask: 8, value: 'c2VjcmV0' });
  await expect.poll(() => told('secret').map(({ message }) => message)).toContainEqual({ kind: 'secret', ask: 9, value: null });
  electron.module.safeStorage.available = false;
  says({ kind: 'keyring-state', ask: 10 });
  await expect.poll(() => told('keyring')[0]?.message).toMatchObject({ keyring: { available: false, backend: null, strong: false } });
});

test('the relay of this machine is started once, by its path, and its address is told; its end is told too', async () => {
  const { electron, told, says } = await start();
  const relays = () => electron.children.filter(({ path }) => path.endsWith('relay-entry.js'));
  says({ kind: 'relay-start', ask, data: '/home/alice/relay', port: 20_100 });
  says({ kind: 'relay-start', ask: 8, data: '/home/alice/relay', port: 20_100 });
  expect(relays().map(({ args }) => args)).toEqual([
    ['run', '--data', '/home/alice/relay', '--listen', '/ip4/127.0.0.1/tcp/20100/ws', '--json'],
  ]);
  relays()[0]?.stdout.write('{"type":"ready","peerId":"x","addr');
  relays()[0]?.stdout.write('esses":["/ip4/127.0.0.1/tcp/20100/ws/p2p/x"]}\n');
  await expect
    .poll(() => told('relay').map(({ message }) => message))
    .toEqual([ask, 8].map((asked) => ({ kind: 'relay', ask: asked, address: '/ip4/127.0.0.1/tcp/20100/ws/p2p/x' })));
  relays()[0]?.emit('exit', 0);
  expect(told('relay-ended')).toHaveLength(1);
});

test('a relay that says nothing sensible is no relay', async () => {
  const { electron, told, says } = await start();
  says({ kind: 'relay-start', ask, data: '/home/alice/relay', port: 20_100 });
  electron.children.at(-1)?.stdout.write('Segmentation fault\n');
  electron.children.at(-1)?.emit('exit', 139);
  await expect.poll(() => told('relay')[0]?.message).toEqual({ kind: 'relay', ask, address: null });
});

test('the window comes back where it was; off every screen it goes where the system puts it', async () => {
  const { electron } = await start();
  electron.windows[0]?.emit('close', preventable());
  const kept = JSON.stringify({ x: 10, y: 20, width: 900, height: 700, maximized: false });
  expect(readFileSync(join(electron.module.app.getPath('userData'), 'window.json'), 'utf8')).toBe(kept);
  const { readWindowState } = await import('../../desktop/main/window-state.ts');
  const folder = electron.module.app.getPath('userData');
  const screens = [{ x: 0, y: 0, width: 1_920, height: 1_080 }];
  expect(readWindowState(folder, screens)).toEqual(JSON.parse(kept));
  expect(readWindowState(folder, [{ x: 5_000, y: 0, width: 800, height: 600 }])).toEqual({ width: 900, height: 700, maximized: false });
  for (const broken of [
    '',
    '{',
    '[]',
    '{"x":1e99,"y":0,"width":900,"height":700,"maximized":false}',
    '{"width":-5,"height":1,"maximized":true}',
  ]) {
    writeFileSync(join(folder, 'window.json'), broken);
    expect(readWindowState(folder, screens)).toEqual({ width: 1_100, height: 760, maximized: false });
  }
});

test('a right click offers what can be done there, in the words of main', async () => {
  const { electron, page } = await start();
  const popped: unknown[] = [];
  const { Menu } = electron.module;
  const build = Menu.buildFromTemplate;
  Object.assign(Menu, { buildFromTemplate: (items: unknown) => ({ popup: () => popped.push(build(items)) }) });
  const editFlags = { canCut: false, canCopy: true, canPaste: true, canSelectAll: true };
  page()?.emit('context-menu', {}, { editFlags, isEditable: true, selectionText: '' });
  page()?.emit('context-menu', {}, { editFlags, isEditable: false, selectionText: 'word' });
  page()?.emit('context-menu', {}, { editFlags, isEditable: false, selectionText: '' });
  expect(popped).toEqual([
    [
      { label: 'Cut', role: 'cut', enabled: false },
      { label: 'Copy', role: 'copy', enabled: true },
      { label: 'Paste', role: 'paste', enabled: true },
      { type: 'separator' },
      { label: 'Select all', role: 'selectAll', enabled: true },
    ],
    [{ label: 'Copy', role: 'copy', enabled: true }],
  ]);
});

test('the ground of the window before it is painted is that of the page', async () => {
  const tokens = readFileSync(join(import.meta.dirname, '..', '..', 'desktop', 'ui', 'design', 'tokens.css'), 'utf8');
  const [, light, dark] = tokens.match(/--color-ground: light-dark\((#\w+), (#\w+)\)/) ?? [];
  const { electron } = await start();
  expect(electron.windows[0]?.options.backgroundColor).toBe(light);
  const source = readFileSync(join(import.meta.dirname, '..', '..', 'desktop', 'main', 'window.ts'), 'utf8');
  expect(source).toContain(`dark: '${dark}'`);
});
