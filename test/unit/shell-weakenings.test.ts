// Every setting of the shell's safety, weakened on purpose in a copy of the source, one at a time: a check must notice each, by the right point.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHECKS, type Shell } from '../support/shell-checks.ts';
import { bundle, type Change, changed, removeShell, startShell } from '../support/shell-source.ts';

const WINDOW = 'desktop/main/window.ts';
const POLICY = 'desktop/main/policy.ts';
const SCHEME = 'desktop/main/page-scheme.ts';
const POLICY_OF_PAGE = 'core/carrier/page-policy.ts';
const ORIGIN = 'desktop/main/origin.ts';
const MAIN = 'desktop/main/main.ts';
const PRELOAD = 'desktop/main/preload.ts';

/** What is changed, and the point of the check that must notice. */
const WEAKENINGS: readonly (readonly [point: string, file: string, from: string, to: string])[] = [
  ['1', POLICY, 'return isOwnPage(address) || address', "return address.startsWith('https:') || isOwnPage(address) || address"],
  ['1', POLICY, 'cancel: !mayLoad(url) &&', 'cancel: false && !mayLoad(url) &&'],
  ['2', WINDOW, 'nodeIntegration: false', 'nodeIntegration: true'],
  ['2', WINDOW, 'nodeIntegrationInWorker: false', 'nodeIntegrationInWorker: true'],
  ['2', WINDOW, 'nodeIntegrationInSubFrames: false', 'nodeIntegrationInSubFrames: true'],
  ['3', WINDOW, 'contextIsolation: true', 'contextIsolation: false'],
  ['4', WINDOW, 'sandbox: true,', 'sandbox: false,'],
  ['4', WINDOW, 'sandbox: true,', 'sandBox: true,'],
  ['4', MAIN, 'app.enableSandbox();', ''],
  ['5', POLICY, 'answer(mayWriteClipboard(permission, contents))', 'answer(true)'],
  ['5', POLICY, '(contents, permission) => mayWriteClipboard(permission, contents)', '() => true'],
  ['5', POLICY, 'session.setPermissionCheckHandler(', 'void ('],
  ['5', POLICY, 'permission === CLIPBOARD &&', "permission.startsWith('clipboard') &&"],
  ['5', POLICY, 'contents !== null && isOwnPage(contents.getURL());', 'contents !== null;'],
  ['5', POLICY, 'setDevicePermissionHandler(() => false)', 'setDevicePermissionHandler(() => true)'],
  ['6', WINDOW, 'webSecurity: true', 'webSecurity: false'],
  ['7', POLICY_OF_PAGE, '"script-src \'self\'"', "\"script-src 'self' 'unsafe-inline'\""],
  ['7', SCHEME, 'pageHeaders("\'none\'")', "pageHeaders('https:')"],
  ['7', POLICY_OF_PAGE, '"trusted-types \'none\'"', '"trusted-types default"'],
  ['7', SCHEME, 'status: 404, headers: HEADERS', 'status: 404'],
  ['8', WINDOW, 'allowRunningInsecureContent: false', 'allowRunningInsecureContent: true'],
  ['9', WINDOW, 'experimentalFeatures: false', 'experimentalFeatures: true'],
  ['10', WINDOW, 'plugins: false,', "plugins: false, enableBlinkFeatures: 'DirectSockets',"],
  ['11', WINDOW, 'webviewTag: false', 'webviewTag: true'],
  ['12', POLICY, "contents.on('will-attach-webview', stay);", ''],
  ['13', POLICY, "contents.on('will-navigate', stay);", ''],
  ['13', POLICY, "contents.on('will-frame-navigate', stay);", ''],
  ['13', POLICY, "contents.on('will-redirect', stay);", "contents.on('will-redirekt' as 'will-redirect', stay);"],
  ['13', WINDOW, 'navigateOnDragDrop: false', 'navigateOnDragDrop: true'],
  ['14', POLICY, "return { action: 'deny' };", "return { action: 'allow' };"],
  ['15', ORIGIN, '!/^https?:$/.test(url.protocol) ||', ''],
  ['15', ORIGIN, '!/^https?:$/.test(url.protocol) ||', "!url.protocol.startsWith('http') ||"],
  ['15', ORIGIN, "!/^https?:$/.test(url.protocol) || url.username !== ''", '!/^https?:$/.test(url.protocol)'],
  ['15', ORIGIN, 'if (address.length > MAX_OUTSIDE_CHARS) return null;', ''],
  ['15', POLICY, 'isOwnPage(contents.getURL()) ? outsideAddress(address) : null', 'outsideAddress(address)'],
  ['17', 'desktop/main/ports.ts', 'if (isOwnFrame(event)) ', ''],
  ['17', POLICY, 'frame === event.sender.mainFrame && ', ''],
  ['17', POLICY, 'event.sender.mainFrame && isOwnPage(frame.url)', 'event.sender.mainFrame'],
  ['17', ORIGIN, 'url.host === HOST &&', ''],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  ['17', ORIGIN, 'url.protocol === `${SCHEME}:` &&', ''],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
  ['18', ORIGIN, '`${SCHEME}://${HOST}/index.html`', '`file:///index.html`'],
  ['18', SCHEME, 'secure: true,', 'secure: true, bypassCSP: true,'],
  ['18', SCHEME, 'byPath.get(new URL(url).pathname)', 'decodeURIComponent(new URL(url).pathname).slice(1)'],
  ['18', SCHEME, 'isOwnPage(url) && method', 'method'],
  ['18', MAIN, 'declareScheme(protocol);', 'void app.whenReady().then(() => declareScheme(protocol));'],
  ['20', PRELOAD, 'origin, ports));', 'origin, ports));\nObject.assign(window, { electron: ipcRenderer });'],
  ['20', PRELOAD, '({ ports }) => window.postMessage({', '({ ports, sender }) => window.postMessage({ sender,'],
  ['20', PRELOAD, 'source !== window || ', ''],
  ['20', PRELOAD, 'from !== origin || ', ''],
  ['20', PRELOAD, " && data.type === 'sotto-ready'", ''],
  ['spelling', WINDOW, 'spellcheck: false', 'spellcheck: true'],
  ['spelling', POLICY, 'setSpellCheckerEnabled(false)', 'setSpellCheckerEnabled(true)'],
  ['spelling', POLICY, "session.setSpellCheckerDictionaryDownloadURL('https://dictionaries.invalid/');", ''],
  ['tools', WINDOW, 'devTools: !app.isPackaged', 'devTools: true'],
  ['tools', WINDOW, 'plugins: false', 'plugins: true'],
  ['tools', 'desktop/main/menu.ts', '...(inspectable ?', '...(true ?'],
  ['network', POLICY, "setWebRTCIPHandlingPolicy('disable_non_proxied_udp')", "setWebRTCIPHandlingPolicy('default')"],
  ['disk', POLICY, 'if (!item.getURL().startsWith(OWN_BLOB)) event.preventDefault();', ''],
  ['links', 'desktop/main/deep-link.ts', 'text.length <= MAX_LINK_CHARS && LINK.test(text)', 'LINK.test(text)'],
  ['links', 'desktop/main/deep-link.ts', '/^sotto:[\\x21-\\x7e]+$/', '/^sotto:/'],
];

