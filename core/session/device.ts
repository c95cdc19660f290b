// One installation's own keys. Their bytes go only into the sealed store, never into a backup, a log or an error.
import { randomInt } from 'node:crypto';
import { IdentityKeyPair, type ProtocolAddress } from '@signalapp/libsignal-client';
import { type Bytes, concat } from '../base/bytes.ts';
import { type SigningKey, signingKey } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { derive } from '../base/hash.ts';
import { accountTag, type DeviceAddress, protocolAddress } from './address.ts';

/** Highest device id libsignal allows. */
export const MAX_DEVICE_ID = 127;
/** Highest registration id: 14 bits, or multi-recipient sealing would fail. */
export const MAX_REGISTRATION_ID = 16_383;

/** The keys of this device, and what is derived from them. `me` everywhere in the session part. */
export interface DeviceKeys extends DeviceAddress {
  /** 1..16383. */
  readonly registrationId: number;
  /** libsignal identity key of this device alone (C4). */
  readonly identity: IdentityKeyPair;
  /** libp2p key (PeerId); signs the device binding and slots. */
  readonly peer: SigningKey;
  readonly address: ProtocolAddress;
  /** 8 bytes: how the wrap names this account. */
  readonly tag: Bytes;
  /** 32 bytes: marks our own entries, so that nobody else can make one look like ours (H7). */
  readonly markKey: Bytes;
}

interface Stored {
  readonly root: Bytes;
  readonly device: number;
  readonly registrationId: number;
  readonly identity: IdentityKeyPair;
  readonly peer: SigningKey;
}

function complete(stored: Stored): DeviceKeys {
  const { root, device, peer } = stored;
  return {
    ...stored,
    address: protocolAddress(root, device),
    tag: accountTag(root),
    markKey: derive(peer.seed, root, 'own-mark', 32),
  };
}

/** Fresh keys for device 1..127 of the account with this root key (32 bytes). @throws BAD_INPUT */
export function createDevice(root: Bytes, device: number): DeviceKeys {
  if (root.length !== 32 || !Number.isInteger(device) || device < 1 || device > MAX_DEVICE_ID)
    throw new SottoError('BAD_INPUT', 'A device has an id from 1 to 127 and a root key of 32 bytes.');
  return complete({
    root,
    device,
    registrationId: randomInt(1, MAX_REGISTRATION_ID + 1),
    identity: IdentityKeyPair.generate(),
    peer: signingKey(),
  });
}

const VERSION = 1;
const FRONT_BYTES = 1 + 32 + 1 + 2 + 32;

/** `version 1 | root (32) | u8 device | u16be registration | peer seed (32) | identity pair`: secret bytes for the sealed store. */
export function serializeDevice(keys: DeviceKeys): Bytes {
  const front = new Uint8Array(FRONT_BYTES);
  front[0] = VERSION;
  front.set(keys.root, 1);
  front[33] = keys.device;
  new DataView(front.buffer).setUint16(34, keys.registrationId);
  front.set(keys.peer.seed, 36);
  return concat(front, keys.identity.serialize());
}

/** Undoes serializeDevice. @throws STORE_DAMAGED */
export function parseDevice(bytes: Bytes): DeviceKeys {
  try {
    if (bytes[0] !== VERSION) throw new TypeError('another version');
    return complete({
      root: bytes.slice(1, 33),
      device: bytes[33] ?? 0,
      registrationId: new DataView(bytes.buffer, bytes.byteOffset).getUint16(34),
      peer: signingKey(bytes.slice(36, FRONT_BYTES)),
      identity: IdentityKeyPair.deserialize(bytes.slice(FRONT_BYTES)),
    });
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'The keys of this device cannot be read.', cause);
  }
}
