// The private halves of prekeys as stored, and the memory of every use of a last-resort key.
import { KyberPreKeyRecord, PreKeyRecord, SignedPreKeyRecord } from '@signalapp/libsignal-client';
import { type Bytes, concat, u32be } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Change } from '../store/change.ts';
import { sessionKey } from './keys.ts';

/** First byte of a stored Kyber prekey. */
const ONE_TIME = 0;
const LAST_RESORT = 1;

/** A Kyber prekey, and whether it may be used by many. */
export interface StoredKyber {
  readonly record: KyberPreKeyRecord;
  readonly lastResort: boolean;
}

async function read<T>(change: Change, key: Uint8Array, parse: (bytes: Bytes) => T): Promise<T | null> {
  const bytes = await change.get(key);
  if (bytes === null) return null;
  try {
    return parse(bytes);
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'A stored prekey cannot be read.', cause);
  }
}

/** A one-time EC prekey, or null when it was used or never was. @throws STORE_FAILED, STORE_DAMAGED (each below) */
export function readEcPreKey(change: Change, id: number): Promise<PreKeyRecord | null> {
  return read(change, sessionKey('ec', id), (bytes) => PreKeyRecord.deserialize(bytes));
}

/** Writes a one-time EC prekey. */
export function writeEcPreKey(change: Change, record: PreKeyRecord): void {
  change.put(sessionKey('ec', record.id()), record.serialize());
}

/** A signed EC prekey, or null when it is gone. */
export function readSignedPreKey(change: Change, id: number): Promise<SignedPreKeyRecord | null> {
  return read(change, sessionKey('signed', id), (bytes) => SignedPreKeyRecord.deserialize(bytes));
}

/** Writes a signed EC prekey. */
export function writeSignedPreKey(change: Change, record: SignedPreKeyRecord): void {
  change.put(sessionKey('signed', record.id()), record.serialize());
}

/** A Kyber prekey, or null when it was used, is gone or never was. */
export function readKyberPreKey(change: Change, id: number): Promise<StoredKyber | null> {
  return read(change, sessionKey('kyber', id), (bytes) => ({
    record: KyberPreKeyRecord.deserialize(bytes.slice(1)),
    lastResort: bytes[0] === LAST_RESORT,
  }));
}

/** Writes a Kyber prekey. */
export function writeKyberPreKey(change: Change, { record, lastResort }: StoredKyber): void {
  change.put(sessionKey('kyber', record.id()), concat(Uint8Array.of(lastResort ? LAST_RESORT : ONE_TIME), record.serialize()));
}

/**
 * Looks whether a first message with this base key came in before under a last-resort key. The memory is what refuses a replay once
 * the session it made is lost, so it lives outside the sessions and as long as the key.
 * @returns what writes the use down, or null when the very same was there before
 */
export async function lastResortUse(change: Change, kyberId: number, signedId: number, baseKey: Uint8Array): Promise<(() => void) | null> {
  const use = sha256(concat(u32be(signedId), baseKey));
  const key = sessionKey('used', kyberId, use);
  if ((await change.get(key)) !== null) return null;
  const count = await usesOf(change, kyberId);
  return () => {
    change.put(key, Uint8Array.of(1));
    change.put(sessionKey('used-list', kyberId, count), use);
    change.put(sessionKey('used-list', kyberId), u32be(count + 1));
  };
}

/** Forgets a last-resort key together with its uses; only for a key nobody can send to any more. */
export async function forgetKyberPreKey(change: Change, kyberId: number): Promise<void> {
  const count = await usesOf(change, kyberId);
  for (let at = 0; at < count; at += 1) {
    const use = await change.get(sessionKey('used-list', kyberId, at));
    if (use !== null) change.delete(sessionKey('used', kyberId, use));
    change.delete(sessionKey('used-list', kyberId, at));
  }
  change.delete(sessionKey('used-list', kyberId));
  change.delete(sessionKey('kyber', kyberId));
}

async function usesOf(change: Change, kyberId: number): Promise<number> {
  const bytes = await change.get(sessionKey('used-list', kyberId));
  return bytes === null ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}
