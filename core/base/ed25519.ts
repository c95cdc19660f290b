// Ed25519 (RFC 8032) over labelled bytes, on Node's own crypto: root keys, PeerId keys, directory writers.
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign as rawSign, verify as rawVerify } from 'node:crypto';
import { type Bytes, concat, hex, unhex } from './bytes.ts';
import { SottoError } from './errors.ts';
import { label } from './hash.ts';

const PKCS8_PREFIX = unhex('302e020100300506032b657004220420');
const SPKI_PREFIX = unhex('302a300506032b6570032100');

/** A key that signs. `seed` (32 bytes) is the private half and must never be logged. */
export interface SigningKey {
  readonly seed: Bytes;
  /** 32 bytes. */
  readonly publicKey: Bytes;
  readonly handle: KeyObject;
}

/** The signing key of a 32-byte seed; a fresh random one when none is given. */
export function signingKey(seed: Uint8Array = randomBytes(32)): SigningKey {
  if (seed.length !== 32) throw new SottoError('BAD_INPUT', 'An Ed25519 seed has 32 bytes.');
  const handle = createPrivateKey({ key: Buffer.from(concat(PKCS8_PREFIX, seed)), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(handle).export({ format: 'der', type: 'spki' });
  return { seed: new Uint8Array(seed), publicKey: new Uint8Array(spki.subarray(-32)), handle };
}

/** Signs `label(what) || bytes`; 64 bytes. */
export function sign(key: SigningKey, what: string, ...bytes: readonly Uint8Array[]): Bytes {
  return new Uint8Array(rawSign(null, concat(label(what), ...bytes), key.handle));
}

/** True when `signature` is the holder's of `publicKey` (32 bytes) over `label(what) || bytes`. Never throws. */
export function verify(publicKey: Uint8Array, signature: Uint8Array, what: string, ...bytes: readonly Uint8Array[]): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return rawVerify(null, concat(label(what), ...bytes), handleOf(publicKey), signature);
  } catch {
    return false;
  }
}

/** Handles kept at hand: those of the relays and contacts one hears from; making one takes a quarter of a verification. */
const MAX_HANDLES = 256;
const handles = new Map<string, KeyObject>();

function handleOf(publicKey: Uint8Array): KeyObject {
  const name = hex(publicKey);
  let handle = handles.get(name);
  if (handle === undefined) {
    handle = createPublicKey({ key: Buffer.from(concat(SPKI_PREFIX, publicKey)), format: 'der', type: 'spki' });
    if (handles.size >= MAX_HANDLES) handles.clear();
    handles.set(name, handle);
  }
  return handle;
}
