// What must hold of the shell's safety, as checks that say which point of Electron's checklist they are: run against the source as it is,
// and against the source weakened on purpose.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createContext, runInContext } from 'node:vm';
import { type ElectronDouble, preventable } from './electron-double.ts';
import type { StartedShell } from './shell-source.ts';

/** What a check looks at. */
export interface Shell extends StartedShell {
  /** The preload script as it is built. */
  readonly preload: string;
}

/** One check. `point`: that of Electron's list of 20, or a word for what is not in it. */
export interface Check {
  readonly point: string;
  readonly says: string;
  run(shell: Shell): void | Promise<void>;
}

const OWN = 'app://sotto/index.html';
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'none'; " +
  "form-action 'none'; frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Everything a page could ask a permission for. */
const PERMISSIONS = [
  'media',
  'geolocation',
  'notifications',
  'midi',
  'pointerLock',
  'fullscreen',
  'openExternal',
  'clipboard-read',
  'display-capture',
  'hid',
  'usb',
  'unknown',
];

function windowOf(electron: ElectronDouble) {
  const [window] = electron.windows;
  assert(window !== undefined, 'there is no window');
  return window;
}

function preferencesOf(electron: ElectronDouble): Electron.WebPreferences {
  return windowOf(electron).options.webPreferences ?? {};
}

function preference(point: string, says: string, name: keyof Electron.WebPreferences, value: unknown): Check {
  return { point, says, run: ({ electron }) => assert.equal(preferencesOf(electron)[name], value, name) };
}

/** What a handler that answers by a callback says. */
function answered(handler: ((...args: never[]) => unknown) | undefined, ...args: unknown[]): unknown {
  let said: unknown = 'nothing';
  const take = (value: unknown) => {
    said = value;
  };
  assert(handler !== undefined, 'there is no handler');
  (handler as (...all: unknown[]) => void)(...args.map((arg) => (arg === 'ANSWER' ? take : arg)));
  return said;
}

function stays(name: string): Check {
  return {
    point: name === 'will-attach-webview' ? '12' : '13',
    says: `a page cannot do what ${name} announces`,
    run: ({ electron }) => {
      const event = { ...preventable(), url: OWN };
      windowOf(electron).webContents.emit(name, event, 'https://evil.example/');
      assert.equal(event.prevented, true);
    },
  };
}

async function serve({ electron }: Shell, url: string, method = 'GET'): Promise<Response> {
  // A Request of Node's own knows no such scheme by a path with dots in it: what Chromium sends is what stands here.
  return electron.served.serve({ url, method } as Request);
}

/** Says `sotto-ready` as a frame at this address; true when a port was given. */
function asks({ electron }: Shell, url: string, isMainFrame: boolean): boolean {
  const page = windowOf(electron).webContents;
  const before = page.posted.length;
  const main = page.mainFrame;
  const was = main.url;
  main.url = url;
  electron.module.ipcMain.emit('sotto-ready', { sender: page, senderFrame: isMainFrame ? main : { url } });
  main.url = was;
  return page.posted.length > before;
}

/** What the page of the preload script has before it runs. */
const BEFORE: readonly string[] = ['window', 'location', 'addEventListener', 'postMessage'];

/** Runs the preload script in a page of its own. */
function preloaded(code: string) {
  const ipc = Object.assign(new EventEmitter(), { sent: [] as unknown[][], send: (...args: unknown[]) => void ipc.sent.push(args) });
  const exposed: string[] = [];
  const listeners: ((event: object) => void)[] = [];
  const posted: unknown[][] = [];
  const window = {
    location: { origin: 'app://sotto' },
    addEventListener: (_type: string, listener: (event: object) => void) => void listeners.push(listener),
    postMessage: (...args: unknown[]) => void posted.push(args),
  };
  const electron = { ipcRenderer: ipc, contextBridge: { exposeInMainWorld: (name: string) => void exposed.push(name) } };
  const asked: string[] = [];
  const require = (name: string) => {
    asked.push(name);
    return electron;
  };
  const context = createContext({ window });
  // As Electron runs it: in a function of its own.
  (runInContext(`(function (require, module, exports) {${code}\n})`, context) as (...given: unknown[]) => void)(require, {}, {});
  const tell = (event: object) => {
    for (const listener of listeners) listener(event);
  };
  const added = [...Object.keys(context), ...Object.keys(window)].filter((name) => !BEFORE.includes(name));
  return { ipc, exposed, posted, asked, window, added, tell };
}

