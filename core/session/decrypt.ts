// Opens what others wrapped for this device. Hostile bytes become an Outcome and leave every session as it was; only store faults are thrown.
import type { Bytes } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import type { Content } from '../wire/gen/content_pb.ts';
import { type DeviceAddress, peerHandle } from './address.ts';
import { decodeContent } from './content.ts';
import type { DeviceKeys } from './device.ts';
import { openPart, type RatchetPart, refused } from './open-part.ts';
import type { BytesOutcome, Outcome } from './outcome.ts';
import { type NoPart, readWrapped } from './read-wrapped.ts';
import { openRatchet } from './receive.ts';

/**
 * Opens the ratchet part for this device, then the body, and holds both to the commitment; then reads the content.
 * @param wrapped what unwrapEnvelope gave
 * @throws STORE_FAILED, STORE_DAMAGED, CLOSED; never for anything in the bytes
 */
export function decryptWrapped(change: Change, me: DeviceKeys, wrapped: Bytes): Promise<Outcome> {
  return decryptRead(change, me, readWrapped(me, wrapped));
}

/** The same for what was read already. @throws as decryptWrapped */
export async function decryptRead(change: Change, me: DeviceKeys, read: RatchetPart | NoPart): Promise<Outcome> {
  return readContent(read.kind === 'part' ? await openPart(change, me, read) : read);
}

/** Opens an inbox part's ratchet message, whose plain text is the content itself. @throws as decryptWrapped */
export async function decryptDirect(change: Change, me: DeviceKeys, from: DeviceAddress, kind: number, message: Bytes): Promise<Outcome> {
  const opened = await openRatchet(change, me, peerHandle(from), kind, message);
  if (opened.kind !== 'plain') return readContent(refused(opened, from));
  opened.keep();
  return readContent({ kind: 'content', root: from.root, device: from.device, bytes: opened.plain });
}

/** Reads the content of what was opened; one that breaks a bound is a failure of its author. */
export function readContent(outcome: BytesOutcome): Outcome {
  if (outcome.kind !== 'content') return outcome;
  const { root, device, bytes } = outcome;
  let content: Content;
  try {
    content = decodeContent(bytes);
  } catch {
    return { kind: 'failed', reason: 'content', claimed: { root, device } };
  }
  return { kind: 'content', root, device, bytes, content };
}
