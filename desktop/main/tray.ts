// The icon in the tray: opens, locks, quits. Never the only way back to the window: starting Sotto again shows it too.
import { Menu, nativeImage, Tray } from 'electron';
import type { Words } from './words.ts';

/** What the tray can do. */
export interface TrayActions {
  open(): void;
  lock(): void;
  quit(): void;
}

/** Shows the icon; the answer sets its words anew (a menu must be set again after a change). Null where the system has no tray. */
export function showTray(icon: string, words: Words, actions: TrayActions): ((words: Words) => void) | null {
  try {
    const tray = new Tray(nativeImage.createFromPath(icon));
    tray.setToolTip('Sotto');
    tray.on('click', actions.open);
    const say = (now: Words) =>
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: now.open, click: actions.open },
          { label: now.lock, click: actions.lock },
          { type: 'separator' },
          { label: now.quit, click: actions.quit },
        ]),
      );
    say(words);
    return say;
  } catch {
    return null;
  }
}
