// Joins the parts of the shell: engine, window, lines, tray, notices, relay. Each part is in a file of its own; here is only who tells whom.
import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  type MessagePortMain,
  nativeTheme,
  powerMonitor,
  session,
  type UtilityProcess,
  utilityProcess,
} from 'electron';
import { systemClock } from '../../core/base/clock.ts';
import type { FromEngine, ToEngine } from '../engine-protocol.ts';
import { linkAmong, readLink } from './deep-link.ts';
import { Engine, type EngineNews, type EngineProcess } from './engine.ts';
import { answerKeyring } from './keyring.ts';
import { LocalRelay } from './local-relay.ts';
import { setMenu } from './menu.ts';
import { Notices } from './notices.ts';
import { guardSession } from './policy.ts';
import { Ports } from './ports.ts';
import { showTray } from './tray.ts';
import { openWindow } from './window.ts';
import { type Words, wordsFor } from './words.ts';

/** Ends in a row after which a person is told: the first ones mend themselves and the page says that they happened. */
const TELL_AFTER = 3;
/** Where closing the window leaves the app running, since it can be found again: in the dock, in the tray. */
const STAYS: readonly NodeJS.Platform[] = ['darwin', 'win32'];

/** The whole shell, once. */
export class Shell {
  readonly #built: string;
  readonly #engine: Engine<MessagePortMain>;
  readonly #ports: Ports;
  readonly #relay: LocalRelay;
  readonly #notices = new Notices((account) => this.#show({ kind: 'show', account }));
  /** What the engine is to hear once it is up: the last link, the last click. */
  readonly #waiting = new Map<ToEngine['kind'], ToEngine>();
  #words: Words = wordsFor('en', 'en');
  #sayInTray: ((words: Words) => void) | null = null;
  #window: BrowserWindow | null = null;
  #isQuitting = false;

  /** @param built the folder of what was built: main, engine, relay, page */
  constructor(built: string) {
    this.#built = built;
    this.#engine = new Engine({
      fork: () => engineProcess(utilityProcess.fork(join(built, 'engine', 'engine.js'), [], { serviceName: 'Sotto engine' })),
      clock: systemClock,
      onMessage: (message) => this.#hear(message),
      onNews: (news) => this.#fare(news),
    });
    this.#ports = new Ports(this.#engine);
    this.#relay = new LocalRelay(
      (args) => utilityProcess.fork(join(built, 'engine', 'relay-entry.js'), args, { serviceName: 'Sotto relay', stdio: 'pipe' }),
      (message) => void this.#engine.say(message),
    );
  }

  /** Listens to what the system tells an app; before it is ready, because links come early. */
  listen(): void {
    app.on('second-instance', (_event, args) => this.#openLink(linkAmong(args)));
    app.on('open-url', (event, url) => {
      event.preventDefault();
      this.#openLink(readLink(url));
    });
    app.on('activate', () => this.#open());
    app.on('window-all-closed', () => app.quit());
    app.on('before-quit', () => {
      this.#isQuitting = true;
    });
    app.on('will-quit', (event) => {
      event.preventDefault();
      void this.#stop();
    });
  }

  /** Starts everything; once the app is ready. The engine comes first: it has the most to do. */
  start(): void {
    const link = linkAmong(process.argv);
    if (link !== null) this.#tell({ kind: 'link', link });
    guardSession(session.defaultSession, !app.isPackaged);
    this.#engine.start();
    this.#speak('system');
    this.#open();
    powerMonitor.on('lock-screen', () => void this.#engine.say({ kind: 'lock' }));
    powerMonitor.on('shutdown', () => app.quit());
    this.#sayInTray = showTray(join(this.#built, 'icons', process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'), this.#words, {
      open: () => this.#open(),
      lock: () => void this.#engine.say({ kind: 'lock' }),
      quit: () => app.quit(),
    });
  }

  #hear(message: FromEngine): void {
    switch (message.kind) {
      case 'notice':
        if (this.#window?.isFocused() !== true) this.#notices.show(message, this.#words);
        break;
      case 'shut':
        this.#notices.clear();
        break;
      case 'look':
        nativeTheme.themeSource = message.appearance;
        this.#speak(message.language);
        break;
      case 'keyring-state':
      case 'keyring-seal':
      case 'keyring-open':
        void answerKeyring(message, process.platform).then((answer) => this.#engine.say(answer));
        break;
      case 'relay-start':
      case 'relay-stop':
        void this.#relay.answer(message);
        break;
      case 'pong':
    }
  }

  #fare(news: EngineNews): void {
    if (news.state === 'up') {
      for (const message of this.#waiting.values()) this.#engine.say(message);
      this.#waiting.clear();
      this.#ports.joinAll();
      return;
    }
    this.#ports.leaveAll();
    process.stderr.write(`sotto: the engine ${news.state} (${news.attempt} in a row); it is started again\n`);
    if (news.attempt === TELL_AFTER) void this.#tellTrouble();
  }

  async #tellTrouble(): Promise<void> {
    const { engineStops, engineStopsMore, again, quit } = this.#words;
    const box = {
      type: 'warning',
      message: engineStops,
      detail: engineStopsMore,
      buttons: [again, quit],
      defaultId: 0,
      cancelId: 0,
    } as const;
    const { response } = await dialog.showMessageBox({ ...box, buttons: [...box.buttons] });
    if (response === 1) app.quit();
  }

  #tell(message: ToEngine): void {
    if (!this.#engine.say(message)) this.#waiting.set(message.kind, message);
  }

  #openLink(link: string | null): void {
    if (link !== null) this.#tell({ kind: 'link', link });
    this.#open();
  }

  #show(message: ToEngine): void {
    this.#tell(message);
    this.#open();
  }

  /** Brings the window to the front; makes it when there is none. */
  #open(): void {
    if (!app.isReady()) return;
    if (this.#window === null) this.#window = this.#newWindow();
    else {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
    }
  }

  #newWindow(): BrowserWindow {
    const window = openWindow(join(this.#built, 'main', 'preload.cjs'), () => this.#words);
    window.on('focus', () => this.#notices.clear());
    window.on('close', (event) => {
      if (this.#isQuitting || !STAYS.includes(process.platform)) return;
      event.preventDefault();
      window.hide();
    });
    window.on('closed', () => {
      this.#window = null;
    });
    return window;
  }

  #speak(language: 'system' | 'en' | 'de'): void {
    this.#words = wordsFor(language, app.getLocale());
    setMenu(this.#words, app, process.platform, !app.isPackaged);
    this.#sayInTray?.(this.#words);
  }

  async #stop(): Promise<void> {
    await this.#engine.stop();
    await this.#relay.stop();
    app.exit(0);
  }
}

function engineProcess(child: UtilityProcess): EngineProcess<MessagePortMain> {
  return {
    postMessage: (message, transfer) => child.postMessage(message, transfer),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    kill: () => {
      // What hangs does not hear a polite signal, which is all that `child.kill()` is.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
