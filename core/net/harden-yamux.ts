// Closes the holes of the stock yamux muxer. Touches private fields of a pinned version; test/fault/net-attacks.test.ts holds every line here.
import { yamux } from '@chainsafe/libp2p-yamux';
import type { StreamMuxerFactory } from '@libp2p/interface';
import { MAX_CONNECTION_QUEUE_BYTES } from './harden-websocket.ts';

/** Largest window a stream is granted, and so the largest data frame a correct peer sends; a header that announces more ends the connection. */
export const MAX_STREAM_WINDOW_BYTES = 1_048_576;
/** Streams the other side may have open: one protocol stream and one that is being replaced, of either protocol, and BLOB_STREAMS. */
export const MAX_INBOUND_STREAMS = 8;
/** libp2p's own last bound on a stream's unsent bytes; above the channel's cap and one full burst, so that the channel speaks first. */
const MAX_STREAM_QUEUE_BYTES = 16 * 1_048_576;
/** Pieces an incomplete yamux frame may arrive in. */
const MAX_FRAME_PIECES = 4_096;

/** Answers (to pings, to refused streams) that may wait for a socket that is full: somebody who asks for more does not read them. */
const MAX_WAITING_ANSWERS = 1_024;
/** Pieces of unread data after which they are joined: a window of one-byte frames would cost two hundred times its size. */
const JOIN_PIECES = 1_024;

const HEADER_BYTES = 12;
const DATA_FRAME = 0;

interface RawBuffer {
  readonly byteLength: number;
  subarray(from: number, to: number): Uint8Array;
}

interface RawDecoder {
  readonly buffer: RawBuffer;
  readFrame(): unknown;
}

interface RawStream {
  readonly readStatus: string;
  readonly readBuffer: {
    readonly byteLength: number;
    subarray(): Uint8Array;
    consume(bytes: number): void;
    append(bytes: Uint8Array): void;
  };
  onData(data: unknown): void;
  recvWindow: number;
  recvWindowCapacity: number;
  state: number;
  sendWindowUpdate(): void;
}

interface RawMuxer {
  readonly decoder: RawDecoder;
  sendFrame(header: { readonly type: number }, data?: unknown): boolean;
  _newStream(...args: readonly unknown[]): RawStream;
}

interface RawConnection {
  readonly writeStatus: string;
  readonly writableNeedsDrain: boolean;
  abort(error: Error): void;
}

/** StreamState.Established: only then is a window update nothing but a window update (before, it carries SYN or ACK). */
const ESTABLISHED = 3;

/** yamux without keep-alive pings, with bounded windows, frames and queues. */
export function hardYamux(): () => StreamMuxerFactory {
  const make = yamux({
    enableKeepAlive: false,
    maxInboundStreams: MAX_INBOUND_STREAMS,
    maxEarlyStreams: MAX_INBOUND_STREAMS,
    streamOptions: { maxStreamWindowSize: MAX_STREAM_WINDOW_BYTES, maxWriteBufferLength: MAX_STREAM_QUEUE_BYTES },
  });
  return () => {
    const factory = make();
    const create = factory.createStreamMuxer.bind(factory);
    factory.createStreamMuxer = (connection) => {
      connection.maxWriteBufferLength = MAX_CONNECTION_QUEUE_BYTES;
      const muxer = create(connection);
      harden(muxer as unknown as RawMuxer, connection as unknown as RawConnection);
      return muxer;
    };
    return factory;
  };
}

function harden(muxer: RawMuxer, connection: RawConnection): void {
  boundFrames(muxer.decoder);
  boundAnswers(muxer, connection);
  const newStream = muxer._newStream.bind(muxer);
  muxer._newStream = (...args) => joinUnread(lazyWindow(newStream(...args)));
}

function boundFrames(decoder: RawDecoder): void {
  const readFrame = decoder.readFrame.bind(decoder);
  let pieces = 0;
  decoder.readFrame = () => {
    refuseOversized(decoder.buffer);
    const frame = readFrame();
    pieces = frame === undefined && decoder.buffer.byteLength > 0 ? pieces + 1 : 0;
    if (pieces > MAX_FRAME_PIECES) throw new Error('A yamux frame arrived in too many pieces.');
    return frame;
  };
}

// Never throws: stock sends from microtasks and from its own abort, where a throw would kill the process.
function boundAnswers(muxer: RawMuxer, connection: RawConnection): void {
  const sendFrame = muxer.sendFrame.bind(muxer);
  let waiting = 0;
  muxer.sendFrame = (header, data) => {
    if (connection.writeStatus !== 'writable') return false;
    if (!connection.writableNeedsDrain) waiting = 0;
    else if (header.type !== DATA_FRAME) waiting += 1;
    if (waiting <= MAX_WAITING_ANSWERS) return sendFrame(header, data);
    connection.abort(new Error('The other side does not read the answers it asks for.'));
    return false;
  };
}

function refuseOversized(buffer: RawBuffer): void {
  if (buffer.byteLength < HEADER_BYTES) return;
  const header = buffer.subarray(0, HEADER_BYTES);
  if (header[1] !== DATA_FRAME) return;
  const length = new DataView(header.buffer, header.byteOffset).getUint32(8);
  if (length > MAX_STREAM_WINDOW_BYTES) throw new Error('A yamux frame announces more than any window.');
}

// Stock answers every data frame with a window update; half a window is soon enough, and halves a relay's cost per message.
function lazyWindow(stream: RawStream): RawStream {
  const update = stream.sendWindowUpdate.bind(stream);
  stream.sendWindowUpdate = () => {
    if (stream.state === ESTABLISHED && stream.recvWindowCapacity > stream.recvWindow / 2) return;
    update();
  };
  return stream;
}

// What waits while the stream is paused, in one piece instead of many.
function joinUnread(stream: RawStream): RawStream {
  const onData = stream.onData.bind(stream);
  let pieces = 0;
  stream.onData = (data) => {
    onData(data);
    pieces = stream.readStatus === 'paused' ? pieces + 1 : 0;
    if (pieces < JOIN_PIECES) return;
    pieces = 0;
    const joined = stream.readBuffer.subarray().slice();
    stream.readBuffer.consume(joined.length);
    stream.readBuffer.append(joined);
  };
  return stream;
}
