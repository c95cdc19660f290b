// Fixed layouts of the relay's records, big-endian. No field names an author: a submitter's PeerId is never among them (C7).
import { type Bytes, concat, readU64, u64be, writeU64 } from '../../core/base/bytes.ts';
import { SottoError } from '../../core/base/errors.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';

/** Bytes in front of an entry's envelope: time (8), chain (32), id (32). A record of just these is the stub of a deleted entry. */
export const ENTRY_HEADER_BYTES = 8 + 2 * HASH_BYTES;
/** flags, seq, time, chain, acked, floor, floor time, floor chain, ids forgotten, points forgotten, bytes, slots, links, cursors. */
const HEAD_BYTES = 1 + 8 + 8 + HASH_BYTES + 8 + 8 + 8 + HASH_BYTES + 8 + 8 + 8 + 4 + 4 + 4;
const FLAG_CLOSED = 1;
const FLAG_READERS = 2;

/** Everything of a log that changes; one record, written once per batch that touches the log. */
export interface HeadRecord {
  closed: boolean;
  /** True when a reader list is set. */
  listed: boolean;
  seq: number;
  /** ms. */
  time: number;
  chain: Bytes;
  /** Highest cursor of any reader. */
  acked: number;
  /** Entries up to here are deleted; time and chain are those of entry `floor`. */
  floor: number;
  floorTime: number;
  floorChain: Bytes;
  /** Ids up to here are forgotten (H6); at most `floor`. */
  idFloor: number;
  /** Chain points up to here are forgotten (H1); at most `idFloor`. */
  pointFloor: number;
  /** Bytes of entries not yet deleted, their headers included. */
  bytes: number;
  slots: number;
  links: number;
  cursors: number;
}

/** An entry or its stub. `envelope` is null in a stub. */
export interface EntryRecord {
  readonly time: number;
  readonly chain: Bytes;
  readonly id: Bytes;
  readonly envelope: Bytes | null;
}

/** The reader list: id and the log's seq when it was listed. */
export interface Listed {
  readonly reader: Bytes;
  readonly since: number;
}

/** View of a record's bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A plain view of part of a record (never a Buffer, whose slice does not copy). */
export function part(bytes: Uint8Array, from: number, to: number): Bytes {
  return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + from, to - from);
}

/** @throws STORE_DAMAGED unless the record has at least (or exactly) this many bytes */
export function demand(bytes: Uint8Array, least: number, exact: boolean): void {
  if (bytes.length < least || (exact && bytes.length !== least))
    throw new SottoError('STORE_DAMAGED', 'A record has an impossible length.');
}

/** The head of a log without entries. @param chain chain(0) */
export function emptyHead(chain: Bytes): HeadRecord {
  const zero = { seq: 0, time: 0, acked: 0, floor: 0, floorTime: 0, idFloor: 0, pointFloor: 0, bytes: 0, slots: 0, links: 0, cursors: 0 };
  return { closed: false, listed: false, chain, floorChain: chain, ...zero };
}

/** A head as it lies on the disk. */
export function encodeHead(head: HeadRecord): Bytes {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = viewOf(bytes);
  bytes[0] = (head.closed ? FLAG_CLOSED : 0) | (head.listed ? FLAG_READERS : 0);
  writeU64(view, 1, head.seq);
  writeU64(view, 9, head.time);
  bytes.set(head.chain, 17);
  writeU64(view, 49, head.acked);
  writeU64(view, 57, head.floor);
  writeU64(view, 65, head.floorTime);
  bytes.set(head.floorChain, 73);
  writeU64(view, 105, head.idFloor);
  writeU64(view, 113, head.pointFloor);
  writeU64(view, 121, head.bytes);
  view.setUint32(129, head.slots);
  view.setUint32(133, head.links);
  view.setUint32(137, head.cursors);
  return bytes;
}

/** @throws STORE_DAMAGED */
export function decodeHead(bytes: Uint8Array): HeadRecord {
  demand(bytes, HEAD_BYTES, true);
  const view = viewOf(bytes);
  const flags = view.getUint8(0);
  return {
    closed: (flags & FLAG_CLOSED) !== 0,
    listed: (flags & FLAG_READERS) !== 0,
    seq: readU64(view, 1),
    time: readU64(view, 9),
    chain: part(bytes, 17, 49),
    acked: readU64(view, 49),
    floor: readU64(view, 57),
    floorTime: readU64(view, 65),
    floorChain: part(bytes, 73, 105),
    idFloor: readU64(view, 105),
    pointFloor: readU64(view, 113),
    bytes: readU64(view, 121),
    slots: view.getUint32(129),
    links: view.getUint32(133),
    cursors: view.getUint32(137),
  };
}

/** @throws STORE_DAMAGED */
export function decodeEntry(bytes: Uint8Array): EntryRecord {
  demand(bytes, ENTRY_HEADER_BYTES, false);
  return {
    time: readU64(viewOf(bytes), 0),
    chain: part(bytes, 8, 8 + HASH_BYTES),
    id: part(bytes, 8 + HASH_BYTES, ENTRY_HEADER_BYTES),
    envelope: bytes.length === ENTRY_HEADER_BYTES ? null : part(bytes, ENTRY_HEADER_BYTES, bytes.length),
  };
}

/** What stays of an entry when its envelope goes. */
export function stubOf(entry: Uint8Array): Bytes {
  return new Uint8Array(entry.subarray(0, ENTRY_HEADER_BYTES));
}

/** A reader list as it lies on the disk: reader id (32) and since when (u64be ms), repeated. */
export function encodeReaders(list: readonly Listed[]): Bytes {
  return concat(...list.flatMap((one) => [one.reader, u64be(one.since)]));
}

/** @throws STORE_DAMAGED */
export function decodeReaders(bytes: Uint8Array): Listed[] {
  const size = HASH_BYTES + 8;
  const list: Listed[] = [];
  demand(bytes, bytes.length - (bytes.length % size), true);
  for (let at = 0; at < bytes.length; at += size) {
    list.push({ reader: part(bytes, at, at + HASH_BYTES), since: readU64(viewOf(bytes), at + HASH_BYTES) });
  }
  return list;
}

/** A number as its own record. @throws STORE_DAMAGED */
export function decodeNumber(bytes: Uint8Array): number {
  demand(bytes, 8, true);
  return readU64(viewOf(bytes), 0);
}
