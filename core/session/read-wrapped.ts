// What an unwrapped entry says to this device before any key is touched: whose ratchet message it holds, or why it holds none.
import { fromBinary } from '@bufbuild/protobuf';
import { type Bytes, concat, equal, owned } from '../base/bytes.ts';
import { type Wrapped, WrappedSchema } from '../wire/gen/content_pb.ts';
import { HASH_BYTES } from '../wire/limits.ts';
import type { DeviceAddress } from './address.ts';
import { TAG_BYTES } from './aead.ts';
import { CONTENT_SALT_BYTES } from './commit.ts';
import { type DeviceKeys, MAX_DEVICE_ID } from './device.ts';
import type { RatchetPart } from './open-part.ts';
import type { BytesOutcome } from './outcome.ts';
import { isOwnMark } from './own-mark.ts';

/** Why there is nothing for the ratchet. */
export type NoPart = Extract<BytesOutcome, { kind: 'own' | 'not-for-me' | 'failed' }>;

/** The part for this device, or why there is none; hostile bytes are values. @param wrapped what unwrapEnvelope gave */
export function readWrapped(me: DeviceKeys, wrapped: Bytes): RatchetPart | NoPart {
  const entry = decodeWrapped(wrapped);
  if (entry === null) return { kind: 'failed', reason: 'malformed', claimed: null };
  const claimed: DeviceAddress = { root: concat(entry.author), device: entry.device };
  const mine = entry.recipients.find((part) => part.device === me.device && equal(part.account, me.tag));
  if (entry.device === me.device && equal(entry.author, me.root))
    return { kind: 'own', commit: concat(entry.commit), proven: isOwnMark(me, entry.commit, mine) };
  if (mine === undefined) return { kind: 'not-for-me', claimed };
  return { kind: 'part', claimed, type: mine.kind, message: owned(mine.message), commit: entry.commit, body: entry.body };
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
