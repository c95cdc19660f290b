// A prekey bundle from a relay or a peer: believed only as far as the manifest's identity key signed it.
import { KEMPublicKey, PreKeyBundle, PublicKey } from '@signalapp/libsignal-client';
import { type Bytes, owned } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { PreKeyBundle as WireBundle } from '../wire/gen/relay_pb.ts';
import type { CheckedDevice } from './manifest.ts';

/** Bytes of a serialized EC public key and of a Kyber 1024 public key. */
export const EC_KEY_BYTES = 33;
export const KYBER_KEY_BYTES = 1_569;

/**
 * Checks a bundle against the device as the manifest lists it; identity and registration id are taken from there, never from outside.
 * @throws MALFORMED for another device or a broken field, BAD_SIGNATURE when the device's identity key did not sign the prekeys
 */
export function checkBundle(bundle: WireBundle, device: CheckedDevice): PreKeyBundle {
  const { signed, kyber, oneTime } = bundle;
  if (bundle.device !== device.id || signed === undefined || kyber === undefined)
    throw new SottoError('MALFORMED', 'The prekey bundle is for another device or incomplete.');
  const identity = PublicKey.deserialize(device.identity);
  const signedKey = signedBy(identity, signed.publicKey, EC_KEY_BYTES, signed.signature);
  const kyberKey = signedBy(identity, kyber.publicKey, KYBER_KEY_BYTES, kyber.signature);
  try {
    return PreKeyBundle.new(
      device.registration,
      device.id,
      oneTime?.id ?? null,
      oneTime === undefined ? null : PublicKey.deserialize(exactly(oneTime.publicKey, EC_KEY_BYTES)),
      signed.id,
      PublicKey.deserialize(signedKey),
      owned(signed.signature),
      identity,
      kyber.id,
      KEMPublicKey.deserialize(kyberKey),
      owned(kyber.signature),
    );
  } catch (cause) {
    throw new SottoError('MALFORMED', 'A key of the prekey bundle is not a key.', cause);
  }
}

function exactly(bytes: Uint8Array, length: number): Bytes {
  if (bytes.length !== length) throw new SottoError('MALFORMED', 'A key of the prekey bundle has another length.');
  return owned(bytes);
}

function signedBy(identity: PublicKey, key: Uint8Array, length: number, signature: Uint8Array): Bytes {
  const bytes = exactly(key, length);
  if (signature.length !== 64 || !identity.verify(bytes, owned(signature)))
    throw new SottoError('BAD_SIGNATURE', 'A prekey is not signed by the device the manifest lists.');
  return bytes;
}
