// A double of Electron: what main asks for by name and type is there and is written down, what Electron tells can be told. The compiler
// holds every name to Electron's own; what a real one does with them only a real one shows.
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';

type Names<T> = Partial<Record<keyof T, unknown>>;
/** What somebody handed over to be called later. */
type Handler = (...args: never[]) => unknown;

/** A page, as main sees it. */
export interface PageDouble extends EventEmitter {
  readonly id: number;
  readonly mainFrame: { url: string };
  readonly openHandler: ((details: { url: string }) => { action: string }) | null;
  readonly webRtc: string;
  readonly posted: readonly { readonly channel: string; readonly ports: readonly object[] }[];
}

/** A window, with what it was made with. */
export interface WindowDouble extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents: PageDouble;
}

/** A process that was started, with what it was told. */
export interface ChildDouble extends EventEmitter {
  readonly path: string;
  readonly args: readonly string[];
  readonly stdout: PassThrough;
  readonly posted: readonly { readonly message: { readonly kind: string }; readonly ports: readonly object[] }[];
}

/** A notification, with what it says. */
export interface NotificationDouble extends EventEmitter {
  readonly options: { readonly title: string; readonly body: string };
}

/** Events can be told to everything in the double. */
const emitting = <T extends object>(own: T): T & EventEmitter => Object.assign(new EventEmitter(), own);
/** What `new` is said to and answers what was made. */
const maker = <A extends unknown[]>(make: (...given: A) => object) =>
  function made(...given: A) {
    return make(...given);
  };

/** Keeps what is handed over under a name. */
const into =
  (target: object, name: string) =>
  (given: unknown): void => {
    Reflect.set(target, name, given);
  };

/** An event whose default can be prevented. */
export function preventable(): { preventDefault(): void; prevented: boolean } {
  return {
    prevented: false,
    preventDefault() {
      this.prevented = true;
    },
  };
}

