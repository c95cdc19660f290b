// Small, exact operations on bytes that the whole house shares.
import { timingSafeEqual } from 'node:crypto';
import { SottoError } from './errors.ts';

/** Bytes on their own buffer, as libsignal's types demand. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Joins parts into fresh bytes. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The same bytes typed (and if needed copied) to lie on an ArrayBuffer. */
export function owned(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}

/** Compares without telling by its time where two byte strings differ. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

const encoder = new TextEncoder();

/** UTF-8 bytes of text. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes. @throws MALFORMED when they are not UTF-8 */
export function text(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch (cause) {
    throw new SottoError('MALFORMED', 'The bytes are not UTF-8.', cause);
  }
}

/** One character a byte: a name for maps and sets, half as long as hex. Never to be shown. @param length of the first bytes only */
export function nameOf(bytes: Uint8Array, length = bytes.byteLength): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes of hex. @throws BAD_INPUT when it is not an even run of hex digits */
export function unhex(digits: string): Bytes {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw new SottoError('BAD_INPUT', 'Not hexadecimal.');
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** Unpadded base64url. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** Bytes of unpadded base64url. @throws BAD_INPUT for any other character or a non-canonical end */
export function unbase64url(line: string): Bytes {
  const bytes = Buffer.from(line, 'base64url');
  if (bytes.toString('base64url') !== line) throw new SottoError('BAD_INPUT', 'Not base64url.');
  return new Uint8Array(bytes);
}

/** Four bytes, big-endian. */
export function u32be(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Eight bytes, big-endian, of an integer 0..2^53-1. */
export function u64be(value: number): Bytes {
  const bytes = new Uint8Array(8);
  writeU64(new DataView(bytes.buffer), 0, value);
  return bytes;
}

/** Writes an integer 0..2^53-1 as eight bytes, big-endian. */
export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value >>> 0);
}

/** Reads eight bytes, big-endian. @throws MALFORMED above 2^53-1 */
export function readU64(view: DataView, at: number): number {
  const high = view.getUint32(at);
  if (high > 0x1f_ffff) throw new SottoError('MALFORMED', 'A 64-bit number is too large.');
  return high * 0x1_0000_0000 + view.getUint32(at + 4);
}

/** A protobuf uint64 as a plain number. @throws MALFORMED above 2^53-1 */
export function safeNumber(value: bigint): number {
  if (value < 0n || value > 9_007_199_254_740_991n) throw new SottoError('MALFORMED', 'A 64-bit number is too large.');
  return Number(value);
}
