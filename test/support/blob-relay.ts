// A relay's blobs without its network: the real door over a real store and real files, streams in memory, and a clock by hand.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Bytes } from '../../core/base/bytes.ts';
import { lineLog } from '../../core/base/log.ts';
import type { ByteStream } from '../../core/net/byte-stream.ts';
import { Blobs } from '../../relay/blobs/blobs.ts';
import { BlobFiles } from '../../relay/blobs/files.ts';
import { BlobSweep } from '../../relay/blobs/sweep.ts';
import type { BlobParts } from '../../relay/blobs/terms.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import { temporaryFolder } from './blobs.ts';
import { type HandClock, handClock } from './net-clock.ts';
import { named } from './relay-store.ts';

/** One end of a stream in memory; what is sent arrives at once. */
export class MemoryStream implements ByteStream {
  isOver = false;
  other: MemoryStream | null = null;
  #pieces: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  send(bytes: Uint8Array): boolean {
    if (!this.isOver) this.other?.arrive(new Uint8Array(bytes));
    return !this.isOver;
  }

  arrive(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#wake();
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  async read(): Promise<readonly Uint8Array[] | null> {
    while (this.#pieces.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#pieces.splice(0);
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pieces.unshift(bytes);
  }

  async close(): Promise<void> {
    this.isOver = true;
    this.other?.end();
  }

  abort(): void {
    this.isOver = true;
    this.end();
    if (this.other !== null) this.other.isOver = true;
    this.other?.end();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }
}

/** Blobs of a relay of its own. */
export interface BlobRelay {
  readonly parts: BlobParts;
  readonly clock: HandClock;
  readonly folder: string;
  readonly sweep: BlobSweep;
  /** A stream of a device that registered under this name; null: did not. */
  open(who?: string | null): MemoryStream;
  /** The same over the same files and records: what a restart is. */
  sweepAgain(): BlobSweep;
}

/** Makes one. @param files in place of the real ones */
export async function blobRelay(files?: (root: string) => BlobFiles): Promise<BlobRelay> {
  const folder = await temporaryFolder();
  const clock = handClock();
  const store = new LevelRelayStore({ location: '', disk: new MemoryDisk(), clock });
  await store.open();
  onTestFinished(() => store.close());
  const root = join(folder, 'blobs');
  const limits = { ownBytes: 1e9, ownBlobs: 100, allBytes: 1e9 };
  const log = lineLog(() => undefined);
  const parts: BlobParts = { store: store.blobs, files: files?.(root) ?? new BlobFiles(root), clock, log, limits, busy: new Set() };
  const blobs = new Blobs(parts);
  onTestFinished(() => blobs.stop());
  const open = (who: string | null = 'Alice') => {
    const [near, far] = [new MemoryStream(), new MemoryStream()];
    [near.other, far.other] = [far, near];
    const registration: Bytes = who === null ? new Uint8Array(0) : named(who);
    blobs.accept(far, { registered: who !== null, registration });
    return near;
  };
  return { parts, clock, folder, sweep: new BlobSweep(parts), open, sweepAgain: () => new BlobSweep(parts) };
}
