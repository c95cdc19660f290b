// A page server with a small page and an engine made for a test, and browsers and strangers that come to it over real sockets.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket as NetSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket as WsSocket } from 'ws';
import { peerContract } from '../../core/api.ts';
import { base64url } from '../../core/base/bytes.ts';
import { type Clock, random } from '../../core/base/clock.ts';
import type { Carrier } from '../../core/carrier/carrier.ts';
import { serveApi } from '../../core/carrier/serve.ts';
import { type Offer, WINDOW_PATH, writeOffer } from '../../core/carrier/window-door.ts';
import { readPageFiles } from '../../core/host/page-files.ts';
import { type PageServer, servePage } from '../../core/host/page-server.ts';
import { bob, type MadeEngine, madeEngine } from './carrier.ts';
import { within } from './net-wait.ts';

/** A folder with a built page, and beside it what nobody may get. */
export function builtPage(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'sotto-page-')), 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, '..', 'secret.js'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  writeFileSync(join(folder, 'assets', 'main-a1b2.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'main-a1b2.js.map'), '{}');
  writeFileSync(join(folder, '.built'), 'hash');
  return folder;
}

/** A running one. */
export interface TriedServer {
  readonly server: PageServer;
  readonly engine: MadeEngine;
  readonly origin: string;
  readonly carriers: readonly Carrier[];
}

/** Starts one. @param ends gets what closes it */
export async function triedServer(ends: (() => unknown)[], clock?: Clock, port = 0): Promise<TriedServer> {
  const engine = madeEngine({ contacts: () => [bob] });
  const carriers: Carrier[] = [];
  const serve = (carrier: Carrier) => {
    carriers.push(carrier);
    serveApi(carrier, peerContract, engine.api);
  };
  const server = await servePage({ files: readPageFiles(builtPage()), serve, port, ...(clock === undefined ? {} : { clock }) });
  ends.push(() => server.close());
  return { server, engine, carriers, origin: `http://127.0.0.1:${server.port}` };
}

/** A fresh secret of a page. */
export const secret = (): string => base64url(random(32));

/** The first offer of a page that was opened by the address. */
export function firstOffer({ address }: PageServer): Offer {
  return { token: new URL(address).hash.slice(1), session: secret(), answer: secret() };
}

/** The offer of the same tab afterwards. */
export const again = ({ session }: Offer): Offer => ({ token: null, session, answer: null });

/** What a browser says when a page opens a WebSocket. */
export interface Knock {
  readonly offer?: Offer | readonly string[];
  readonly origin?: string | null;
  readonly host?: string;
  readonly path?: string;
}

/** Knocks; the status, 101 when it was let in. */
export function knock({ server, origin }: TriedServer, how: Knock): Promise<number> {
  const protocols = how.offer === undefined ? [] : 'session' in how.offer ? writeOffer(how.offer) : how.offer;
  const asked = request({
    host: '127.0.0.1',
    port: server.port,
    path: how.path ?? WINDOW_PATH,
    headers: {
      Host: how.host ?? `127.0.0.1:${server.port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...(how.origin === null ? {} : { Origin: how.origin ?? origin }),
      ...(protocols.length === 0 ? {} : { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
    },
  }).end();
  const answered = new Promise<number>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    asked.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
  });
  return within(answered, 'the answer to a knock');
}

/** A window that is open, and all that it heard. */
export interface OpenWindow {
  readonly socket: WsSocket;
  readonly protocol: string;
  readonly heard: readonly string[];
  readonly closed: Promise<number>;
}

type Client = new (
  url: string,
  protocols: readonly string[],
  options: { readonly origin: string },
) => WsSocket & { readonly protocol: string };

/** A WebSocket as a browser makes it: with the origin of its page. */
export function browserSocket(url: string, protocols: readonly string[], origin: string): InstanceType<Client> {
  return new (WsSocket as unknown as Client)(url, protocols, { origin });
}

/** Opens a window as a browser does. */
export async function openWindow({ server, origin }: TriedServer, offer: Offer): Promise<OpenWindow> {
  const socket = browserSocket(`ws://127.0.0.1:${server.port}${WINDOW_PATH}`, writeOffer(offer), origin);
  const heard: string[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', (event) => resolve((event as { readonly code: number }).code));
  });
  socket.addEventListener('error', () => undefined);
  await within(
    new Promise<void>((resolve, reject) => {
      socket.addEventListener('close', () => reject(new Error('not let in')));
      socket.addEventListener('message', ({ data }) => {
        heard.push(String(data));
        resolve();
      });
    }),
    'the first word of the engine',
  );
  return { socket, protocol: socket.protocol, heard, closed };
}

/** Sends bytes as they are and answers all that comes back until the other side ends. */
export function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  return within(allOf(socket), 'the end of a raw connection');
}

/** Everything a socket says until it ends. */
export function allOf(socket: NetSocket): Promise<string> {
  return new Promise((resolve) => {
    let all = '';
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      all += part;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(all));
  });
}
