// What the relay tells about itself, over HTTP: on a socket in its own folder that the operator alone can open, and on a loopback port if asked.
// The socket is the default because it needs no free port, several relays on a machine do not meet, and no other user of the machine can ask.
// It must never take anything in: every answer is a GET, and no page names a user. The whole store goes out over the socket alone, to its operator.
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SottoError } from '../../core/base/errors.ts';

/** Longest path of a socket that every system takes, bytes. */
const MAX_SOCKET_PATH = 100;
/** Askers at a time, and how long one may take, ms. */
const MOST_ASKERS = 16;
const ASK_MS = 5_000;
/** How long a stream may stand still, ms. */
const SILENT_MS = 60_000;

/** Content of one path: its type and its text; `ok` false is told as 503. */
export interface AdminPage {
  readonly type: 'text/plain; version=0.0.4' | 'text/plain' | 'application/json';
  readonly text: string;
  readonly ok: boolean;
}

/** Path to page. */
export type AdminPages = Readonly<Record<string, () => AdminPage>>;

/** Path to bytes without a known end; one asker at a time and path. */
export type AdminStreams = Readonly<Record<string, () => AsyncIterable<Uint8Array>>>;

/** A door that is open. */
export interface AdminDoor {
  close(): Promise<void>;
}

/** Where the socket of a relay lies. */
export function adminSocket(data: string): string {
  return join(data, 'admin.sock');
}

/** Whether there can be one. */
export function hasSocket(data: string): boolean {
  return Buffer.byteLength(adminSocket(data)) <= MAX_SOCKET_PATH && process.platform !== 'win32';
}

/** Opens the socket in the data folder. Call it only while holding the store. @throws OFFLINE when there can be none */
export async function openSocket(data: string, pages: AdminPages, streams: AdminStreams = {}): Promise<AdminDoor> {
  const path = adminSocket(data);
  if (!hasSocket(data)) throw new SottoError('OFFLINE', 'There can be no socket in this folder.');
  await rm(path, { force: true }); // left by one that was killed: we hold the store, so nobody answers there
  const server = adminServer(pages, false, streams);
  await listening(server, () => server.listen({ path }), 'The socket for the operator could not be made.');
  await chmod(path, 0o600);
  return doorOf(server);
}

/** Opens a loopback port. @throws OFFLINE when it is taken */
export async function openPort(at: { readonly host: string; readonly port: number }, pages: AdminPages): Promise<AdminDoor> {
  const server = adminServer(pages, true);
  await listening(server, () => server.listen({ ...at, exclusive: true }), 'The address for the operator (admin) is taken.');
  return doorOf(server);
}

function adminServer(pages: AdminPages, checksHost: boolean, streams: AdminStreams = {}): Server {
  const busy = new Set<string>();
  const server = createServer({ requestTimeout: ASK_MS, headersTimeout: ASK_MS, keepAliveTimeout: ASK_MS }, (request, response) => {
    const path = pathOf(request);
    const stream = request.method === 'GET' && Object.hasOwn(streams, path) ? streams[path] : undefined;
    if (stream !== undefined && !busy.has(path)) {
      busy.add(path);
      void sendStream(response, stream()).finally(() => busy.delete(path));
      return;
    }
    const { status, page } = stream === undefined ? answer(request, pages, checksHost) : { status: 409, page: null };
    send(response, status, page);
  });
  server.maxConnections = MOST_ASKERS;
  return server;
}

function answer(request: IncomingMessage, pages: AdminPages, checksHost: boolean): { status: number; page: AdminPage | null } {
  // A page in the operator's browser can reach loopback under another name.
  if (checksHost && !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) return { status: 403, page: null };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, page: null };
  const path = pathOf(request);
  const make = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (make === undefined) return { status: 404, page: null };
  const page = make();
  return { status: page.ok ? 200 : 503, page };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

// Whoever asks and does not read is let go, and with them what the store keeps for them. What is cut short is never ended, so that its reader knows.
async function sendStream(response: ServerResponse, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  response.setTimeout(SILENT_MS, () => response.destroy());
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
  await pipeline(Readable.from(bytes, { objectMode: false }), response).catch(() => undefined);
}

function send(response: ServerResponse, status: number, page: AdminPage | null): void {
  response.writeHead(status, { 'content-type': page?.type ?? 'text/plain', 'cache-control': 'no-store' });
  response.end(page?.text ?? '');
}

async function listening(server: Server, listen: () => void, failed: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.once('listening', resolve);
  listen();
  try {
    await promise;
  } catch (cause) {
    throw new SottoError('OFFLINE', failed, cause);
  }
  server.on('error', () => undefined);
}

function doorOf(server: Server): AdminDoor {
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
