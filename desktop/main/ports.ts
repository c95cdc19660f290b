// Introduces pages to the engine: each page that says it is ready gets one end of a channel, the engine the other. Main keeps neither end
// and so never sees a word of what is written.
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import type { Engine } from './engine.ts';
import { isOwnFrame } from './policy.ts';

/** The pages that are ready, and their lines. */
export class Ports {
  readonly #engine: Engine<MessagePortMain>;
  readonly #known = new WeakSet<WebContents>();
  readonly #ready = new Set<WebContents>();

  constructor(engine: Engine<MessagePortMain>) {
    this.#engine = engine;
    ipcMain.on('sotto-ready', (event) => {
      if (isOwnFrame(event)) this.#join(event.sender);
    });
  }

  /** A new engine: every page gets a new line to it. */
  joinAll(): void {
    for (const page of this.#ready) this.#connect(page);
  }

  /** The engine went: every page is told, by a message without a port. */
  leaveAll(): void {
    for (const page of this.#ready) page.postMessage('sotto-port', null, []);
  }

  #join(page: WebContents): void {
    if (!this.#known.has(page)) {
      this.#known.add(page);
      const leave = () => void this.#ready.delete(page);
      page.on('destroyed', leave);
      // A page that crashed is not ready; the one that is loaded in its place says so itself.
      page.on('render-process-gone', leave);
    }
    this.#ready.add(page);
    this.#connect(page);
  }

  // While there is no engine the page waits: it gets its line when there is one.
  #connect(page: WebContents): void {
    if (!this.#engine.isUp) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#engine.say({ kind: 'window', window: page.id }, port1);
    page.postMessage('sotto-port', null, [port2]);
  }
}
