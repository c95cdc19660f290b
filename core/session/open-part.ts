// The ratchet part of an entry, then its body; both held to the commitment. A step of the ratchet is kept only when all of it is right.
// The thread that opens runs begins here, so nothing is loaded for it that it does not need.
import { type Bytes, equal } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import { type DeviceAddress, peerHandle } from './address.ts';
import { ONE_TIME_NONCE, open } from './aead.ts';
import { commitOf } from './commit.ts';
import type { DeviceKeys } from './device.ts';
import type { Refused } from './guarded.ts';
import type { BytesOutcome, FailReason } from './outcome.ts';
import { openRatchet } from './receive.ts';

const SECRET_BYTES = 64;

/** What an entry holds for this device. */
export interface RatchetPart {
  readonly kind: 'part';
  /** Who is said to have written it; proved by the ratchet alone. */
  readonly claimed: DeviceAddress;
  /** libsignal's type of message. */
  readonly type: number;
  /** libsignal message whose plain text is key (32) || commit (32). */
  readonly message: Bytes;
  /** 32 bytes. */
  readonly commit: Uint8Array;
  /** Content bytes under the key. */
  readonly body: Uint8Array;
}

/**
 * Opens the ratchet part, then the body, and holds both to the commitment.
 * @throws STORE_FAILED, STORE_DAMAGED, CLOSED; never for anything in the bytes
 */
export async function openPart(change: Change, me: DeviceKeys, part: RatchetPart): Promise<BytesOutcome> {
  const { claimed } = part;
  const opened = await openRatchet(change, me, peerHandle(claimed), part.type, part.message);
  if (opened.kind !== 'plain') return refused(opened, claimed);
  const bytes = openBody(opened.plain, part);
  // The step is not kept: whoever swapped the body or the commitment must not use up the key of the true entry.
  if (bytes === null) return { kind: 'versions-differ', claimed };
  opened.keep();
  return { kind: 'content', root: claimed.root, device: claimed.device, bytes };
}

function openBody(secret: Bytes, { commit, body }: RatchetPart): Bytes | null {
  if (secret.length !== SECRET_BYTES || !equal(secret.subarray(32), commit)) return null;
  const bytes = open({ key: secret.subarray(0, 32), nonce: ONE_TIME_NONCE }, commit, body);
  return bytes !== null && equal(commitOf(bytes), commit) ? bytes : null;
}

/** Why the ratchet refused, as an outcome. */
export function refused(why: Refused, claimed: DeviceAddress): BytesOutcome {
  if (why.kind !== 'failed') return { kind: why.kind, claimed };
  return { kind: 'failed', reason: why.reason satisfies FailReason, claimed };
}