/** One Electron, fresh for one start of main. @param settings what the system is like */
export function electronDouble(settings: { readonly packaged: boolean; readonly userData: string; readonly onlyInstance?: boolean }) {
  /** What happened, in order. */
  const log: string[] = [];
  const pages: PageDouble[] = [];
  const windows: WindowDouble[] = [];
  const children: ChildDouble[] = [];
  const channels: { port1: object; port2: object }[] = [];
  const notifications: NotificationDouble[] = [];
  const opened: string[] = [];
  const menus: unknown[] = [];
  const ready = Promise.withResolvers<void>();
  let isReady = false;

  const app = emitting({
    isPackaged: settings.packaged,
    name: 'Sotto',
    requestSingleInstanceLock: () => settings.onlyInstance !== false,
    enableSandbox: () => void log.push('sandbox'),
    setAppUserModelId: () => undefined,
    setAsDefaultProtocolClient: (scheme: string) => void log.push(`client of ${scheme}`),
    whenReady: () => ready.promise,
    isReady: () => isReady,
    getPath: (_name: string) => settings.userData,
    getLocale: () => 'en-GB',
    quit: () => void log.push('quit'),
    exit: () => void log.push('exit'),
  } satisfies Names<Electron.App>);

  function pageDouble(): PageDouble {
    const posted: { channel: string; ports: object[] }[] = [];
    const page: PageDouble = emitting({
      id: pages.length + 1,
      mainFrame: { url: '' },
      getURL: () => page.mainFrame.url,
      setWindowOpenHandler: (handler: Handler) => into(page, 'openHandler')(handler),
      setWebRTCIPHandlingPolicy: (policy: string) => into(page, 'webRtc')(policy),
      postMessage: (channel: string, _message: unknown, ports: object[]) => void posted.push({ channel, ports }),
      reload: () => void log.push('reload'),
      forcefullyCrashRenderer: () => void log.push('page ended'),
      openHandler: null,
      webRtc: '',
      posted,
    } satisfies Names<Electron.WebContents> & Record<string, unknown>);
    pages.push(page);
    app.emit('web-contents-created', {}, page);
    return page;
  }

  function windowDouble(options: Electron.BrowserWindowConstructorOptions): WindowDouble {
    log.push('window');
    const window: WindowDouble = emitting({
      options,
      webContents: pageDouble(),
      loadURL: async (url: string) => into(window.webContents.mainFrame, 'url')(url),
      show: () => void log.push('shown'),
      hide: () => void log.push('hidden'),
      focus: () => undefined,
      restore: () => undefined,
      maximize: () => undefined,
      isFocused: () => false,
      isMinimized: () => false,
      isMaximized: () => false,
      isDestroyed: () => false,
      getNormalBounds: () => ({ x: 10, y: 20, width: 900, height: 700 }),
    } satisfies Names<Electron.BrowserWindow> & Record<string, unknown>);
    windows.push(window);
    return window;
  }

  function childDouble(path: string, args: string[]): ChildDouble {
    log.push(`fork ${path.split('/').slice(-2).join('/')}`);
    const posted: { message: { kind: string }; ports: object[] }[] = [];
    const child: ChildDouble = emitting({
      path,
      args,
      pid: undefined,
      stdout: new PassThrough(),
      postMessage: (message: { kind: string }, ports: object[]) => void posted.push({ message, ports }),
      kill: () => child.emit('exit', 1),
      posted,
    } satisfies Names<Electron.UtilityProcess> & Record<string, unknown>);
    children.push(child);
    return child;
  }

  function notificationDouble(options: { title: string; body: string }): NotificationDouble {
    const notification: NotificationDouble = emitting({
      options,
      show: () => void log.push('notification'),
      close: () => void log.push('notification closed'),
    } satisfies Names<Electron.Notification> & Record<string, unknown>);
    notifications.push(notification);
    return notification;
  }

  const handlers: Record<string, Handler> = {};
  const session = emitting({
    setPermissionRequestHandler: into(handlers, 'request'),
    setPermissionCheckHandler: into(handlers, 'check'),
    setDevicePermissionHandler: into(handlers, 'device'),
    setDisplayMediaRequestHandler: into(handlers, 'screen'),
    setSpellCheckerEnabled: (on: boolean) => void log.push(`spell check ${on ? 'on' : 'off'}`),
    setSpellCheckerDictionaryDownloadURL: (url: string) => void log.push(`dictionaries ${url}`),
    webRequest: { onBeforeRequest: into(handlers, 'load') } satisfies Names<Electron.WebRequest>,
  } satisfies Names<Electron.Session>);

  const schemes: Electron.CustomScheme[] = [];
  const protocol = {
    registerSchemesAsPrivileged: (own: Electron.CustomScheme[]) => {
      log.push('scheme');
      schemes.push(...own);
    },
    handle: (_scheme: string, handler: unknown) => into(served, 'serve')(handler),
  } satisfies Names<Electron.Protocol>;
  const served: { serve: (request: Request) => Promise<Response> } = { serve: () => Promise.reject(new Error('nothing is served')) };

  const safeStorage = {
    backend: 'gnome_libsecret',
    available: true,
    isAsyncEncryptionAvailable: async () => safeStorage.available,
    getSelectedStorageBackend: () => safeStorage.backend,
    encryptStringAsync: async (text: string) => Buffer.from(`sealed ${text}`),
    decryptStringAsync: async (sealed: Buffer) => {
      if (!sealed.toString().startsWith('sealed ')) throw new Error('another key');
      return { result: sealed.toString().slice('sealed '.length), shouldReEncrypt: false };
    },
  } satisfies Names<Electron.SafeStorage> & Record<string, unknown>;

  const tray = emitting({
    setToolTip: () => undefined,
    setContextMenu: (menu: unknown) => void menus.push(menu),
  } satisfies Names<Electron.Tray>);
  const ipcMain = new EventEmitter();
  const ipcRenderer = emitting({ send: (channel: string) => void log.push(`sent ${channel}`) } satisfies Names<Electron.IpcRenderer>);
  const nativeTheme = { shouldUseDarkColors: false, themeSource: 'system' } satisfies Names<Electron.NativeTheme>;
  const powerMonitor = new EventEmitter();
  const dialogs: { message: string }[] = [];

  const module = {
    app,
    protocol,
    ipcMain,
    ipcRenderer,
    safeStorage,
    nativeTheme,
    powerMonitor,
    session: { defaultSession: session },
    shell: { openExternal: async (url: string) => void opened.push(url) },
    dialog: {
      showMessageBox: async (box: { message: string }) => {
        dialogs.push(box);
        return { response: 0 };
      },
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    nativeImage: { createFromPath: () => ({}) },
    Menu: { buildFromTemplate: (items: unknown) => items, setApplicationMenu: (menu: unknown) => void menus.push(menu) },
    utilityProcess: { fork: childDouble },
    contextBridge: { exposeInMainWorld: (name: string) => void log.push(`exposed ${name}`) },
    BrowserWindow: maker(windowDouble),
    Notification: Object.assign(maker(notificationDouble), { isSupported: () => true }),
    Tray: maker(() => tray),
    MessageChannelMain: maker(() => {
      const channel = { port1: {}, port2: {} };
      channels.push(channel);
      return channel;
    }),
  } satisfies Names<typeof Electron.CrossProcessExports>;

  return {
    module,
    log,
    pages,
    windows,
    children,
    channels,
    notifications,
    opened,
    menus,
    dialogs,
    handlers,
    schemes,
    served,
    /** Electron is ready; resolves when main has done what it does then. */
    ready: async () => {
      log.push('ready');
      isReady = true;
      ready.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** See `electronDouble`. */
export type ElectronDouble = ReturnType<typeof electronDouble>;
