// The store's contract on LevelDB: every commit one synced batch. It never writes on after a failed batch without opening anew.
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { Bytes } from '../base/bytes.ts';
import { makeFolder, syncFolder } from './files.ts';
import { Gate } from './gate.ts';
import { GroupWriter } from './group.ts';
import { levelError } from './level-error.ts';
import type { Pair, Range, Store, Write } from './store.ts';

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** Pairs asked for at once; LevelDB answers fewer when their bytes reach PAGE_BYTES. */
const PAGE = 256;
/** Pairs asked for first: whoever wants the newest row only need not wait until 256 are copied; each page is four times the one before. */
const FIRST_PAGE = 2;
/** Bytes LevelDB reads ahead for one page (its default of 16 KiB makes 31 pairs of 512 bytes). */
const PAGE_BYTES = 256 * 1024;
/** Keys that are read at once on this thread: a handful takes it some 10 us each, and a way through the thread pool and back 100 to 300. */
const FEW = 4;
/** Free bytes that must be there before a store with a failed batch is opened anew: LevelDB's 4 MiB of unsorted writes, and room. */
const REOPEN_BYTES = 5 * 1024 * 1024;

/** A LevelDB in a folder of its own (made 0700); one process at a time. Values are taken to be sealed, so nothing is compressed. */
export class LevelStore implements Store {
  readonly #folder: string;
  readonly #gate = new Gate();
  readonly #writer = new GroupWriter((writes) => this.#writeBatch(writes));
  #level: Promise<Level> | null = null;
  /**
   * A batch failed. LevelDB may then have half a record in its log and think it whole, so that later, synced ones would be
   * unreadable; and whether the failed one counts is known only when the log is read again.
   */
  #suspect = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(): Promise<void> {
    return this.#gate.open(async () => {
      this.#suspect = false;
      const opening = openLevel(this.#folder);
      await opening;
      this.#level = opening;
    });
  }

  close(): Promise<void> {
    return this.#gate.close(async () => {
      const level = await this.#level?.catch(() => null);
      await level?.close();
      this.#level = null;
    });
  }

  get(key: Uint8Array): Promise<Bytes | null> {
    return this.#read(async (level) => bytesOrNull(level.getSync(key)));
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Bytes | null)[]> {
    return this.#read(async (level) =>
      keys.length <= FEW ? keys.map((key) => bytesOrNull(level.getSync(key))) : (await level.getMany([...keys])).map(bytesOrNull),
    );
  }

  async *range({ gte, lt, reverse = false, limit = -1 }: Range): AsyncIterable<Pair> {
    const iterator = await this.#read(async (level) => level.iterator({ gte, lt, reverse, limit, highWaterMarkBytes: PAGE_BYTES }));
    try {
      for (let size = FIRST_PAGE; ; size = Math.min(4 * size, PAGE)) {
        const pairs = await this.#read(() => iterator.nextv(size));
        if (pairs.length === 0) return;
        for (const [key, value] of pairs) {
          this.#gate.check();
          yield { key: bytes(key), value: bytes(value) };
        }
      }
    } finally {
      await iterator.close();
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#gate.run(async () => {
      if (writes.length > 0) await this.#writer.add(writes);
    });
  }

  compact(gte: Uint8Array, lt: Uint8Array): Promise<void> {
    return this.#gate.run(async () => {
      await this.#read((level) => level.compactRange(gte, gte));
      await this.#read((level) => level.compactRange(gte, lt));
      await this.#writer.alone(() => this.#touch([gte, lt]));
      await this.#read((level) => level.compactRange(gte, lt));
    });
  }

  /**
   * Writes keys as they are. A value deleted before it left memory reaches the disk beside its deletion, in one file, and LevelDB
   * compacts a file only into another that overlaps it: two written ends of the range make that other file.
   */
  async #touch(keys: readonly Uint8Array[]): Promise<void> {
    const values = await this.#read((level) => level.getMany([...keys]));
    await this.#writeBatch(keys.map((key, i) => ({ key, value: values[i] ?? null })));
  }

  /** Only in the writer's turn. */
  async #writeBatch(writes: readonly Write[]): Promise<void> {
    if (this.#suspect) await this.#reopen();
    const level = await this.#current();
    try {
      await level.batch(writes.map(operation), { sync: true });
    } catch (cause) {
      this.#suspect = true;
      throw levelError(cause);
    }
  }

  /** Reads go on in the old LevelDB until there is room to open a new one. */
  async #reopen(): Promise<void> {
    await this.#current().then(
      () => probeSpace(this.#folder),
      () => undefined,
    );
    const old = this.#level;
    this.#level = (async () => {
      await (await old?.catch(() => null))?.close();
      return openLevel(this.#folder);
    })();
    await this.#level;
    this.#suspect = false;
  }

  #current(): Promise<Level> {
    return this.#level ?? Promise.reject(new TypeError('no LevelDB in an open store'));
  }

  #read<T>(task: (level: Level) => Promise<T>): Promise<T> {
    return this.#gate.run(async () => {
      try {
        return await task(await this.#current());
      } catch (cause) {
        throw levelError(cause);
      }
    });
  }
}

/** Opens and makes sure that the names LevelDB made are on the disk: it renames its CURRENT without syncing the folder. */
async function openLevel(folder: string): Promise<Level> {
  try {
    await makeFolder(folder);
    const level: Level = new ClassicLevel(folder, { keyEncoding: 'view', valueEncoding: 'view', compression: false });
    await level.open();
    await syncFolder(folder);
    return level;
  } catch (cause) {
    throw levelError(cause);
  }
}

/** @throws STORE_FAILED when the disk does not take REOPEN_BYTES */
async function probeSpace(folder: string): Promise<void> {
  const path = join(folder, 'space.probe');
  try {
    const file = await open(path, 'w');
    try {
      await file.writeFile(new Uint8Array(REOPEN_BYTES));
      await file.sync();
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  } catch (cause) {
    throw levelError(cause);
  }
}

function operation({ key, value }: Write): { type: 'put'; key: Uint8Array; value: Uint8Array } | { type: 'del'; key: Uint8Array } {
  return value === null ? { type: 'del', key } : { type: 'put', key, value };
}

function bytesOrNull(value: Uint8Array | undefined): Bytes | null {
  return value === undefined ? null : bytes(value);
}

/** A plain view of what LevelDB answers, which is a Buffer of its own. */
function bytes(buffer: Uint8Array): Bytes {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
}
