// Puts blobs on a relay and gets them: one stream each, going on where the last one was cut, over as many connections as it takes.
// What it gives on was not checked beyond its length: the hash and the key are the caller's.
import type { Bytes } from '../base/bytes.ts';
import { safeNumber } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import { isPassing, refusalName } from '../wire/codes.ts';
import { FRAME, type Frame } from '../wire/frame.ts';
import { type Blob, BlobAtSchema, BlobSchema, GetBlobSchema, PutBlobSchema, StatBlobSchema } from '../wire/gen/blob_pb.ts';
import { RefusedSchema } from '../wire/gen/relay_pb.ts';
import { ANSWER_DEADLINE_MS, BLOB_ANSWER_DEADLINE_MS, RECONNECT_FIRST_MS, RECONNECT_MOST_MS } from '../wire/limits.ts';
import { decode, encode, integer } from '../wire/proto.ts';
import { Patience, readHead, sendHead } from './blob-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import type { RelayConnection } from './relay-connection.ts';

/** What a transfer needs of the world. */
export interface BlobLine {
  /** A connection to the relay, once there is one. @throws CLOSED when `signal` was aborted */
  connected(signal: AbortSignal): Promise<Pick<RelayConnection, 'blobStream'>>;
  readonly clock: Clock;
  /** Gives the transfer up. */
  readonly signal: AbortSignal;
}

/** The bytes to put, from any offset on, in pieces of any size. */
export type BlobSource = (offset: number) => AsyncIterable<Uint8Array>;

/** Where bytes go that come: from `at` on, in order. */
export type BlobTarget = (pieces: readonly Uint8Array[], at: number) => Promise<void>;

/**
 * Puts a blob; resolves once the relay said that it is durable and whole.
 * @param progress told how many of its bytes the relay has been given
 * @throws REFUSED, CLOSED when given up, and whatever `source` throws
 */
export function putBlob(
  line: BlobLine,
  blob: { readonly address: Bytes; readonly size: number; readonly source: BlobSource },
  progress: (bytes: number) => void,
): Promise<void> {
  return overReconnects(line, async (stream) => {
    const { address, size, source } = blob;
    sendHead(stream, FRAME.PUT_BLOB, encode(PutBlobSchema, { address, size: BigInt(size) }));
    const head = await answer(stream, line.clock, BLOB_ANSWER_DEADLINE_MS, [FRAME.BLOB_AT, FRAME.DONE]);
    if (head.type === FRAME.DONE) return progress(size);
    const { have } = decode(BlobAtSchema, head.payload, 'answer of the relay');
    await sendFrom(stream, line.clock, source(integer(have, 0, size, 'answer of the relay')), safeNumber(have), progress);
    await answer(stream, line.clock, BLOB_ANSWER_DEADLINE_MS, [FRAME.DONE]);
  });
}

/**
 * Gets a blob's bytes from an offset on.
 * @param from where to begin; asked again after each cut, so it is what `take` has taken
 * @param size what the blob must have; a relay that says another is refused
 * @throws REFUSED (also when it is not there), MALFORMED, CLOSED when given up, and whatever `take` throws
 */
export function getBlob(
  line: BlobLine,
  blob: { readonly address: Bytes; readonly size: number },
  from: () => number,
  take: BlobTarget,
): Promise<void> {
  return overReconnects(line, async (stream) => {
    const offset = from();
    sendHead(stream, FRAME.GET_BLOB, encode(GetBlobSchema, { address: blob.address, offset: BigInt(offset) }));
    const head = await answer(stream, line.clock, ANSWER_DEADLINE_MS, [FRAME.BLOB]);
    const { size } = decode(BlobSchema, head.payload, 'answer of the relay');
    if (safeNumber(size) !== blob.size) throw new SottoError('MALFORMED', 'The blob has another size than it should have.');
    await receive(stream, line.clock, offset, blob.size, take);
  });
}

/** What a relay says of a blob; null when it is not there. @throws REFUSED, CLOSED */
export async function statBlob(line: BlobLine, address: Bytes): Promise<Blob | null> {
  return overReconnects(line, async (stream) => {
    sendHead(stream, FRAME.STAT_BLOB, encode(StatBlobSchema, { address }));
    const head = await answer(stream, line.clock, ANSWER_DEADLINE_MS, [FRAME.BLOB], true);
    return head.type === FRAME.REFUSED ? null : decode(BlobSchema, head.payload, 'answer of the relay');
  });
}

