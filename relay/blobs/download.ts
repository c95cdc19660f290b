// GET_BLOB and STAT_BLOB: whoever knows the address may read, for nobody can guess it. Bytes are sent as they lie on the disk; the reader checks
// their hash. A file of another length than was kept is damaged, and never begun.
import type { FileHandle } from 'node:fs/promises';
import { Patience, sendHead } from '../../core/net/blob-stream.ts';
import type { ByteStream } from '../../core/net/byte-stream.ts';
import { FRAME } from '../../core/wire/frame.ts';
import { BlobSchema, GetBlobSchema, StatBlobSchema } from '../../core/wire/gen/blob_pb.ts';
import { HASH_BYTES, MAX_BLOB_BYTES } from '../../core/wire/limits.ts';
import { decode, encode, exact, integer } from '../../core/wire/proto.ts';
import { type Reply, refused } from '../reply.ts';
import type { BlobRecord } from '../store/store.ts';
import type { BlobParts } from './terms.ts';

/** Bytes read and sent at a time; two of them are held, one being read while the other leaves. */
const READ_BYTES = 524_288;

const unknown = refused('NOT_FOUND', 'This blob is not here.');

/** Sends a blob from an offset on. @returns a refusal, or null when it was sent or the other side went. @throws MALFORMED, STORE_FAILED */
export async function download(parts: BlobParts, stream: ByteStream, payload: Uint8Array): Promise<Reply | null> {
  const asked = decode(GetBlobSchema, payload, 'blob');
  const offset = integer(asked.offset, 0, MAX_BLOB_BYTES, 'blob');
  const record = await parts.store.get(exact(asked.address, HASH_BYTES, 'blob'));
  if (record?.whole !== true) return unknown;
  const file = await parts.files.openWhole(record.address);
  if (file === null) return unknown;
  try {
    if ((await file.stat()).size !== record.size) {
      parts.log.warn('blob-damaged');
      return refused('STORE', 'The blob is damaged on the disk of the relay.');
    }
    if (offset > record.size) return refused('MALFORMED', 'The offset lies behind the end of the blob.');
    sendHead(stream, FRAME.BLOB, headOf(record));
    await send(parts, stream, file, offset, record.size);
    return null;
  } finally {
    await file.close();
  }
}

/** Says how much of a blob is here. @throws MALFORMED, STORE_FAILED */
export async function statBlob(parts: BlobParts, payload: Uint8Array): Promise<Reply> {
  const asked = decode(StatBlobSchema, payload, 'blob');
  const record = await parts.store.get(exact(asked.address, HASH_BYTES, 'blob'));
  return record === null ? unknown : { type: FRAME.BLOB, payload: headOf(record) };
}

function headOf({ size, have, expires }: BlobRecord): Uint8Array<ArrayBuffer> {
  return encode(BlobSchema, { size: BigInt(size), have: BigInt(have), expires: BigInt(expires) });
}

async function send({ clock }: BlobParts, stream: ByteStream, file: FileHandle, offset: number, size: number): Promise<void> {
  const patience = new Patience(stream, clock);
  const buffers = [Buffer.allocUnsafeSlow(READ_BYTES), Buffer.allocUnsafeSlow(READ_BYTES)] as const;
  try {
    let leaving = Promise.resolve();
    for (let at = offset, turn = 0; at < size && !stream.isOver; turn += 1) {
      const buffer = buffers[turn % 2 === 0 ? 0 : 1];
      const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, size - at), at);
      if (bytesRead === 0) return stream.abort('The blob is damaged.');
      await patience.waitFor(leaving);
      stream.send(buffer.subarray(0, bytesRead));
      leaving = stream.flushed();
      at += bytesRead;
      patience.moved(bytesRead);
    }
    await patience.waitFor(leaving);
  } finally {
    patience.end();
  }
}
