// Closes the holes of the stock TCP transport. Touches private fields of a pinned version; test/fault/net-tcp.test.ts holds every line here.
import type { Socket } from 'node:net';
import type { MultiaddrConnection } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import type { SocketGuard } from './socket-guard.ts';

/** Reads in a row shorter than TINY_BYTES. Honest ones stand between larger ones; a run of them fills memory with objects. */
const MAX_TINY_READS = 1_024;
/** Less than an empty record of Noise. */
const TINY_BYTES = 16;

interface RawConnection {
  readonly socket?: Socket;
  onData(bytes: Uint8Array): void;
  sendData(data: Iterable<Uint8Array> & { readonly byteLength: number }): { sentBytes: number; canSendMore: boolean };
  close(options?: object): Promise<void>;
  abort(error: Error): void;
}

/** TCP whose sockets `guard` counts. Silence is noticed above it, for every transport alike. */
export function hardTcp(guard: SocketGuard): ReturnType<typeof tcp> {
  const make = tcp({ inboundSocketInactivityTimeout: 0, outboundSocketInactivityTimeout: 0 });
  return (components) => {
    const transport = make(components);
    const createListener = transport.createListener.bind(transport);
    transport.createListener = (options) => guard.guard(createListener(options));
    return transport;
  };
}

/** Before any byte is read: what the other side sends can no longer throw or fill memory, and a close never rejects. */
export function hardenTcp(connection: MultiaddrConnection): void {
  const raw = connection as unknown as RawConnection;
  const { socket } = raw;
  if (socket === undefined) return;
  const onData = raw.onData.bind(raw);
  let tiny = 0;
  raw.onData = (bytes) => {
    tiny = bytes.byteLength < TINY_BYTES ? tiny + 1 : 0;
    try {
      if (tiny > MAX_TINY_READS) raw.abort(new Error('Too many tiny pieces.'));
      else onData(bytes);
    } catch (error) {
      raw.abort(error instanceof Error ? error : new Error('What came could not be read.')); // stock: an uncaught exception
    }
  };
  const close = raw.close.bind(raw);
  raw.close = (options) => close(options).catch((error) => raw.abort(error)); // as for WebSocket: a rejection would kill the process
  joinWrites(raw, socket);
}

// One write to the system for the pieces of a record, and no socket that is gone is written to.
function joinWrites(raw: RawConnection, socket: Socket): void {
  const sendData = raw.sendData.bind(raw);
  raw.sendData = (data) => {
    if (!socket.writable) return { sentBytes: data.byteLength, canSendMore: true }; // its close is on its way
    socket.cork();
    try {
      return sendData(data);
    } finally {
      socket.uncork();
    }
  };
}