/** Points of the checks that fail; the shell must start all the same. */
async function noticedBy(change: Change): Promise<readonly string[]> {
  const started = await startShell({ change });
  const shell: Shell = { ...started, preload: await bundle('desktop/main/preload.ts', 'cjs', change) };
  try {
    const noticed = CHECKS.map(async (check) => {
      try {
        await check.run(shell);
        return [];
      } catch {
        return [check.point];
      }
    });
    // One after the other would be the same: a check leaves the shell as it found it.
    return [...new Set((await Promise.all(noticed)).flat())];
  } finally {
    removeShell(shell);
  }
}

describe('a weaker shell is noticed', () => {
  test.each(WEAKENINGS)('%s: %s without %s', async (point, file, from, to) => {
    expect(await noticedBy({ file, from, to })).toContain(point);
  });

  test('19: a fuse that is turned', () => {
    const fuses = readFileSync(join(import.meta.dirname, '..', '..', 'desktop', 'electron-builder.config.ts'), 'utf8').match(
      /\[FuseV1Options\.\w+\]: (?:true|false)/g,
    );
    expect(fuses).toEqual([
      '[FuseV1Options.RunAsNode]: false',
      '[FuseV1Options.EnableCookieEncryption]: true',
      '[FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false',
      '[FuseV1Options.EnableNodeCliInspectArguments]: false',
      '[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true',
      '[FuseV1Options.OnlyLoadAppFromAsar]: true',
      '[FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false',
      '[FuseV1Options.GrantFileProtocolExtraPrivileges]: false',
      '[FuseV1Options.WasmTrapHandlers]: true',
    ]);
  });

  test('the shell as it is, is noticed by no check; and a place that is not in the source makes the list fail', async () => {
    const nothing = { file: MAIN, from: 'app.enableSandbox();', to: 'app.enableSandbox();' };
    expect(await noticedBy(nothing)).toEqual([]);
    expect(() => changed({ file: MAIN, from: 'no such place', to: '' })).toThrow();
  });
});
