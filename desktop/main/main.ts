// The shell of the desktop: starts the engine, opens the window, introduces one to the other. It decides nothing about messages and never
// sees one. The order of the first lines matters: one instance, sandbox for all, the scheme; all before the app is ready.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, protocol } from 'electron';
import { LINK_SCHEME } from './deep-link.ts';
import { declareScheme, servePage } from './page-scheme.ts';
import { guardPages } from './policy.ts';
import { Shell } from './shell.ts';

/** What was built beside this file. */
const BUILT = join(import.meta.dirname, '..');

if (!app.requestSingleInstanceLock()) app.quit();
else {
  app.enableSandbox();
  declareScheme(protocol);
  guardPages(app);
  app.setAppUserModelId('org.sotto.desktop');
  app.setAsDefaultProtocolClient(LINK_SCHEME);
  const shell = new Shell(BUILT);
  shell.listen();
  void app.whenReady().then(() => {
    servePage(protocol, join(BUILT, 'page'), JSON.parse(readFileSync(join(BUILT, 'page-files.json'), 'utf8')) as string[]);
    shell.start();
  });
}
