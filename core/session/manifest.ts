// An account's devices and relays as its root key signs them, and every check before anybody believes one (H4).
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PublicKey } from '@signalapp/libsignal-client';
import { type Bytes, concat, equal, hex, owned, safeNumber, utf8 } from '../base/bytes.ts';
import { type SigningKey, sign, verify } from '../base/ed25519.ts';
import { isSottoError, SottoError } from '../base/errors.ts';
import { labelledHash } from '../base/hash.ts';
import { type Device, DeviceSchema, type Manifest, ManifestSchema, SignedManifestSchema } from '../wire/gen/identity_pb.ts';
import { MAX_ADDRESS_BYTES, MAX_DEVICES, MAX_MANIFEST_BYTES, MAX_RELAYS, MAX_VERSION_STEP } from '../wire/limits.ts';
import { type DeviceKeys, MAX_DEVICE_ID, MAX_REGISTRATION_ID } from './device.ts';

/** A device as a checked manifest lists it. */
export interface CheckedDevice {
  /** 1..127. */
  readonly id: number;
  /** 33 bytes: libsignal identity key. */
  readonly identity: Bytes;
  /** 1..16383. */
  readonly registration: number;
  /** 32 bytes: Ed25519 public key of its PeerId. */
  readonly peer: Bytes;
}

/** A manifest whose every signature and bound was checked. */
export interface CheckedManifest {
  /** 32 bytes: the account. */
  readonly root: Bytes;
  readonly version: number;
  /** 1..8, ids ascending. */
  readonly devices: readonly CheckedDevice[];
  readonly relays: readonly string[];
  /** 32 bytes, or empty. */
  readonly directory: Bytes;
  /** 32 bytes: SHA-256("sotto/manifest-hash/1\0" || encoded Manifest). */
  readonly hash: Bytes;
  /** The encoded SignedManifest. */
  readonly bytes: Bytes;
}

/** What a new manifest says. */
export interface ManifestFields {
  readonly version: number;
  readonly devices: readonly Device[];
  /** Multiaddrs with /p2p/. */
  readonly relays: readonly string[];
  /** 32 bytes, or empty. */
  readonly directory: Uint8Array;
}

function bindingParts(root: Uint8Array, device: Pick<Device, 'id' | 'identity' | 'registration'>): Uint8Array[] {
  const registration = new Uint8Array(2);
  new DataView(registration.buffer).setUint16(0, device.registration);
  return [root, Uint8Array.of(device.id), device.identity, registration];
}

/** The device's entry for its account's manifest, counter-signed by its libp2p key: nobody can list somebody else's PeerId. */
export function deviceBinding(me: DeviceKeys): Device {
  const entry = { id: me.device, identity: me.identity.publicKey.serialize(), registration: me.registrationId };
  const binding = sign(me.peer, 'device-binding', ...bindingParts(me.root, entry));
  return create(DeviceSchema, { ...entry, peer: me.peer.publicKey, binding });
}

/** True when the holder of the listed PeerId key agreed to be this device of this account. */
export function verifyDeviceBinding(root: Uint8Array, device: Device): boolean {
  return verify(device.peer, device.binding, 'device-binding', ...bindingParts(root, device));
}

/** Signs a manifest with the root key. @throws BAD_MANIFEST, BAD_SIGNATURE when the result would not be believed by others */
export function signManifest(root: SigningKey, fields: ManifestFields): CheckedManifest {
  const manifest = toBinary(
    ManifestSchema,
    create(ManifestSchema, {
      root: root.publicKey,
      version: BigInt(fields.version),
      devices: [...fields.devices],
      relays: [...fields.relays],
      directory: fields.directory,
    }),
  );
  const signature = sign(root, 'manifest', manifest);
  return openManifest(toBinary(SignedManifestSchema, create(SignedManifestSchema, { manifest, signature })), root.publicKey);
}

function bad(detail: string, cause?: unknown): SottoError {
  return new SottoError('BAD_MANIFEST', detail, cause);
}

/**
 * Checks everything a manifest claims. The only way in for one that came from outside.
 * @param expectedRoot refuse any other account's
 * @throws BAD_MANIFEST for a broken bound or another account, BAD_SIGNATURE for root or device signatures
 */
export function openManifest(bytes: Uint8Array, expectedRoot?: Uint8Array): CheckedManifest {
  const { manifest, signature, inner } = decode(bytes);
  if (expectedRoot !== undefined && !equal(manifest.root, expectedRoot)) throw bad('The manifest belongs to another account.');
  if (!verify(manifest.root, signature, 'manifest', inner))
    throw new SottoError('BAD_SIGNATURE', 'The manifest is not signed by its root key.');
  for (const device of manifest.devices) {
    if (!verifyDeviceBinding(manifest.root, device))
      throw new SottoError('BAD_SIGNATURE', 'A device in the manifest did not agree to be there.');
  }
  return checked(manifest, inner, signature);
}

/** The parsed form of stored bytes, found by those very bytes: every message in or out asks for its contact's manifest. */
const parsed = new WeakMap<Uint8Array, CheckedManifest>();

