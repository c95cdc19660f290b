// The menus: what an app must have for its keys to work, and copy and paste where somebody right-clicks. Says only main's own words.
import { type App, type ContextMenuParams, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Words } from './words.ts';

type Items = MenuItemConstructorOptions[];
const LINE: MenuItemConstructorOptions = { type: 'separator' };

/** The menu of the app; hidden behind Alt everywhere but on macOS. @param inspectable with the developer tools */
export function setMenu(words: Words, app: App, platform: NodeJS.Platform, inspectable: boolean): void {
  const edit: Items = [
    { role: 'undo', label: words.undo },
    { role: 'redo', label: words.redo },
    LINE,
    { role: 'cut', label: words.cut },
    { role: 'copy', label: words.copy },
    { role: 'paste', label: words.paste },
    { role: 'selectAll', label: words.selectAll },
  ];
  const view: Items = [
    { role: 'resetZoom', label: words.zoomReset },
    { role: 'zoomIn', label: words.zoomIn },
    { role: 'zoomOut', label: words.zoomOut },
    { role: 'togglefullscreen', label: words.fullScreen },
    ...(inspectable ? [LINE, { role: 'toggleDevTools' } as const] : []),
  ];
  const window: Items = [
    { role: 'minimize', label: words.minimize },
    { role: 'close', label: words.close },
    ...(platform === 'darwin' ? [] : [LINE, { label: words.quit, accelerator: 'CmdOrCtrl+Q', click: () => app.quit() }]),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(platform === 'darwin' ? [{ label: app.name, submenu: appItems(words) }] : []),
      { label: words.edit, submenu: edit },
      { label: words.view, submenu: view },
      { label: words.window, submenu: window },
    ]),
  );
}

function appItems(words: Words): Items {
  return [
    { role: 'about', label: words.about },
    LINE,
    { role: 'hide', label: words.hide },
    { role: 'hideOthers', label: words.hideOthers },
    LINE,
    { role: 'quit', label: words.quit },
  ];
}

/** What a right click offers: only what can be done there. */
export function contextItems(words: Words, { editFlags, isEditable, selectionText }: ContextMenuParams): Items {
  const can = (label: string, role: 'cut' | 'copy' | 'paste' | 'selectAll', enabled: boolean) => ({ label, role, enabled });
  if (isEditable) {
    return [
      can(words.cut, 'cut', editFlags.canCut),
      can(words.copy, 'copy', editFlags.canCopy),
      can(words.paste, 'paste', editFlags.canPaste),
      LINE,
      can(words.selectAll, 'selectAll', editFlags.canSelectAll),
    ];
  }
  return selectionText === '' ? [] : [can(words.copy, 'copy', editFlags.canCopy)];
}
