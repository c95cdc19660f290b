// Limits on the raw sockets of the page server. Every user of this machine can connect to loopback: nobody may keep the person out by it.
import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAX_REQUEST_CHARS } from '../carrier/frames.ts';

/** Sockets at a time that are no window. A browser opens six; beyond it the oldest goes, so that who holds many shuts nobody out. */
export const MAX_PENDING_SOCKETS = 64;
/** Windows at a time: copies of one tab. Each may have MAX_BUFFERED_BYTES of answers waiting. */
export const MAX_WINDOWS = 8;
/** Bytes of a request's head: three secrets, and what browsers add. */
export const MAX_HEADER_BYTES = 8_192;
/** From connecting until the head of a request is there, ms. On one machine it takes one. */
export const HEADERS_MS = 5_000;
/** Until the whole request is there, ms; none that is answered has a body. */
const REQUEST_MS = 8_000;
/** How long a socket may lie unused between two requests, ms: a page and its parts come at once. */
export const IDLE_MS = 5_000;
/** How often the deadlines are looked at, ms. */
const LOOK_MS = 1_000;
/** How long windows have to say goodbye when the server stops, ms. */
export const GOODBYE_MS = 500;
/** How long a window that was said goodbye to has to close its end, ms; then its socket is destroyed. */
const CLOSE_MS = 1_000;
/** A UTF-16 unit is at most three bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;
/** Pieces ws keeps while it puts one message together: the longest one in the pieces a browser and loopback make of it, many times over. */
const MAX_PIECES = 4_096;

/** For `createServer`. */
export const HTTP_LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: IDLE_MS,
  connectionsCheckingInterval: LOOK_MS,
  insecureHTTPParser: false,
  noDelay: true,
} as const satisfies ServerOptions;

/** For `ws`: without compression nothing can swell. */
export const WINDOW_LIMITS = {
  maxPayload: MAX_REQUEST_CHARS * MAX_UNIT_BYTES,
  maxBufferedChunks: MAX_PIECES,
  maxFragments: MAX_PIECES,
  perMessageDeflate: false,
  closeTimeout: CLOSE_MS,
} as const;

/** The sockets of one server. */
export interface SocketGuard {
  /** This one is a window now: others no longer push it out. */
  isWindow(socket: Duplex): void;
  /** Ends every socket. */
  end(): void;
}

/** Watches the sockets of a server that does not listen yet. */
export function guardSockets(server: Server): SocketGuard {
  const pending = new Set<Duplex>();
  const all = new Set<Duplex>();
  server.on('connection', (socket: Socket) => {
    const oldest = pending.size >= MAX_PENDING_SOCKETS ? pending.values().next().value : undefined;
    oldest?.destroy();
    pending.add(socket);
    all.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      pending.delete(socket);
      all.delete(socket);
    });
  });
  return {
    isWindow: (socket) => void pending.delete(socket),
    end() {
      for (const socket of all) socket.destroy();
    },
  };
}
