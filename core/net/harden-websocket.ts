// Closes the holes of the stock WebSocket transport. Touches private fields of pinned versions; test/fault/net-attacks.test.ts holds every line here.
import type { MultiaddrConnection } from '@libp2p/interface';

/** Largest WebSocket message: above any Noise record (64 KiB) and small enough that a thousand hostile sockets fit in memory. */
export const MAX_WS_MESSAGE_BYTES = 1_048_576;
/** Pieces ws keeps while it puts one message together: a largest message in the smallest segments of a real network. */
const MAX_WS_PIECES = 4_096;
/** Largest message that is sent; several records may share one. */
const WS_MESSAGE_BYTES = 262_144;
/** Messages in a row shorter than TINY_BYTES. Honest ones stand between larger ones; a run of them fills memory with objects. */
const MAX_TINY_MESSAGES = 1_024;
const TINY_BYTES = 16;
/** Unsent bytes of a socket above which libp2p stops writing to it, and above which pings are no longer answered but punished. */
export const MAX_SOCKET_BUFFER_BYTES = 1_048_576;
/** Small writes in a row that may wait in a full socket: the answers to a flood of yamux pings take fifty times their size. */
const MAX_SMALL_ANSWERS = 4_096;
const SMALL_ANSWER_BYTES = 64;
/** Bytes libp2p may queue above a full socket before it gives up on it: more than one full stream window with its overhead. */
export const MAX_CONNECTION_QUEUE_BYTES = 4_194_304;

interface RawWebSocket {
  readonly bufferedAmount: number;
  on(event: string, listener: (...args: readonly never[]) => void): void;
  send(bytes: Uint8Array): void;
  terminate(): void;
}

interface RawConnection {
  readonly websocket?: RawWebSocket;
  maxWriteBufferLength?: number;
  maxBufferedAmount: number;
  checkBufferedAmountTask: { start(): void };
  sendData(data: { readonly byteLength: number; subarray(from: number, to?: number): Uint8Array }): {
    sentBytes: number;
    canSendMore: boolean;
  };
  sendReset(): void;
  close(options?: object): Promise<void>;
  abort(error: Error): void;
}

/** What ws may be sent, either way; without compression nothing can swell. */
export const WEBSOCKET_LIMITS = {
  perMessageDeflate: false,
  maxPayload: MAX_WS_MESSAGE_BYTES,
  maxBufferedChunks: MAX_WS_PIECES,
  maxFragments: MAX_WS_PIECES,
  closeTimeout: 2_000,
  followRedirects: false,
} as const;

/** Before any byte is read: what the other side sends can no longer throw, fill memory, or leave the socket behind. */
export function hardenConnection(connection: MultiaddrConnection): void {
  const raw = connection as unknown as RawConnection;
  const socket = raw.websocket;
  if (socket === undefined) return;
  const terminate = () => socket.terminate();
  socket.on('error', terminate);
  socket.on('ping', () => {
    if (socket.bufferedAmount > MAX_SOCKET_BUFFER_BYTES) terminate();
  });
  let tiny = 0;
  socket.on('message', ((bytes: ArrayBuffer, isBinary: boolean) => {
    tiny = bytes.byteLength < TINY_BYTES ? tiny + 1 : 0;
    if (!isBinary || tiny > MAX_TINY_MESSAGES) terminate();
  }) as (...args: readonly never[]) => void);
  hardenWrites(raw, socket);
}

// One WebSocket frame per write instead of one per piece; a reset that really ends the socket (stock: close(1006) throws).
function hardenWrites(raw: RawConnection, socket: RawWebSocket): void {
  raw.maxWriteBufferLength = MAX_CONNECTION_QUEUE_BYTES;
  raw.sendReset = () => socket.terminate();
  const close = raw.close.bind(raw);
  raw.close = (options) => close(options).catch((error) => raw.abort(error)); // stock does not wait for this promise everywhere: a rejection would kill the process
  let smallAnswers = 0;
  raw.sendData = (data) => {
    const sentBytes = data.byteLength;
    smallAnswers = socket.bufferedAmount === 0 || sentBytes > SMALL_ANSWER_BYTES ? 0 : smallAnswers + 1;
    if (smallAnswers > MAX_SMALL_ANSWERS) socket.terminate();
    for (let at = 0; at < sentBytes; at += WS_MESSAGE_BYTES) socket.send(data.subarray(at, Math.min(at + WS_MESSAGE_BYTES, sentBytes)));
    const canSendMore = socket.bufferedAmount < raw.maxBufferedAmount;
    if (!canSendMore) raw.checkBufferedAmountTask.start();
    return { sentBytes, canSendMore };
  };
}
