// Hands the page its line to the engine and nothing else: no function, no object of Electron's comes with it. The page says `sotto-ready`;
// what main sends back is a port, and the page gets it as a message.
import { ipcRenderer } from 'electron';

/** What a page has of use here; this file alone runs in one. */
interface PageWindow {
  readonly location: { readonly origin: string };
  addEventListener(type: 'message', listener: (event: { source: unknown; origin: string; data: unknown }) => void): void;
  postMessage(message: unknown, origin: string, transfer?: readonly unknown[]): void;
}
declare const window: PageWindow;

const { origin } = window.location;

window.addEventListener('message', ({ source, origin: from, data }) => {
  if (source !== window || from !== origin || typeof data !== 'object' || data === null) return;
  if ('type' in data && data.type === 'sotto-ready') ipcRenderer.send('sotto-ready');
});

ipcRenderer.on('sotto-port', ({ ports }) => window.postMessage({ type: 'sotto-port' }, origin, ports));