/** A manifest out of our own sealed store, whose signatures were checked on the way in. @throws STORE_DAMAGED */
export function readStoredManifest(bytes: Uint8Array): CheckedManifest {
  const known = parsed.get(bytes);
  if (known !== undefined) return known;
  try {
    const { manifest, inner, signature } = decode(bytes);
    const read = checked(manifest, inner, signature);
    parsed.set(bytes, read);
    return read;
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'A stored manifest cannot be read.', cause);
  }
}

function decode(bytes: Uint8Array): { manifest: Manifest; signature: Uint8Array; inner: Uint8Array } {
  if (bytes.length === 0 || bytes.length > MAX_MANIFEST_BYTES) throw bad('The manifest has an impossible size.');
  try {
    const signed = fromBinary(SignedManifestSchema, bytes);
    const manifest = fromBinary(ManifestSchema, signed.manifest);
    checkBounds(manifest);
    return { manifest, signature: signed.signature, inner: signed.manifest };
  } catch (cause) {
    if (isSottoError(cause, 'BAD_MANIFEST')) throw cause;
    throw bad('The manifest does not follow its schema.', cause);
  }
}

function checkBounds(manifest: Manifest): void {
  if (manifest.root.length !== 32) throw bad('The root key has another length.');
  if (safeNumber(manifest.version) < 1) throw bad('Versions start at 1.');
  if (manifest.devices.length < 1 || manifest.devices.length > MAX_DEVICES) throw bad('An account has 1 to 8 devices.');
  manifest.devices.forEach(checkDevice);
  if (manifest.relays.length > MAX_RELAYS || !manifest.relays.every(isRelay)) throw bad('A relay address is not acceptable.');
  if (new Set(manifest.relays).size !== manifest.relays.length) throw bad('A relay is listed twice.');
  if (manifest.directory.length !== 0 && manifest.directory.length !== 32) throw bad('The directory address has another length.');
}

function checkDevice(device: Device, index: number, devices: readonly Device[]): void {
  const before = devices.slice(0, index);
  if (device.id < 1 || device.id > MAX_DEVICE_ID || device.id <= (before.at(-1)?.id ?? 0)) throw bad('Device ids must rise from 1 to 127.');
  if (device.registration < 1 || device.registration > MAX_REGISTRATION_ID) throw bad('A registration id is out of range.');
  if (device.peer.length !== 32 || device.binding.length !== 64 || !isIdentity(device.identity))
    throw bad('A key of a device is not a key.');
  const same = (other: Device) => equal(other.identity, device.identity) || equal(other.peer, device.peer);
  if (before.some(same)) throw bad('Two devices share a key.');
}

function isIdentity(identity: Uint8Array): boolean {
  if (identity.length !== 33) return false;
  try {
    return equal(PublicKey.deserialize(owned(identity)).serialize(), identity);
  } catch {
    return false;
  }
}

function isRelay(address: string): boolean {
  return address.startsWith('/') && address.includes('/p2p/') && utf8(address).length <= MAX_ADDRESS_BYTES;
}

function checked(manifest: Manifest, inner: Uint8Array, signature: Uint8Array): CheckedManifest {
  return {
    root: concat(manifest.root),
    version: safeNumber(manifest.version),
    devices: manifest.devices.map(({ id, identity, registration, peer }) => ({
      id,
      identity: concat(identity),
      registration,
      peer: concat(peer),
    })),
    relays: manifest.relays,
    directory: concat(manifest.directory),
    hash: labelledHash('manifest-hash', inner),
    // Encoded anew: what is not signed cannot ride along.
    bytes: toBinary(SignedManifestSchema, create(SignedManifestSchema, { manifest: inner, signature })),
  };
}

/** How an offered manifest stands to the held one. Only 'newer' may replace it; 'conflict' and 'too-far' are alarms. */
export type ManifestOrder = 'same' | 'newer' | 'older' | 'conflict' | 'too-far';

/**
 * Compares two checked manifests of one account. Conflict: same version with other content, or a device id with another key.
 * @throws BAD_INPUT when they belong to different accounts
 */
export function compareManifests(held: CheckedManifest, offered: CheckedManifest): ManifestOrder {
  if (!equal(held.root, offered.root)) throw new SottoError('BAD_INPUT', 'Two manifests of different accounts are not compared.');
  if (offered.version === held.version) return equal(held.hash, offered.hash) ? 'same' : 'conflict';
  if (offered.version < held.version) return 'older';
  if (offered.version - held.version > MAX_VERSION_STEP) return 'too-far';
  const known = new Map(held.devices.map((device) => [device.id, keysOf(device)]));
  const reused = offered.devices.some((device) => known.has(device.id) && known.get(device.id) !== keysOf(device));
  return reused ? 'conflict' : 'newer';
}

/** What makes a device id one device for ever: its two keys, as hex. */
export function keysOf(device: CheckedDevice): string {
  return hex(device.identity) + hex(device.peer);
}