/** All of them. */
export const CHECKS: readonly Check[] = [
  {
    point: '1',
    says: 'nothing is loaded from anywhere but the page itself',
    run: ({ electron }) => {
      const isCancelled = (url: string) => (answered(electron.handlers.load, { url }, 'ANSWER') as { cancel: boolean }).cancel;
      for (const url of [
        'https://example.org/x.js',
        'http://example.org',
        'ws://example.org',
        'file:///etc/passwd',
        'app://other/x.js',
        'devtools://devtools/x',
      ]) {
        assert.equal(isCancelled(url), true, url);
      }
      for (const url of [OWN, 'blob:app://sotto/1', 'data:image/png;base64,']) assert.equal(isCancelled(url), false, url);
    },
  },
  preference('2', 'no Node in the page', 'nodeIntegration', false),
  preference('2', 'no Node in workers', 'nodeIntegrationInWorker', false),
  preference('2', 'no Node in frames', 'nodeIntegrationInSubFrames', false),
  preference('3', 'the preload script lives in a world of its own', 'contextIsolation', true),
  preference('4', 'the window is in the sandbox', 'sandbox', true),
  {
    point: '4',
    says: 'everything is in the sandbox, from before the app is ready',
    run: ({ electron: { log } }) => {
      assert(log.includes('sandbox'));
      assert(log.indexOf('sandbox') < log.indexOf('ready'));
    },
  },
  {
    point: '5',
    says: 'every permission is refused but to put text into the clipboard, and that only to our page',
    run: ({ electron }) => {
      const { handlers } = electron;
      const page = { getURL: () => OWN };
      const other = { getURL: () => 'https://example.org/' };
      for (const permission of PERMISSIONS) {
        assert.equal(answered(handlers.request, page, permission, 'ANSWER', {}), false, permission);
        assert.equal((handlers.check as (...args: unknown[]) => unknown)(page, permission, 'app://sotto', {}), false, permission);
      }
      for (const contents of [page, other]) {
        assert.equal(answered(handlers.request, contents, 'clipboard-sanitized-write', 'ANSWER', {}), contents === page);
        assert.equal((handlers.check as (...args: unknown[]) => unknown)(contents, 'clipboard-sanitized-write', '', {}), contents === page);
      }
      assert.equal((handlers.device as (details: object) => unknown)({ deviceType: 'hid' }), false);
      assert.deepEqual(answered(handlers.screen, {}, 'ANSWER'), {});
    },
  },
  preference('6', 'the rule of one origin is on', 'webSecurity', true),
  {
    point: '7',
    says: 'every answer carries the strict policy, also one that is none',
    run: async (shell) => {
      for (const url of [OWN, 'app://sotto/assets/page.js', 'app://sotto/nothing']) {
        const { headers } = await serve(shell, url);
        assert.equal(headers.get('content-security-policy'), POLICY, url);
        assert.equal(headers.get('x-content-type-options'), 'nosniff');
        assert.equal(headers.get('referrer-policy'), 'no-referrer');
      }
    },
  },
  preference('8', 'nothing insecure in a secure page', 'allowRunningInsecureContent', false),
  preference('9', 'no experiments', 'experimentalFeatures', false),
  preference('10', 'no features of Blink switched on', 'enableBlinkFeatures', undefined),
  preference('11', 'no webview', 'webviewTag', false),
  stays('will-attach-webview'),
  stays('will-navigate'),
  stays('will-frame-navigate'),
  stays('will-redirect'),
  preference('13', 'a file dropped on the window does not open in it', 'navigateOnDragDrop', false),
  {
    point: '14',
    says: 'no second window is ever opened',
    run: ({ electron }) => {
      const { openHandler } = windowOf(electron).webContents;
      assert(openHandler !== null, 'nobody decides');
      for (const url of ['https://example.org/', OWN, 'about:blank']) assert.deepEqual(openHandler({ url }), { action: 'deny' });
    },
  },
  {
    point: '15',
    says: 'outside is opened only the web, without a name before its host, and only for our own page',
    run: ({ electron }) => {
      const { openHandler, mainFrame } = windowOf(electron).webContents;
      assert(openHandler !== null, 'nobody decides');
      electron.opened.length = 0;
      const bad = [
        'ftp://example.org/',
        'httpx://example.org/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'smb://x/y',
        'https://user@example.org/',
        ['https://a:b', 'example.org/'].join('@'),
        'sotto:x',
        'app://sotto/',
        `https://example.org/${'a'.repeat(5_000)}`,
        'nothing',
      ];
      for (const url of bad) openHandler({ url });
      assert.deepEqual(electron.opened, []);
      openHandler({ url: 'https://EXAMPLE.org/a b' });
      assert.deepEqual(electron.opened, ['https://example.org/a%20b']);
      mainFrame.url = 'https://example.org/';
      openHandler({ url: 'https://example.org/' });
      mainFrame.url = OWN;
      assert.equal(electron.opened.length, 1);
    },
  },
  {
    point: '17',
    says: 'only the main frame of our own page gets a line to the engine',
    run: (shell) => {
      for (const url of [
        'app://other/index.html',
        'https://sotto/index.html',
        'file:///index.html',
        'app://user@sotto/',
        'about:blank',
        '',
      ]) {
        assert.equal(asks(shell, url, true), false, url);
      }
      assert.equal(asks(shell, OWN, false), false, 'a frame in the page');
      assert.equal(asks(shell, OWN, true), true, 'the page itself');
    },
  },
  {
    point: '18',
    says: 'the page comes over its own scheme, and the scheme has no rights it does not need',
    run: ({ electron }) => {
      assert.equal(windowOf(electron).webContents.mainFrame.url, OWN);
      assert.deepEqual(electron.schemes, [
        { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
      ]);
      assert(electron.log.indexOf('scheme') < electron.log.indexOf('ready'));
    },
  },
  {
    point: '18',
    says: 'the scheme gives the files of the page and no others',
    run: async (shell) => {
      assert.equal((await serve(shell, OWN)).status, 200);
      assert.match((await serve(shell, 'app://sotto/assets/page.js')).headers.get('content-type') ?? '', /^text\/javascript/);
      const bad = [
        '../secret.js',
        '%2e%2e/secret.js',
        '..%2fsecret.js',
        'assets/../../secret.js',
        '..\\secret.js',
        'assets',
        '',
        '/',
        '__proto__',
        'assets//page.js',
        'index.html%00',
      ];
      for (const path of bad) assert.equal((await serve(shell, `app://sotto/${path}`)).status, 404, path);
      assert.equal((await serve(shell, 'app://other/index.html')).status, 404);
      assert.equal((await serve(shell, OWN, 'POST')).status, 404);
    },
  },
  {
    point: '20',
    says: 'the preload script gives the page nothing of Electron, only a port',
    run: ({ preload }) => {
      const page = preloaded(preload);
      assert.deepEqual(page.asked, ['electron']);
      assert.deepEqual([page.exposed, page.added], [[], []]);
      assert.deepEqual(page.ipc.eventNames(), ['sotto-port']);
      const port = {};
      page.ipc.emit('sotto-port', { ports: [port], sender: page.ipc }, 'more');
      assert.equal(JSON.stringify(page.posted), JSON.stringify([[{ type: 'sotto-port' }, 'app://sotto', [port]]]));
    },
  },
  {
    point: '20',
    says: 'the preload script hears only its own page, and only one word',
    run: ({ preload }) => {
      const { ipc, window, tell } = preloaded(preload);
      const ready = { type: 'sotto-ready' };
      const bad = [
        { source: {}, origin: 'app://sotto', data: ready },
        { source: window, origin: 'https://example.org', data: ready },
        { source: window, origin: 'app://sotto', data: { type: 'other' } },
        { source: window, origin: 'app://sotto', data: null },
        { source: window, origin: 'app://sotto', data: 'sotto-ready' },
      ];
      for (const event of bad) tell(event);
      assert.deepEqual(ipc.sent, []);
      tell({ source: window, origin: 'app://sotto', data: { ...ready, more: 'ignored' } });
      assert.deepEqual(ipc.sent, [['sotto-ready']]);
    },
  },
  preference('spelling', 'no spell check in the window', 'spellcheck', false),
  {
    point: 'spelling',
    says: 'no dictionary can be fetched',
    run: ({ electron: { log } }) => {
      assert(log.includes('spell check off'));
      assert(log.includes('dictionaries https://dictionaries.invalid/'));
    },
  },
  preference('tools', 'no developer tools in the packaged app', 'devTools', false),
  preference('tools', 'no plugins', 'plugins', false),
  {
    point: 'tools',
    says: 'no menu of the packaged app opens developer tools',
    run: ({ electron: { menus } }) => {
      assert(menus.length > 0);
      assert.doesNotMatch(JSON.stringify(menus), /devtools/i);
    },
  },
  {
    point: 'network',
    says: 'WebRTC sends nothing past a proxy',
    run: ({ electron }) => assert.equal(windowOf(electron).webContents.webRtc, 'disable_non_proxied_udp'),
  },
  {
    point: 'disk',
    says: 'nothing is downloaded but what our page made itself',
    run: ({ electron }) => {
      const isRefused = (url: string) => {
        const event = preventable();
        electron.module.session.defaultSession.emit('will-download', event, { getURL: () => url });
        return event.prevented;
      };
      for (const url of ['https://example.org/x.exe', 'blob:https://example.org/1', 'data:text/html,x'])
        assert.equal(isRefused(url), true, url);
      assert.equal(isRefused('blob:app://sotto/1'), false);
    },
  },
  {
    point: 'links',
    says: 'a link from outside is told to the engine, bounded, and nothing else is done',
    run: ({ electron }) => {
      const [engine] = electron.children;
      const told = () => engine?.posted.map(({ message }) => message).filter(({ kind }) => kind === 'link') ?? [];
      const bad = ['https://example.org/', 'sotto:', 'sotto:a b', 'sotto:\u202e', `sotto:${'a'.repeat(5_000)}`, '--flag', 'sotto:a\nb'];
      for (const link of bad) electron.module.app.emit('second-instance', {}, ['sotto', link]);
      assert.deepEqual(told(), []);
      electron.module.app.emit('second-instance', {}, ['sotto', 'sotto:invite/abc']);
      assert.deepEqual(told(), [{ kind: 'link', link: 'sotto:invite/abc' }]);
      assert.deepEqual(
        electron.opened.filter((url) => url.startsWith('sotto:')),
        [],
      );
    },
  },
];
