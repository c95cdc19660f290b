// PUT_BLOB: takes the missing bytes of a blob. DONE is said only when the whole file was hashed, fsynced and named, and its record committed;
// a file whose hash is another never gets that name.
import { type Bytes, equal, hex } from '../../core/base/bytes.ts';
import { Patience, sendHead } from '../../core/net/blob-stream.ts';
import type { ByteStream } from '../../core/net/byte-stream.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { BlobAtSchema, PutBlobSchema } from '../../core/wire/gen/blob_pb.ts';
import { BLOB_LIFETIME_MS, BLOB_PART_LIFETIME_MS, HASH_BYTES, MAX_BLOB_BYTES } from '../../core/wire/limits.ts';
import { decode, encode, exact, integer } from '../../core/wire/proto.ts';
import { done, type Reply, refused } from '../reply.ts';
import { PartWriter } from './part-writer.ts';
import { type BlobParts, RESERVE_BYTES } from './terms.ts';

interface Asked {
  readonly address: Bytes;
  readonly size: number;
}

const diskRefused = refused('STORE', 'The disk of the relay did not take it.');
const diskFull = refused('QUOTA', 'The disk of the relay is almost full.');

/** Takes an upload. @returns the last word; null when the other side went. @throws MALFORMED, STORE_FAILED */
export async function upload(parts: BlobParts, stream: ByteStream, payload: Bytes, registration: Bytes): Promise<Reply | null> {
  const put = decode(PutBlobSchema, payload, 'blob');
  const asked = { address: exact(put.address, HASH_BYTES, 'blob'), size: integer(put.size, 1, MAX_BLOB_BYTES, 'blob') };
  const name = hex(asked.address);
  if (parts.busy.has(name)) return refused('BUSY', 'Somebody is putting this blob at this moment.');
  parts.busy.add(name);
  try {
    return await begin(parts, stream, asked, registration);
  } finally {
    parts.busy.delete(name);
  }
}

async function begin(parts: BlobParts, stream: ByteStream, asked: Asked, registration: Bytes): Promise<Reply | null> {
  const { store, files, clock, limits } = parts;
  const known = await store.get(asked.address);
  const isHere = (await files.wholeSize(asked.address)) === asked.size;
  if (known === null && (await files.free()) - asked.size < RESERVE_BYTES) return diskFull;
  const expires = clock.now() + (known?.whole === true ? BLOB_LIFETIME_MS : BLOB_PART_LIFETIME_MS);
  const reserved = await store.reserve({ ...asked, expires, registration }, limits);
  if (reserved === 'QUOTA') return refused('QUOTA', 'There is no room for more blobs.');
  if (reserved === 'CONFLICT') return refused('CONFLICT', 'The blob of this address has another size.');
  // It got its name, and then the relay was killed before it could note that.
  if (isHere) return (await store.keep(asked.address, clock.now() + BLOB_LIFETIME_MS)) ? done : diskRefused;
  return take(parts, stream, asked, reserved.whole ? 0 : reserved.have);
}

async function take(parts: BlobParts, stream: ByteStream, asked: Asked, durable: number): Promise<Reply | null> {
  const { address, size } = asked;
  const have = (await parts.files.partSize(address)) < durable ? 0 : durable;
  const writer = new PartWriter(await parts.files.openPart(address, have), (at) => parts.store.progress(address, at));
  try {
    if (!(await writer.resume(have, () => stream.isOver))) return diskRefused;
    sendHead(stream, FRAME.BLOB_AT, encode(BlobAtSchema, { have: BigInt(have) }));
    const end = await receive(parts, stream, writer, size);
    await writer.sync();
    if (end === 'cut') return null;
    if (end === 'whole' && equal(writer.digest(), address)) return await keep(parts, address);
  } finally {
    await writer.close();
  }
  await drop(parts, address);
  return refused('MALFORMED', 'The bytes are not those that were announced.');
}

/** Takes bytes until there are `size` of them: `whole`; one more: `more`; the other side went before: `cut`. */
async function receive(parts: BlobParts, stream: ByteStream, writer: PartWriter, size: number): Promise<'whole' | 'more' | 'cut'> {
  const patience = new Patience(stream, parts.clock);
  try {
    while (writer.at < size) {
      const pieces = await patience.waitFor(stream.read());
      if (pieces === null) return 'cut';
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      if (writer.at + bytes > size) return 'more';
      await writer.write(pieces);
      patience.moved(bytes);
    }
    return 'whole';
  } finally {
    patience.end();
  }
}

async function keep({ files, store, clock }: BlobParts, address: Bytes): Promise<Reply> {
  await files.finish(address);
  return (await store.keep(address, clock.now() + BLOB_LIFETIME_MS)) ? done : diskRefused;
}

// The record first: a file that nobody remembers is swept, a record without its file would be a promise.
async function drop({ files, store }: BlobParts, address: Bytes): Promise<void> {
  await store.drop(address);
  await files.remove(address);
}
