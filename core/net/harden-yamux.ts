// Closes the holes of the stock yamux muxer. Touches private fields of a pinned version; test/fault/net-attacks.test.ts holds every line here.
import { yamux } from '@chainsafe/libp2p-yamux';
import type { StreamMuxerFactory } from '@libp2p/interface';
import { MAX_CONNECTION_QUEUE_BYTES } from './harden-websocket.ts';

/** Largest window a stream is granted, and so the largest data frame a correct peer sends; a header that announces more ends the connection. */
export const MAX_STREAM_WINDOW_BYTES = 1_048_576;
/** Streams the other side may have open: one protocol stream, one that is being replaced, and some to spare. */
export const MAX_INBOUND_STREAMS = 8;
/** libp2p's own last bound on a stream's unsent bytes; above the channel's cap and one full burst, so that the channel speaks first. */
const MAX_STREAM_QUEUE_BYTES = 16 * 1_048_576;
/** Pieces an incomplete yamux frame may arrive in. */
const MAX_FRAME_PIECES = 4_096;

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
  recvWindow: number;
  recvWindowCapacity: number;
  state: number;
  sendWindowUpdate(): void;
}

interface RawMuxer {
  readonly decoder: RawDecoder;
  _newStream(...args: readonly unknown[]): RawStream;
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
      harden(muxer as unknown as RawMuxer);
      return muxer;
    };
    return factory;
  };
}

function harden(muxer: RawMuxer): void {
  const { decoder } = muxer;
  const readFrame = decoder.readFrame.bind(decoder);
  let pieces = 0;
  decoder.readFrame = () => {
    refuseOversized(decoder.buffer);
    const frame = readFrame();
    pieces = frame === undefined && decoder.buffer.byteLength > 0 ? pieces + 1 : 0;
    if (pieces > MAX_FRAME_PIECES) throw new Error('A yamux frame arrived in too many pieces.');
    return frame;
  };
  const newStream = muxer._newStream.bind(muxer);
  muxer._newStream = (...args) => lazyWindow(newStream(...args));
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
