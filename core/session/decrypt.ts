// Opens what others wrapped for this device. Hostile bytes become an Outcome and leave every session as it was; only store faults are thrown.
import { fromBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import { type Content, type Recipient, type Wrapped, WrappedSchema } from '../wire/gen/content_pb.ts';
import { HASH_BYTES } from '../wire/limits.ts';
import { type DeviceAddress, peerHandle } from './address.ts';
import { ONE_TIME_NONCE, open, TAG_BYTES } from './aead.ts';
import { CONTENT_SALT_BYTES, commitOf, decodeContent } from './content.ts';
import { type DeviceKeys, MAX_DEVICE_ID } from './device.ts';
import type { BytesOutcome, FailReason, Outcome } from './outcome.ts';
import { isOwnMark } from './own-mark.ts';
import { openRatchet, type Refused } from './receive.ts';

const SECRET_BYTES = 64;

/**
 * Opens the ratchet part for this device, then the body, and holds both to the commitment; then reads the content.
 * @param wrapped what unwrapEnvelope gave
 * @throws STORE_FAILED, STORE_DAMAGED, CLOSED; never for anything in the bytes
 */
export async function decryptWrapped(change: Change, me: DeviceKeys, wrapped: Bytes): Promise<Outcome> {
  return readContent(await decryptToBytes(change, me, wrapped));
}

/** The same without reading the content. @throws as decryptWrapped */
export async function decryptToBytes(change: Change, me: DeviceKeys, wrapped: Bytes): Promise<BytesOutcome> {
  const entry = decodeWrapped(wrapped);
  if (entry === null) return { kind: 'failed', reason: 'malformed', claimed: null };
  const claimed: DeviceAddress = { root: concat(entry.author), device: entry.device };
  const mine = entry.recipients.find((part) => part.device === me.device && equal(part.account, me.tag));
  if (entry.device === me.device && equal(entry.author, me.root))
    return { kind: 'own', commit: concat(entry.commit), proven: isOwnMark(me, entry.commit, mine) };
  if (mine === undefined) return { kind: 'not-for-me', claimed };
  return openPart(change, me, claimed, entry, mine);
}

/** Opens an inbox part's ratchet message, whose plain text is the content itself. @throws as decryptWrapped */
export async function decryptDirect(change: Change, me: DeviceKeys, from: DeviceAddress, kind: number, message: Bytes): Promise<Outcome> {
  const opened = await openRatchet(change, me, peerHandle(from), kind, message);
  if (opened.kind !== 'plain') return readContent(refused(opened, from));
  opened.keep();
  return readContent({ kind: 'content', root: from.root, device: from.device, bytes: opened.plain });
}

async function openPart(change: Change, me: DeviceKeys, claimed: DeviceAddress, entry: Wrapped, mine: Recipient): Promise<BytesOutcome> {
  const opened = await openRatchet(change, me, peerHandle(claimed), mine.kind, owned(mine.message));
  if (opened.kind !== 'plain') return refused(opened, claimed);
  const bytes = openBody(opened.plain, entry);
  // The step is not kept: whoever swapped the body or the commitment must not use up the key of the true entry.
  if (bytes === null) return { kind: 'versions-differ', claimed };
  opened.keep();
  return { kind: 'content', root: claimed.root, device: claimed.device, bytes };
}

function openBody(secret: Bytes, { commit, body }: Wrapped): Bytes | null {
  if (secret.length !== SECRET_BYTES || !equal(secret.subarray(32), commit)) return null;
  const bytes = open({ key: secret.subarray(0, 32), nonce: ONE_TIME_NONCE }, commit, body);
  return bytes !== null && equal(commitOf(bytes), commit) ? bytes : null;
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

function refused(why: Refused, claimed: DeviceAddress): BytesOutcome {
  if (why.kind !== 'failed') return { kind: why.kind, claimed };
  return { kind: 'failed', reason: why.reason satisfies FailReason, claimed };
}

function decodeWrapped(bytes: Bytes): Wrapped | null {
  let entry: Wrapped;
  try {
    entry = fromBinary(WrappedSchema, bytes);
  } catch {
    return null;
  }
  const sound =
    entry.author.length === HASH_BYTES &&
    entry.device >= 1 &&
    entry.device <= MAX_DEVICE_ID &&
    entry.commit.length === HASH_BYTES &&
    entry.body.length >= CONTENT_SALT_BYTES + TAG_BYTES;
  return sound ? entry : null;
}
