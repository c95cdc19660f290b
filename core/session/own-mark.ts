// A device's mark on its own entries. Anyone with the wrap key can claim our name; without this mark the claim is not ours, so nobody
// can make us believe that we were cloned (H7).
import { createHmac, createSecretKey } from 'node:crypto';
import { type Bytes, equal } from '../base/bytes.ts';
import { label } from '../base/hash.ts';
import type { Recipient } from '../wire/gen/content_pb.ts';
import type { DeviceKeys } from './device.ts';

/** Recipient kind of a mark; libsignal's message types start at 2. */
export const OWN_MARK_KIND = 1;

/** What stands in the author's own place among the recipients: HMAC-SHA-256(mark key, "sotto/own-mark/1\0" || commit). */
export function ownMark(me: DeviceKeys, commit: Uint8Array): { kind: number; message: Bytes } {
  // A key object for the reason in aead.ts.
  const mac = createHmac('sha256', createSecretKey(me.markKey)).update(label('own-mark')).update(commit);
  return { kind: OWN_MARK_KIND, message: new Uint8Array(mac.digest()) };
}

/** True when this very device, or a copy of it, made the entry. */
export function isOwnMark(me: DeviceKeys, commit: Uint8Array, part: Recipient | undefined): boolean {
  return part !== undefined && part.kind === OWN_MARK_KIND && equal(part.message, ownMark(me, commit).message);
}
