// Every key of the relay's database in one table: one letter for the kind, then fixed-width parts, so that byte order is the order we read in.
import { type Bytes, concat, u64be } from '../../core/base/bytes.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';

const KIND = {
  meta: 0x61,
  blob: 0x62,
  cursor: 0x63,
  entry: 0x65,
  registration: 0x67,
  head: 0x68,
  id: 0x69,
  linkOfLog: 0x6a,
  link: 0x6b,
  spec: 0x6c,
  manifest: 0x6d,
  endpoint: 0x6e,
  oneTime: 0x6f,
  preKeys: 0x70,
  blobUse: 0x71,
  readers: 0x72,
  slot: 0x73,
  token: 0x74,
  usage: 0x75,
  wake: 0x77,
} as const;

/** The kinds of record. */
export type Kind = keyof typeof KIND;

const KINDS: ReadonlyMap<number, Kind> = new Map(Object.entries(KIND).map(([kind, letter]) => [letter, kind as Kind]));

/** Bytes of an id key: kind, log, id. */
export const ID_KEY_BYTES = 1 + 2 * HASH_BYTES;
/** Bytes of an entry key: kind, log, seq. */
export const ENTRY_KEY_BYTES = 1 + HASH_BYTES + 8;

/** Which one-time pool a key lies in. */
export const POOL = { ec: 0, kyber: 1 } as const;

/** A half-open range of keys. */
export interface KeyRange {
  readonly gte: Bytes;
  readonly lt: Bytes;
}

/** Every key there is. */
export const EVERYTHING: KeyRange = { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) };

/** Kind and parts as one key; log ids, hashes and addresses have 32 bytes. */
export function keyOf(kind: Kind, ...parts: readonly Uint8Array[]): Bytes {
  return concat(Uint8Array.of(KIND[kind]), ...parts);
}

/** Which kind a key is of; null for none that is known. */
export function kindOf(key: Uint8Array): Kind | null {
  return KINDS.get(key[0] ?? 0) ?? null;
}

/** All keys that begin with this one. */
export function under(kind: Kind, ...parts: readonly Uint8Array[]): KeyRange {
  const gte = keyOf(kind, ...parts);
  return { gte, lt: after(gte) };
}

/** The first key above every key that begins with `prefix`. */
export function after(prefix: Uint8Array): Bytes {
  const next = new Uint8Array(prefix);
  for (let at = next.length - 1; at >= 0; at--) {
    const byte = next[at] ?? 0;
    if (byte < 0xff) {
      next[at] = byte + 1;
      return next.slice(0, at + 1);
    }
  }
  throw new RangeError('no key lies above this prefix');
}

/** Key of the entry (or its stub) `seq` of a log. */
export function entryKey(log: Uint8Array, seq: number): Bytes {
  return keyOf('entry', log, u64be(seq));
}

/** Key under which the number of an envelope's id is remembered. */
export function idKey(log: Uint8Array, id: Uint8Array): Bytes {
  return keyOf('id', log, id);
}

/** Writes an id key into `target` at `at`: the hot path's, which allocates nothing. */
export function writeIdKey(target: Uint8Array, at: number, log: Uint8Array, id: Uint8Array): void {
  target[at] = KIND.id;
  target.set(log, at + 1);
  target.set(id, at + 1 + HASH_BYTES);
}

/** Writes an entry key's kind and log into `target`; the number follows at 1 + HASH_BYTES. */
export function writeEntryPrefix(target: Uint8Array, log: Uint8Array): void {
  target[0] = KIND.entry;
  target.set(log, 1);
}

/** A key or id as a string that maps and sets can hold: one character a byte. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The last 32 bytes of a key: the log, reader or link it ends with. */
export function part32(key: Uint8Array): Bytes {
  return new Uint8Array(key.subarray(key.length - HASH_BYTES));
}
