// The window: made with every setting of safety said aloud, shown when it has something to show, brought back when its page dies.
import { app, BrowserWindow, Menu, nativeTheme, screen, type WebPreferences } from 'electron';
import { systemClock } from '../../core/base/clock.ts';
import { contextItems } from './menu.ts';
import { START } from './origin.ts';
import { keepWindowState, readWindowState, SMALLEST } from './window-state.ts';
import type { Words } from './words.ts';

/** A page that does not answer for so long is ended and loaded anew, ms. What was typed is with the engine. */
const HANG_MS = 15_000;
/** Pause before a page that died is loaded again, ms: one that dies at once must not keep the computer busy. */
const RELOAD_PAUSE_MS = 1_000;

/** The ground of the page before it is painted: as its own in design/tokens.css. */
const GROUND = { light: '#f5f3f7', dark: '#17131b' } as const;

/** What the page is allowed. Defaults are said too: they may change, this must not. */
function preferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: !app.isPackaged,
  } satisfies WebPreferences;
}

/** Opens the window on our page. @param words the words there are when somebody right-clicks */
export function openWindow(preload: string, words: () => Words): BrowserWindow {
  const folder = app.getPath('userData');
  const { maximized, ...place } = readWindowState(
    folder,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow({
    ...place,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Sotto',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    webPreferences: preferences(preload),
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on('close', () => keepWindowState(folder, window.getNormalBounds(), window.isMaximized()));
  window.webContents.on('context-menu', (_event, params) => {
    const items = contextItems(words(), params);
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window });
  });
  bringBack(window);
  window.loadURL(START).catch(() => undefined);
  return window;
}

function bringBack(window: BrowserWindow): void {
  const page = window.webContents;
  let cancel: () => void = () => undefined;
  const later = (ms: number, then: () => void) => {
    cancel();
    cancel = systemClock.after(ms, () => {
      if (!window.isDestroyed()) then();
    });
  };
  page.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') later(RELOAD_PAUSE_MS, () => page.reload());
  });
  window.on('unresponsive', () => later(HANG_MS, () => page.forcefullyCrashRenderer()));
  window.on('responsive', () => cancel());
}
