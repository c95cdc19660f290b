// The four hot frames: fixed layouts, so that a relay routes them without decoding a body. What a decoder answers are views of
// the payload, so nothing here may change a byte of it, and a part that must live long is copied by whoever keeps it.
import { type Bytes, readU64, writeU64 } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { HASH_BYTES, MAX_ENVELOPE_BYTES, MAX_RUN } from './limits.ts';

/** Payload of APPEND: u32be handle | (u32be length | envelope) repeated. */
export interface AppendRun {
  readonly handle: number;
  readonly envelopes: readonly Bytes[];
}

/** One stamp: u64be seq | u64be time (ms) | chain (32) | id (32). */
export interface WireStamp {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
  readonly id: Bytes;
}

/** Payload of STAMPED: u32be handle | u32be retry-after ms | u16be refusal of the first envelope without a stamp, 0 if none | stamps. */
export interface StampedRun {
  readonly handle: number;
  readonly retryAfter: number;
  readonly refusal: number;
  readonly stamps: readonly WireStamp[];
}

/** The relay's signed head inside ENTRIES: u64be seq | u64be time | chain (32) | signature (64). */
export interface WireHead {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
  readonly signature: Bytes;
}

/** Payload of ENTRIES: u32be handle | u64be first seq | head | (u64be time | u32be length | envelope) repeated, numbers consecutive. */
export interface EntriesRun {
  readonly handle: number;
  readonly first: number;
  readonly head: WireHead;
  readonly entries: readonly { readonly time: number; readonly envelope: Bytes }[];
}

/** Payload of ACK: u32be handle | u64be seq. */
export interface Ack {
  readonly handle: number;
  readonly seq: number;
}

const STAMP_BYTES = 16 + 2 * HASH_BYTES;
const HEAD_BYTES = 16 + HASH_BYTES + 64;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(frame: string): SottoError {
  return new SottoError('MALFORMED', `The ${frame} frame does not follow its layout.`);
}

function take(bytes: Uint8Array, at: number, length: number, frame: string): Bytes {
  if (length < 0 || at + length > bytes.length) throw malformed(frame);
  return bytes.subarray(at, at + length) as Bytes;
}

/** Payload of an APPEND frame. */
export function encodeAppend(run: AppendRun): Bytes {
  let size = 4;
  for (const envelope of run.envelopes) size += 4 + envelope.length;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint32(0, run.handle);
  let at = 4;
  for (const envelope of run.envelopes) {
    view.setUint32(at, envelope.length);
    bytes.set(envelope, at + 4);
    at += 4 + envelope.length;
  }
  return bytes;
}

/** Undoes encodeAppend. @throws MALFORMED for a wrong layout, an empty run, more than MAX_RUN, an empty or oversized envelope */
export function decodeAppend(payload: Bytes): AppendRun {
  if (payload.length < 8) throw malformed('append');
  const view = viewOf(payload);
  const envelopes: Bytes[] = [];
  let at = 4;
  while (at < payload.length) {
    if (at + 4 > payload.length || envelopes.length === MAX_RUN) throw malformed('append');
    const length = view.getUint32(at);
    if (length === 0 || length > MAX_ENVELOPE_BYTES) throw malformed('append');
    envelopes.push(take(payload, at + 4, length, 'append'));
    at += 4 + length;
  }
  return { handle: view.getUint32(0), envelopes };
}

/** Payload of a STAMPED frame. */
export function encodeStamped(run: StampedRun): Bytes {
  const bytes = new Uint8Array(10 + run.stamps.length * STAMP_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, run.handle);
  view.setUint32(4, run.retryAfter);
  view.setUint16(8, run.refusal);
  let at = 10;
  for (const stamp of run.stamps) {
    writeU64(view, at, stamp.seq);
    writeU64(view, at + 8, stamp.time);
    bytes.set(stamp.chain, at + 16);
    bytes.set(stamp.id, at + 16 + HASH_BYTES);
    at += STAMP_BYTES;
  }
  return bytes;
}

/** Undoes encodeStamped. @throws MALFORMED */
export function decodeStamped(payload: Bytes): StampedRun {
  const count = (payload.length - 10) / STAMP_BYTES;
  if (!Number.isInteger(count) || count < 0 || count > MAX_RUN) throw malformed('stamped');
  const view = viewOf(payload);
  const stamps: WireStamp[] = [];
  for (let at = 10; at < payload.length; at += STAMP_BYTES) {
    stamps.push({
      seq: readU64(view, at),
      time: readU64(view, at + 8),
      chain: take(payload, at + 16, HASH_BYTES, 'stamped'),
      id: take(payload, at + 16 + HASH_BYTES, HASH_BYTES, 'stamped'),
    });
  }
  return { handle: view.getUint32(0), retryAfter: view.getUint32(4), refusal: view.getUint16(8), stamps };
}

/** Payload of an ENTRIES frame. */
export function encodeEntries(run: EntriesRun): Bytes {
  let size = 12 + HEAD_BYTES;
  for (const entry of run.entries) size += 12 + entry.envelope.length;
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  view.setUint32(0, run.handle);
  writeU64(view, 4, run.first);
  writeU64(view, 12, run.head.seq);
  writeU64(view, 20, run.head.time);
  bytes.set(run.head.chain, 28);
  bytes.set(run.head.signature, 28 + HASH_BYTES);
  let at = 12 + HEAD_BYTES;
  for (const entry of run.entries) {
    writeU64(view, at, entry.time);
    view.setUint32(at + 8, entry.envelope.length);
    bytes.set(entry.envelope, at + 12);
    at += 12 + entry.envelope.length;
  }
  return bytes;
}

/** Undoes encodeEntries. @throws MALFORMED for a wrong layout, an empty run, more than MAX_RUN, or a head that is not the last entry's */
export function decodeEntries(payload: Bytes): EntriesRun {
  if (payload.length < 12 + HEAD_BYTES) throw malformed('entries');
  const view = viewOf(payload);
  const first = readU64(view, 4);
  const head = {
    seq: readU64(view, 12),
    time: readU64(view, 20),
    chain: take(payload, 28, HASH_BYTES, 'entries'),
    signature: take(payload, 28 + HASH_BYTES, 64, 'entries'),
  };
  const entries: { time: number; envelope: Bytes }[] = [];
  let at = 12 + HEAD_BYTES;
  while (at < payload.length) {
    if (at + 12 > payload.length || entries.length === MAX_RUN) throw malformed('entries');
    const length = view.getUint32(at + 8);
    if (length === 0 || length > MAX_ENVELOPE_BYTES) throw malformed('entries');
    entries.push({ time: readU64(view, at), envelope: take(payload, at + 12, length, 'entries') });
    at += 12 + length;
  }
  if (first === 0 || entries.length === 0 || head.seq !== first + entries.length - 1) throw malformed('entries');
  return { handle: view.getUint32(0), first, head, entries };
}

/** Payload of an ACK frame. */
export function encodeAck(ack: Ack): Bytes {
  const bytes = new Uint8Array(12);
  viewOf(bytes).setUint32(0, ack.handle);
  writeU64(viewOf(bytes), 4, ack.seq);
  return bytes;
}

/** Undoes encodeAck. @throws MALFORMED */
export function decodeAck(payload: Bytes): Ack {
  if (payload.length !== 12) throw malformed('ack');
  return { handle: viewOf(payload).getUint32(0), seq: readU64(viewOf(payload), 4) };
}
