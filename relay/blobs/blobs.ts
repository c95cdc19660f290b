// The door of a relay's blobs: one stream is one transfer, so many at a time, each ended when it does not move, all ended when the relay goes.
// It must never throw into the stream's listener, nor name who asked (C7).
import { Patience, readHead, sendHead } from '../../core/net/blob-stream.ts';
import type { ByteStream } from '../../core/net/byte-stream.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import { type Reply, refusalOf, refused } from '../reply.ts';
import type { Session } from '../shared.ts';
import type { Sweepable } from '../sweep.ts';
import { download, statBlob } from './download.ts';
import { BlobSweep, sweepBoth } from './sweep.ts';
import { type BlobParts, MOST_TRANSFERS } from './terms.ts';
import { upload } from './upload.ts';

/** Who asks, as far as a blob needs it. */
export type BlobAsker = Pick<Session, 'registered' | 'registration'>;

/** All transfers of one relay. */
export class Blobs {
  readonly #parts: BlobParts;
  readonly #running = new Map<ByteStream, Promise<void>>();
  #transfers = 0;
  #stopping = false;

  constructor(parts: BlobParts) {
    this.#parts = parts;
  }

  /** Serves one stream. @param asker of the connection that the stream stands on; null before its hello */
  accept(stream: ByteStream, asker: BlobAsker | null): void {
    const serving = this.#serve(stream, asker)
      .catch(() => stream.abort('Something inside the relay failed.'))
      .finally(() => this.#running.delete(stream));
    this.#running.set(stream, serving);
  }

  /** A sweep of the store, and then of the blobs. */
  sweptWith(store: Sweepable): Sweepable {
    return sweepBoth(store, new BlobSweep(this.#parts));
  }

  /** Ends every transfer; what came is durable when it resolves. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const stream of this.#running.keys()) stream.abort('The relay is going down.');
    await Promise.all(this.#running.values());
  }

  async #serve(stream: ByteStream, asker: BlobAsker | null): Promise<void> {
    const head = await this.#head(stream);
    if (head === null) return stream.abort('No request came.');
    const reply = await this.#answer(stream, head, asker).catch((error: unknown) => this.#fault(error));
    if (stream.isOver) return;
    if (reply !== null) sendHead(stream, reply.type, reply.payload);
    await stream.close();
  }

  async #head(stream: ByteStream): Promise<Frame | null> {
    const patience = new Patience(stream, this.#parts.clock);
    try {
      return await patience.waitFor(readHead(stream));
    } finally {
      patience.end();
    }
  }

  async #answer(stream: ByteStream, { type, payload }: Frame, asker: BlobAsker | null): Promise<Reply | null> {
    if (this.#stopping) return refused('STOPPING', 'The relay is going down.');
    if (asker === null) return refused('MALFORMED', 'A connection begins with a hello.');
    if (type === FRAME.STAT_BLOB) return statBlob(this.#parts, payload);
    if (type === FRAME.GET_BLOB) return this.#transfer(() => download(this.#parts, stream, payload));
    if (type !== FRAME.PUT_BLOB) return refused('UNSUPPORTED', 'This is no request for a blob.');
    if (!asker.registered) return refused('TOKEN', 'Register first.');
    return this.#transfer(() => upload(this.#parts, stream, payload, asker.registration));
  }

  /** A place is for who may have one: streams without a good request take none from anybody. */
  async #transfer(work: () => Promise<Reply | null>): Promise<Reply | null> {
    if (this.#transfers >= MOST_TRANSFERS) return refused('BUSY', 'Too many blobs are on their way; try again later.');
    this.#transfers += 1;
    try {
      return await work();
    } finally {
      this.#transfers -= 1;
    }
  }

  #fault(error: unknown): Reply {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOSPC' || code === 'EDQUOT') return refused('QUOTA', 'The disk of the relay is full.');
    const known = refusalOf(error);
    if (known !== null) return known;
    this.#parts.log.warn('blob-failed');
    return refused('STORE', 'The disk of the relay did not take it.');
  }
}
