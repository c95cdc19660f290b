// The shape of uploaded prekeys: every length and count is checked, so that what the relay hands out is at least well formed.
// Whose keys they are is for the peer to check; the relay cannot.
import type { EcPreKey, PutPreKeys, SignedPreKey } from '../core/wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_ONE_TIME_PREKEYS } from '../core/wire/limits.ts';
import { exact, exactOrEmpty, integer, present, several } from '../core/wire/proto.ts';

/** Highest device id of an account. */
export const MAX_DEVICE = 127;
/** Bytes of an X25519 key with its type byte, and of a Kyber-1024 key with its. */
const EC_KEY_BYTES = 33;
const KYBER_KEY_BYTES = 1_569;
const SIGNATURE_BYTES = 64;

/** The same upload, checked. @throws MALFORMED, TOO_LARGE */
export function checkedPreKeys(keys: PutPreKeys): PutPreKeys {
  exact(keys.writer, HASH_BYTES, 'prekeys');
  exact(keys.signature, SIGNATURE_BYTES, 'prekeys');
  exactOrEmpty(keys.contactHash, HASH_BYTES, 'prekeys');
  integer(keys.device, 1, MAX_DEVICE, 'prekeys');
  integer(keys.counter, 1, Number.MAX_SAFE_INTEGER, 'prekeys');
  checkSigned(present(keys.signed, 'prekeys'), EC_KEY_BYTES);
  checkSigned(present(keys.lastResortKyber, 'prekeys'), KYBER_KEY_BYTES);
  for (const key of several(keys.oneTime, MAX_ONE_TIME_PREKEYS, 'prekeys')) checkPlain(key);
  for (const key of several(keys.oneTimeKyber, MAX_ONE_TIME_PREKEYS, 'prekeys')) checkSigned(key, KYBER_KEY_BYTES);
  return keys;
}

function checkPlain(key: EcPreKey): void {
  exact(key.publicKey, EC_KEY_BYTES, 'prekeys');
}

function checkSigned(key: SignedPreKey, bytes: number): void {
  exact(key.publicKey, bytes, 'prekeys');
  exact(key.signature, SIGNATURE_BYTES, 'prekeys');
}
