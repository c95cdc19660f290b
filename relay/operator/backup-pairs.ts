// A store as one stream of bytes: each record as u32 length of its key | u32 length of its value | key | value, and two zeros at the end, so that
// a stream that was cut is known as such. A relay that runs gives its store in this form, and a backup keeps it.
import { setImmediate as breath } from 'node:timers/promises';
import { SottoError } from '../../core/base/errors.ts';
import type { DiskPair } from '../store/disk.ts';

/** Name of the stream in a backup. */
export const STORE_FILE = 'store.pairs';

/** Where a relay that runs gives the same, on its socket alone. */
export const SNAPSHOT_PAGE = '/snapshot';

const HEADER_BYTES = 8;
/** Bytes handed on at a time. */
const PIECE_BYTES = 262_144;
/** No record is larger: an entry of the largest size many times over. A length beyond it is damage. */
const MAX_RECORD_BYTES = 67_108_864;

/** Records as pieces of the stream; between two of them whatever else waits has its turn. */
export async function* encodePairs(pairs: AsyncIterable<DiskPair>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const { key, value } of pairs) {
    held.push(headerOf(key.length, value.length), key, value);
    bytes += HEADER_BYTES + key.length + value.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    [held, bytes] = [[], 0];
    await breath();
  }
  yield Buffer.concat([...held, headerOf(0, 0)]);
}

/** The records of a stream. @throws STORE_DAMAGED when it is cut, or is none */
export async function* decodePairs(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<DiskPair> {
  let rest: Buffer = Buffer.alloc(0);
  let isWhole = false;
  for await (const piece of pieces) {
    if (isWhole) throw damaged();
    rest = rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength) : Buffer.concat([rest, piece]);
    let at = 0;
    for (let end = endOf(rest, at); end <= rest.length && !isWhole; end = endOf(rest, at)) {
      const from = at + HEADER_BYTES;
      const middle = from + rest.readUInt32BE(at);
      if (middle === from) isWhole = true;
      else yield { key: rest.subarray(from, middle), value: rest.subarray(middle, end) };
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (!isWhole || rest.length > 0) throw damaged();
}

/** Where the record at this place ends; behind everything when not even its lengths are there. */
function endOf(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEADER_BYTES) return Number.POSITIVE_INFINITY;
  const length = bytes.readUInt32BE(at) + bytes.readUInt32BE(at + 4);
  if (length > MAX_RECORD_BYTES) throw damaged();
  return at + HEADER_BYTES + length;
}

function headerOf(key: number, value: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(key, 0);
  header.writeUInt32BE(value, 4);
  return header;
}

function damaged(): SottoError {
  return new SottoError('STORE_DAMAGED', 'The records of the store are cut off or damaged.');
}
