// Serves the window to a browser on this machine: the built page over HTTP, the contract over a WebSocket that only the page can open.
// Answers on one address of this machine alone, to nobody who came by another name (Host), from another page (Origin) or without a secret (page-door.ts).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, systemClock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { pageHeaders } from '../carrier/page-policy.ts';
import { socketCarrier } from '../carrier/socket.ts';
import { readOffer, WINDOW_PATH } from '../carrier/window-door.ts';
import { type Admission, Door } from './page-door.ts';
import type { PageFiles } from './page-files.ts';
import { GOODBYE_MS, guardSockets, HTTP_LIMITS, MAX_WINDOWS, type SocketGuard, WINDOW_LIMITS } from './page-guard.ts';
import { COMMON_HOST } from './window-host.ts';

/** What a server says of itself when it goes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1_001;

/** What is served, and to whom the windows are handed. */
export interface PageServerOptions {
  readonly files: PageFiles;
  /** Serves one window; in the same turn it sets the listener for its frames. */
  serve(carrier: Carrier): void;
  /** An address of 127.0.0.0/8: what is not on this machine cannot ask, and a name would depend on what it resolves to. COMMON_HOST where the system lacks it, or nothing is said. */
  readonly host?: string;
  /** 0, the default: any that is free. */
  readonly port?: number;
  readonly clock?: Clock;
}

/** A running page server. */
export interface PageServer {
  /** What to open in a browser; good for one tab. It is a secret, like a key. */
  readonly address: string;
  readonly port: number;
  /** Resolves when somebody came in by the address. */
  readonly entered: Promise<void>;
  /** Says goodbye to the windows and ends. */
  close(): Promise<void>;
}

/** Starts to serve. @throws BAD_INPUT when the port is taken or not allowed */
export async function servePage(options: PageServerOptions): Promise<PageServer> {
  const server = createServer(HTTP_LIMITS);
  const guard = guardSockets(server);
  const { address: host, port } = await listen(server, options.host ?? COMMON_HOST, options.port ?? 0);
  // A connection that cannot be taken (no files left) is no reason to end.
  server.on('error', () => undefined);
  const door = new Door(options.clock ?? systemClock);
  const { promise: entered, resolve } = Promise.withResolvers<void>();
  const desk = new PageDesk(`${host}:${port}`, door, guard, options, resolve);
  server.on('request', (request, response) => desk.answer(request, response));
  server.on('checkExpectation', (request, response) => desk.answer(request, response));
  server.on('upgrade', (request, socket, head) => desk.open(request, socket, head));
  server.on('connect', (_request, socket) => desk.refuse(socket, 405));
  server.on('clientError', (_error, socket) => desk.refuse(socket, 400));
  const close = async () => {
    server.close();
    await desk.close();
    guard.end();
  };
  return { address: `http://${host}:${port}/#${door.token}`, port, entered, close };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if (isNoAddress(cause) && host !== COMMON_HOST) return listen(server, COMMON_HOST, port);
    throw new SottoError('BAD_INPUT', `Port ${port} on this machine is taken or not allowed; try another.`, cause);
  }
  return server.address() as AddressInfo;
}

/** macOS and others have 127.0.0.1 and nothing else of its kind, unless somebody gave them more. */
function isNoAddress(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRNOTAVAIL';
}

class PageDesk {
  readonly #host: string;
  readonly #door: Door;
  readonly #guard: SocketGuard;
  readonly #options: PageServerOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #entered: () => void;
  readonly #windows = new Set<WebSocket>();
  readonly #sockets = new WebSocketServer({ noServer: true, clientTracking: false, ...WINDOW_LIMITS });

  constructor(host: string, door: Door, guard: SocketGuard, options: PageServerOptions, entered: () => void) {
    this.#host = host;
    this.#door = door;
    this.#guard = guard;
    this.#options = options;
    this.#entered = entered;
    this.#headers = { ...pageHeaders(`ws://${this.#host}`), 'Cache-Control': 'no-store' };
    this.#sockets.on('wsClientError', (_error, socket) => this.refuse(socket, 403));
  }

  /** A request for a file. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = this.#options.files.get(request.url ?? '');
    if (!this.#isOurs(request)) this.#say(response, 403);
    else if (!isRead) this.#say(response, 405, { Allow: 'GET, HEAD' });
    else if (file === undefined) this.#say(response, 404);
    else response.writeHead(200, { ...this.#headers, ...file.headers }).end(request.method === 'GET' ? file.bytes : undefined);
  }

  /** A request for a window. */
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const admission = this.#admit(request);
    if (admission === null) this.refuse(socket, 403);
    else
      this.#sockets.handleUpgrade(request, socket, head, (window) => {
        this.#guard.isWindow(socket);
        this.#enter(window, admission);
      });
  }

  /** The last word on a socket that is no window. */
  refuse(socket: Duplex, status: number): void {
    if (!socket.writable) return void socket.destroy();
    const lines = Object.entries({ ...this.#headers, Connection: 'close', 'Content-Length': '0' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n`);
  }

  async close(): Promise<void> {
    const gone = [...this.#windows].map((window) => new Promise<void>((resolve) => window.on('close', resolve)));
    for (const window of this.#windows) window.close(GOING_AWAY);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = systemClock.after(GOODBYE_MS, resolve);
    await Promise.race([Promise.all(gone), promise]);
    stop();
  }

  /** The Host keeps out names that were made to point here, the Origin every page but ours; the secrets keep out everybody else. */
  #admit(request: IncomingMessage): Admission | null {
    const { origin } = request.headersDistinct;
    const isOurPage = origin?.length === 1 && origin[0] === `http://${this.#host}`;
    if (!this.#isOurs(request) || !isOurPage || request.url !== WINDOW_PATH || this.#windows.size >= MAX_WINDOWS) return null;
    const offer = readOffer((request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/));
    return offer === null ? null : this.#door.admit(offer);
  }

  #isOurs({ headersDistinct: { host } }: IncomingMessage): boolean {
    return host?.length === 1 && host[0] === this.#host;
  }

  #enter(window: WebSocket, admission: Admission): void {
    const left = admission.entered();
    this.#windows.add(window);
    window.on('close', () => {
      this.#windows.delete(window);
      left();
    });
    this.#entered();
    window.send(admission.answer);
    this.#options.serve(socketCarrier(window));
  }

  /** An answer without a file. What came with the request is not read. */
  #say(response: ServerResponse, status: number, more: Readonly<Record<string, string>> = {}): void {
    response.writeHead(status, { ...this.#headers, 'Content-Length': '0', Connection: 'close', ...more }).end();
  }
}
