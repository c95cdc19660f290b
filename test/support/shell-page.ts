// The page as the desktop shows it, but in a plain Chromium: the built page under the shell's own headers, the built preload script with a
// double of `ipcRenderer`, and a real engine process behind the port it hands over.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Carrier } from '../../core/carrier/carrier.ts';
import { PAGE_FOLDER } from '../../desktop/build/page.ts';
import { HEADERS } from '../../desktop/main/page-scheme.ts';
import type { Utility } from './shell-utility.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** How the page tells where it runs; a plain Chromium knows no scheme of ours, so the answer stands in its place. */
const WHERE = /location\.protocol===[`'"]app:[`'"]/g;

/** Serves the built page. */
export function servePage(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    try {
      const file = readFileSync(join(PAGE_FOLDER, path));
      response.writeHead(200, { ...HEADERS, 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
      response.end(path.endsWith('.js') ? file.toString().replace(WHERE, 'true') : file);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Where it is served. */
export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** In the page, before anything else runs: what Electron would give the preload script, and the ends of ports that main would hold. */
const RENDERER = `
  const heard = [];
  const lines = new Map();
  const ipcRenderer = { on: (channel, listener) => heard.push([channel, listener]), send: (channel) => mainHears(channel) };
  const tell = (ports) => {
    for (const [channel, listener] of heard) if (channel === 'sotto-port') listener({ ports, sender: ipcRenderer });
  };
  window.mainSends = (line) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => engineHears(line, data);
    lines.set(line, port1);
    tell([port2]);
  };
  window.mainTellsTheEnd = () => tell([]);
  window.engineSends = (line, frame) => lines.get(line)?.postMessage(frame);
`;

/** Main's part for one page. */
export class DesktopPage {
  readonly page: Page;
  readonly #lines: Carrier[] = [];
  #engine: Utility | null = null;
  /** How often the page said that it is ready. */
  asked = 0;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Prepares a page that is not loaded yet. @param preload the built preload script */
  static async prepare(page: Page, preload: string): Promise<DesktopPage> {
    const desktop = new DesktopPage(page);
    await page.exposeFunction('mainHears', (channel: string) => desktop.#hear(channel));
    await page.exposeFunction('engineHears', (line: number, frame: string) => desktop.#lines[line]?.send(frame));
    await page.addInitScript(`{ ${RENDERER}; (function (require, module, exports) {${preload}\n})(() => ({ ipcRenderer }), {}, {}); }`);
    return desktop;
  }

  /** The engine is up: the page gets a line to it, if it ever asked for one. */
  async join(engine: Utility): Promise<void> {
    this.#engine = engine;
    engine.child.once('exit', () => void this.page.evaluate('mainTellsTheEnd()').catch(() => undefined));
    if (this.asked > 0) await this.#connect(engine);
  }

  async #hear(channel: string): Promise<void> {
    if (channel !== 'sotto-ready') throw new Error(`the page said ${channel}`);
    this.asked += 1;
    if (this.#engine?.child.connected === true) await this.#connect(this.#engine);
  }

  async #connect(engine: Utility): Promise<void> {
    const carrier = engine.line(1);
    const line = this.#lines.push(carrier) - 1;
    // Whatever the page is doing when it goes away is no fault of a frame on its way.
    const tell = (script: string) => void this.page.evaluate(script).catch(() => undefined);
    carrier.onFrame((frame) => tell(`engineSends(${line}, ${JSON.stringify(frame)})`));
    await this.page.evaluate(`mainSends(${line})`);
  }
}