async function sendFrom(
  stream: ByteStream,
  clock: Clock,
  pieces: AsyncIterable<Uint8Array>,
  from: number,
  progress: (bytes: number) => void,
) {
  const patience = new Patience(stream, clock);
  let at = from;
  try {
    progress(at);
    for await (const piece of pieces) {
      if (stream.isOver) return;
      if (!stream.send(piece)) await patience.waitFor(stream.drained());
      at += piece.length;
      patience.moved(piece.length);
      progress(at);
    }
    await patience.waitFor(stream.flushed());
  } finally {
    patience.end();
  }
}

async function receive(stream: ByteStream, clock: Clock, from: number, size: number, take: BlobTarget): Promise<void> {
  const patience = new Patience(stream, clock);
  try {
    for (let at = from; at < size; ) {
      const pieces = await patience.waitFor(stream.read());
      if (pieces === null) throw new SottoError('OFFLINE', 'The stream was cut.');
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (at + bytes > size) throw new SottoError('MALFORMED', 'The relay sent more than there is.');
      patience.moved(bytes);
      await take(pieces, at);
      at += bytes;
    }
  } finally {
    patience.end();
  }
}

/** The answer at the head of a stream. @throws OFFLINE when it was cut, REFUSED, Wait for a "no" that passes, MALFORMED */
async function answer(stream: ByteStream, clock: Clock, deadline: number, expected: readonly number[], orMissing = false): Promise<Frame> {
  const cancel = clock.after(deadline, () => stream.abort('No answer came.'));
  try {
    const head = await readHead(stream);
    if (head === null) throw new SottoError('OFFLINE', 'The stream was cut.');
    if (expected.includes(head.type)) return head;
    if (head.type !== FRAME.REFUSED) throw new SottoError('MALFORMED', 'The relay answered with something that was not asked for.');
    const { code, retryAfter } = decode(RefusedSchema, head.payload, 'refusal');
    const name = refusalName(code);
    if (orMissing && name === 'NOT_FOUND') return head;
    if (isPassing(name) && name !== 'QUOTA') throw new Wait(Math.min(RECONNECT_MOST_MS, safeNumber(retryAfter)));
    throw new SottoError('REFUSED', `The relay refused the blob (${name}).`);
  } finally {
    cancel();
  }
}

/** A "no" that passes by itself. */
class Wait extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super('The relay asks to wait.');
    this.ms = ms;
  }
}

async function overReconnects<T>(line: BlobLine, transfer: (stream: ByteStream) => Promise<T>): Promise<T> {
  for (let pause = RECONNECT_FIRST_MS; ; pause = Math.min(2 * pause, RECONNECT_MOST_MS)) {
    const began = line.clock.monotonic();
    try {
      return await once(line, transfer);
    } catch (error) {
      const isCut = isSottoError(error, 'OFFLINE') || error instanceof Wait;
      if (!isCut || line.signal.aborted) throw line.signal.aborted ? new SottoError('CLOSED', 'The transfer was given up.', error) : error;
      // What ran for a while was no refusal to talk: begin again at once.
      if (line.clock.monotonic() - began > RECONNECT_MOST_MS) pause = RECONNECT_FIRST_MS;
      await rest(line, Math.max(error instanceof Wait ? error.ms : 0, pause * Math.random()));
    }
  }
}

async function once<T>(line: BlobLine, transfer: (stream: ByteStream) => Promise<T>): Promise<T> {
  const connection = await line.connected(line.signal);
  const stream = await connection.blobStream(line.signal);
  const giveUp = () => stream.abort('The transfer was given up.');
  line.signal.addEventListener('abort', giveUp, { once: true });
  try {
    const value = await transfer(stream);
    void stream.close();
    return value;
  } catch (error) {
    giveUp();
    throw error;
  } finally {
    line.signal.removeEventListener('abort', giveUp);
  }
}

/** Waits; not beyond the end of the transfer. */
async function rest({ clock, signal }: BlobLine, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
    const end = () => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}
