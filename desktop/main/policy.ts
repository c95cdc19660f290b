// What the page may not do: leave, open windows, get permissions or devices, embed, load from outside, reach the disk. Must be in force
// before the first window is made.
import { type App, type IpcMainEvent, type Session, shell, type WebContents } from 'electron';
import { isOwnPage, outsideAddress, SCHEME } from './origin.ts';

/** The one permission the page has: to put text into the clipboard, never to read it. */
const CLIPBOARD = 'clipboard-sanitized-write';
/** Where a blob of our own page is found; Chromium writes the origin of the page into the address. */
const OWN_BLOB = `blob:${SCHEME}:`;

/** What the page may load: its own scheme, and what it made itself. */
function mayLoad(address: string): boolean {
  return isOwnPage(address) || address.startsWith(OWN_BLOB) || address.startsWith('data:');
}

/** Holds every page that will ever be made to the rules, also those that nobody meant to make. */
export function guardPages(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void }) => event.preventDefault();
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', stay);
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(contents, url);
      return { action: 'deny' };
    });
    // Without a proxy no packet leaves by UDP: a content policy does not govern WebRTC.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

// The page asked the person before; main only refuses what must not be opened at all.
function openOutside(contents: WebContents, address: string): void {
  const outside = isOwnPage(contents.getURL()) ? outsideAddress(address) : null;
  if (outside !== null) shell.openExternal(outside).catch(() => undefined);
}

/** Takes from a session every permission, device, dictionary, download and address that is not the page's own. @param inspectable developer tools may load theirs */
export function guardSession(session: Session, inspectable: boolean): void {
  const mayWriteClipboard = (permission: string, contents: WebContents | null) =>
    permission === CLIPBOARD && contents !== null && isOwnPage(contents.getURL());
  session.setPermissionRequestHandler((contents, permission, answer) => answer(mayWriteClipboard(permission, contents)));
  session.setPermissionCheckHandler((contents, permission) => mayWriteClipboard(permission, contents));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  // Should the spell checker ever be on, its dictionaries are nowhere to be had.
  session.setSpellCheckerDictionaryDownloadURL('https://dictionaries.invalid/');
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(OWN_BLOB)) event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !mayLoad(url) && !(inspectable && url.startsWith('devtools:')) });
  });
}

/** True when a message comes from the main frame of our own page, and not from a frame in it or a page that came after it. */
export function isOwnFrame(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOwnPage(frame.url);
}
