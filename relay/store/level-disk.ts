// The seam on LevelDB itself. A failed write leaves LevelDB's log in an unknown state, so nothing is written after one before a reopening.
import { open as openFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { SottoError } from '../../core/base/errors.ts';
import { syncFolder } from '../../core/store/files.ts';
import { levelError } from '../../core/store/level-error.ts';
import type { Disk, DiskBatch, DiskPair } from './disk.ts';
import type { KeyRange } from './keys.ts';

/** Ciphertext does not compress; trying costs time. The write buffer is LevelDB's log in memory (twice at most). */
const OPTIONS = {
  compression: false,
  writeBufferSize: 16 * 1_048_576,
  cacheSize: 32 * 1_048_576,
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
} as const;
/** Free space LevelDB needs to open again: two write buffers and its manifest. */
const PROBE_BYTES = 2 * OPTIONS.writeBufferSize + 1_048_576;
/** Pairs taken from an iterator at a time. */
const PAGE = 256;
const DURABLE = { sync: true } as const;

/** Hears of each batch: how long it took to be on the disk, ms, and whether it is known to be there. */
export type Written = (ms: number, ok: boolean) => void;

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** A batch on LevelDB's own chained batch: each put crosses into native memory at once. */
class LevelBatch implements DiskBatch {
  readonly #batch: ReturnType<Level['batch']>;
  readonly #written: Written;

  constructor(level: Level, written: Written) {
    this.#batch = level.batch();
    this.#written = written;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  del(key: Uint8Array): void {
    this.#batch.del(key);
  }

  async write(): Promise<void> {
    const start = performance.now();
    try {
      await this.#batch.write(DURABLE);
      this.#written(performance.now() - start, true);
    } catch (cause) {
      this.#written(performance.now() - start, false);
      throw failed(cause);
    }
  }

  drop(): void {
    void this.#batch.close();
  }
}

/** LevelDB at a folder, which one process holds exclusively. */
export class LevelDisk implements Disk {
  readonly #location: string;
  readonly #written: Written;
  /** Made by the first use, since LevelDB opens by itself as soon as it is made. */
  #made: Level | null = null;
  /** Reads wait for it while the database is being opened again. */
  #ready: Promise<void> = Promise.resolve();

  constructor(location: string, written: Written = () => undefined) {
    this.#location = location;
    this.#written = written;
  }

  get #level(): Level {
    this.#made ??= new ClassicLevel<Uint8Array, Uint8Array>(this.#location, OPTIONS);
    return this.#made;
  }

  async open(): Promise<void> {
    try {
      await this.#level.open();
      // LevelDB renames its CURRENT without syncing the folder: a power cut could undo it after the first answered batch.
      await syncFolder(this.#location);
    } catch (cause) {
      const error = levelError(cause);
      throw error.code === 'STORE_DAMAGED'
        ? new SottoError('STORE_DAMAGED', 'The store is damaged; bring the folder back from a backup.', cause)
        : error;
    }
  }

  async close(): Promise<void> {
    await this.#made?.close();
  }

  async heal(): Promise<void> {
    // A full disk cannot be opened again, so look before closing: what is open can still be read.
    if (this.#level.status === 'open') await this.#probe();
    const again = this.#level.close().then(() => this.open());
    this.#ready = again.catch(() => undefined);
    await again;
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    await this.#ready;
    return this.#level.get(key).catch(rethrow);
  }

  getNow(key: Uint8Array): Uint8Array | undefined {
    try {
      return this.#level.status === 'open' ? this.#level.getSync(key) : undefined;
    } catch (cause) {
      throw failed(cause);
    }
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    await this.#ready;
    return this.#level.getMany(keys as Uint8Array[]).catch(rethrow);
  }

  async *range(range: KeyRange, limit: number, bytes: number): AsyncIterable<DiskPair> {
    await this.#ready;
    const iterator = this.#level.iterator({ ...range, limit, highWaterMarkBytes: Math.max(bytes, 1_024) });
    try {
      for (;;) {
        const page = await iterator.nextv(PAGE);
        if (page.length === 0) return;
        for (const [key, value] of page) if (key !== undefined && value !== undefined) yield { key, value };
      }
    } catch (cause) {
      throw failed(cause);
    } finally {
      await iterator.close();
    }
  }

  batch(): DiskBatch {
    try {
      return new LevelBatch(this.#level, this.#written);
    } catch (cause) {
      throw failed(cause);
    }
  }

  async #probe(): Promise<void> {
    const path = join(this.#location, 'probe');
    try {
      const file = await openFile(path, 'w', 0o600);
      try {
        await file.write(new Uint8Array(PROBE_BYTES));
        await file.sync();
      } finally {
        await file.close();
        await rm(path, { force: true });
      }
    } catch (cause) {
      throw failed(cause);
    }
  }
}

function failed(cause: unknown): SottoError {
  return cause instanceof SottoError ? cause : new SottoError('STORE_FAILED', undefined, cause);
}

function rethrow(cause: unknown): never {
  throw failed(cause);
}
