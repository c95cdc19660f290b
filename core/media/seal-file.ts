// A file as a sealed blob, twice: first to know its address, then to send it from any offset on. The second time every chunk is compared with the
// first: of a file that changed meanwhile nothing may leave, for its key and nonces have sealed other bytes.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type Bytes, equal } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { BLOB_CHUNK_BYTES } from '../wire/limits.ts';
import { BlobCipher, blobLayout, chunkBytes, SEALED_CHUNK_BYTES, TAG_BYTES } from './sealed-blob.ts';

/** Chunks read at a time: a read costs a change of threads. */
const BLOCK_CHUNKS = 4;

/** A file that was sealed once; close it when it was sent. */
export interface SealedFile {
  /** SHA-256 of the sealed bytes. */
  readonly address: Bytes;
  /** Bytes of the content. */
  readonly size: number;
  /** Bytes as they are sent. */
  readonly sealed: number;
  /** The sealed bytes from an offset on. @throws BAD_INPUT when the file changed, whatever the disk says */
  from(offset: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** Opens and seals a file once. @param key 32 random bytes for this content alone @throws BAD_INPUT, TOO_LARGE, STORE_FAILED */
export async function sealFile(path: string, key: Bytes): Promise<SealedFile> {
  const file = await opened(path);
  try {
    const { size } = await file.stat();
    const cipher = new BlobCipher(key, blobLayout(size));
    const { sealed, chunks } = cipher.layout;
    const tags = new Uint8Array(chunks * TAG_BYTES);
    const hash = createHash('sha256');
    let index = 0;
    for await (const chunk of sealedChunks(file, cipher, 0)) {
      hash.update(chunk);
      tags.set(chunk.subarray(chunk.length - TAG_BYTES), index * TAG_BYTES);
      index += 1;
    }
    const address = new Uint8Array(hash.digest());
    return { address, size, sealed, from: (offset) => sealedFrom(file, cipher, tags, offset), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function opened(path: string): Promise<FileHandle> {
  const file = await open(path, 'r').catch((cause) => {
    throw new SottoError('BAD_INPUT', 'The file cannot be read.', cause);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new SottoError('BAD_INPUT', 'This is not a file.');
}

async function* sealedFrom(file: FileHandle, cipher: BlobCipher, tags: Uint8Array, offset: number): AsyncGenerator<Uint8Array> {
  let index = Math.floor(offset / SEALED_CHUNK_BYTES);
  let skip = offset - index * SEALED_CHUNK_BYTES;
  for await (const chunk of sealedChunks(file, cipher, index)) {
    if (!equal(chunk.subarray(chunk.length - TAG_BYTES), tags.subarray(index * TAG_BYTES, (index + 1) * TAG_BYTES)))
      throw new SottoError('BAD_INPUT', 'The file was changed while it was being sent.');
    yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = 0;
    index += 1;
  }
}

// Two blocks of some chunks: one is sealed while the other is read.
async function* sealedChunks(file: FileHandle, cipher: BlobCipher, first: number): AsyncGenerator<Bytes> {
  const { layout } = cipher;
  const blocks = [new Uint8Array(BLOCK_CHUNKS * BLOB_CHUNK_BYTES), new Uint8Array(BLOCK_CHUNKS * BLOB_CHUNK_BYTES)] as const;
  const read = (index: number, turn: number) => readBlock(file, blocks[turn % 2 === 0 ? 0 : 1], index, layout.size);
  let next = read(first, 0);
  for (let index = first, turn = 1; index < layout.chunks; turn += 1) {
    const block = await next;
    const end = Math.min(index + BLOCK_CHUNKS, layout.chunks);
    if (end < layout.chunks) {
      next = read(end, turn);
      next.catch(() => undefined); // whoever stops in the middle never waits for it
    }
    for (let at = 0; index < end; index += 1, at += BLOB_CHUNK_BYTES)
      yield cipher.seal(index, block.subarray(at, at + chunkBytes(layout, index)));
  }
}

/** The content from a chunk on, zeros behind its end. @throws BAD_INPUT when the file has become shorter */
async function readBlock(file: FileHandle, block: Uint8Array, index: number, size: number): Promise<Uint8Array> {
  const from = index * BLOB_CHUNK_BYTES;
  const end = Math.max(0, Math.min(block.length, size - from));
  for (let at = 0; at < end; ) {
    const { bytesRead } = await file.read(block, at, end - at, from + at);
    if (bytesRead === 0) throw new SottoError('BAD_INPUT', 'The file was changed while it was being sent.');
    at += bytesRead;
  }
  return block.fill(0, end);
}
