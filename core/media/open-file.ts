// A sealed blob becoming a file as its bytes come. Every chunk is checked before it is written, the whole against its address before it gets its
// name; until then it is a hidden file beside it, which a later attempt goes on with.
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Bytes, concat, equal, hex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { PRIVATE_FILE, syncFolder } from '../store/files.ts';
import { BLOB_CHUNK_BYTES } from '../wire/limits.ts';
import { BlobCipher, blobLayout, chunkBytes, SEALED_CHUNK_BYTES, TAG_BYTES } from './sealed-blob.ts';

/** What is known of a blob by whoever may open it. */
export interface BlobKey {
  readonly address: Bytes;
  readonly key: Bytes;
  /** Bytes of the content. */
  readonly size: number;
}

/** Between two fsyncs, which run beside the transfer: one of everything at its end would be waited for. */
const SYNC_BYTES = 33_554_432;

const damaged = () => new SottoError('MALFORMED', 'The blob is not what was sealed.');

/** Begins, or goes on with, the file at `path`. @throws ALREADY when there is one, BAD_INPUT when none can be made there, TOO_LARGE */
export async function openingFile(path: string, blob: BlobKey): Promise<OpeningFile> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new SottoError('ALREADY', 'There is a file of this name already.');
  const cipher = new BlobCipher(blob.key, blobLayout(blob.size));
  const part = join(dirname(path), `.${basename(path)}.${hex(blob.address.subarray(0, 8))}.part`);
  const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
  const file = await open(part, flags, PRIVATE_FILE).catch((cause) => {
    throw new SottoError('BAD_INPUT', 'No file can be made there.', cause);
  });
  const opening = new OpeningFile(path, part, file, cipher, blob);
  await opening.resume();
  return opening;
}

/** A file that is not whole yet. */
export class OpeningFile {
  readonly #path: string;
  readonly #part: string;
  readonly #file: FileHandle;
  readonly #cipher: BlobCipher;
  readonly #blob: BlobKey;
  #hash: Hash = createHash('sha256');
  #index = 0;
  #pieces: Uint8Array[] = [];
  #held = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #syncing: Promise<void> | null = null;
  #synced = 0;
  #fault: unknown = null;

  constructor(path: string, part: string, file: FileHandle, cipher: BlobCipher, blob: BlobKey) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
    this.#cipher = cipher;
    this.#blob = blob;
  }

  /** Bytes of the sealed blob. */
  get sealed(): number {
    return this.#cipher.layout.sealed;
  }

  /** Sealed bytes that were taken in, whole chunks only: where to ask for more. */
  get taken(): number {
    return Math.min(this.#index * SEALED_CHUNK_BYTES, this.sealed);
  }

  /** Takes in the chunks that an earlier attempt wrote, by sealing them again. */
  async resume(): Promise<void> {
    const { size } = await this.#file.stat();
    const plain = new Uint8Array(BLOB_CHUNK_BYTES);
    for (; (this.#index + 1) * BLOB_CHUNK_BYTES <= Math.min(size, this.#blob.size); this.#index += 1) {
      await this.#file.read(plain, 0, BLOB_CHUNK_BYTES, this.#index * BLOB_CHUNK_BYTES);
      this.#hash.update(this.#cipher.seal(this.#index, plain));
    }
  }

  /** Forgets everything: what an earlier attempt left may have been torn by a power loss. */
  async restart(): Promise<void> {
    await this.#writing;
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#index = 0;
  }

  /** A stream begins, or begins again: half a chunk of the last one is of no use. Where to ask from. */
  again(): number {
    this.#pieces = [];
    this.#held = 0;
    return this.taken;
  }

  /** Takes the next sealed bytes. @throws MALFORMED, STORE_FAILED */
  async take(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#held += piece.length;
    }
    while (this.#index < this.#cipher.layout.chunks && this.#held >= this.#next()) await this.#chunk(this.#next());
  }

  /** True when all of it was taken in, and its address is right. */
  get isRight(): boolean {
    return this.#index === this.#cipher.layout.chunks && equal(new Uint8Array(this.#hash.copy().digest()), this.#blob.address);
  }

  /** Checks the whole, and gives it its name. @throws MALFORMED, STORE_FAILED */
  async finish(): Promise<void> {
    await this.#writing;
    if (!this.isRight) throw damaged();
    await stored(async () => {
      await this.#syncing;
      if (this.#fault !== null) throw this.#fault;
      await this.#file.truncate(this.#blob.size);
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#part, this.#path);
      await syncFolder(dirname(this.#path));
    });
  }

  /** Lets go of it; what was taken stays for a later attempt, unless it is to be `removed`. */
  async close(removed = false): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#syncing;
    await this.#file.close().catch(() => undefined);
    if (removed) await rm(this.#part, { force: true });
  }

  #next(): number {
    return chunkBytes(this.#cipher.layout, this.#index) + TAG_BYTES;
  }

  async #chunk(bytes: number): Promise<void> {
    const joined = this.#pieces.length === 1 && this.#pieces[0] !== undefined ? this.#pieces[0] : concat(...this.#pieces);
    const sealed = joined.subarray(0, bytes);
    this.#held -= bytes;
    this.#pieces = this.#held === 0 ? [] : [joined.subarray(bytes)];
    const plain = this.#cipher.open(this.#index, sealed);
    if (plain === null) throw damaged();
    this.#hash.update(sealed);
    const at = this.#index * BLOB_CHUNK_BYTES;
    this.#index += 1;
    await this.#writing;
    if (at - this.#synced >= SYNC_BYTES) this.#beginSync(at);
    const content = plain.subarray(0, Math.max(0, this.#blob.size - at));
    this.#writing = content.length === 0 ? Promise.resolve() : stored(() => writeAll(this.#file, content, at));
    this.#writing.catch(() => undefined); // thrown at the next chunk, or at the end
  }

  #beginSync(at: number): void {
    this.#synced = at;
    // One at a time; what it says is kept, for the disk says it once.
    this.#syncing = (this.#syncing ?? Promise.resolve())
      .then(() => this.#file.datasync())
      .catch((fault: unknown) => {
        this.#fault ??= fault;
      });
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}

async function stored(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new SottoError('STORE_FAILED', undefined, cause);
  }
}
