// What libsignal calls an account. The UUID stands only in libsignal addresses; everywhere else the full root key does.
import { ProtocolAddress } from '@signalapp/libsignal-client';
import { type Bytes, hex } from '../base/bytes.ts';
import { labelledHash } from '../base/hash.ts';
import { sessionKey } from './keys.ts';

/** A device of an account. `root` has 32 bytes, `device` is 1..127. */
export interface DeviceAddress {
  readonly root: Bytes;
  readonly device: number;
}

/** A device address with what libsignal and the store call it. */
export interface PeerHandle extends DeviceAddress {
  readonly address: ProtocolAddress;
  /** Where the session with this device is kept. */
  readonly sessionKey: Bytes;
}

/** First 16 bytes of SHA-256("sotto/account/1\0" || root) as a lower-case UUID: what binds both addresses inside libsignal's MAC. */
export function accountUuid(root: Uint8Array): string {
  const digits = hex(labelledHash('account', root).subarray(0, 16));
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** First 8 bytes of the account's UUID: names a recipient inside the wrap. */
export function accountTag(root: Uint8Array): Bytes {
  return labelledHash('account', root).slice(0, 8);
}

/** The libsignal address of a device. @param device 1..127 */
export function protocolAddress(root: Uint8Array, device: number): ProtocolAddress {
  return ProtocolAddress.new(accountUuid(root), device);
}

/** Handles kept at hand; they are pure functions of their address, so forgetting one is harmless. */
const MAX_HANDLES_AT_HAND = 4_096;
const handles = new Map<string, PeerHandle>();

/** The handle of a device, remembered because making one costs a hash and a native call. */
export function peerHandle({ root, device }: DeviceAddress): PeerHandle {
  const name = `${hex(root)}.${device}`;
  let handle = handles.get(name);
  if (handle === undefined) {
    if (handles.size >= MAX_HANDLES_AT_HAND) handles.clear();
    handle = { root: root.slice(), device, address: protocolAddress(root, device), sessionKey: sessionKey('session', root, device) };
    handles.set(name, handle);
  }
  return handle;
}
