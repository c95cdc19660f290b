// Requests and answers between people who are not contacts yet: one padded part per device, sealed by HPKE (RFC 9180) to its identity key.
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { PublicKey } from '@signalapp/libsignal-client';
import { type Bytes, concat, owned, utf8 } from '../base/bytes.ts';
import { sign, verify } from '../base/ed25519.ts';
import { SottoError } from '../base/errors.ts';
import { label } from '../base/hash.ts';
import { ENVELOPE, pad, unpad } from '../wire/envelope.ts';
import { type InboxPart, InboxPartSchema, type ReturnInbox, type ReturnInboxSchema, SealedPartsSchema } from '../wire/gen/identity_pb.ts';
import { HASH_BYTES, MAX_ADDRESS_BYTES, MAX_DEVICES, MAX_RELAYS, MAX_REQUEST_BYTES } from '../wire/limits.ts';
import type { DeviceKeys } from './device.ts';
import { type CheckedDevice, type CheckedManifest, openManifest } from './manifest.ts';
import { MESSAGE_KIND } from './post-quantum.ts';

/** HPKE's encapsulated key, tag and libsignal's type byte, around each part. */
const HPKE_BYTES = 49;

/** Kind of a part without a ratchet message. */
export const NOTICE_KIND = 0;
/** The only notice there is: "could not be opened, take a fresh bundle" (H5). */
export const NOTICE_FRESH_BUNDLE = 1;

/** What goes to one device of the recipient. */
export type InboxMessage =
  | { readonly kind: 2 | 3; readonly message: Bytes }
  | { readonly kind: typeof NOTICE_KIND; readonly notice: typeof NOTICE_FRESH_BUNDLE; readonly inAnswerTo: Bytes };

/** One part before sealing: for which device, and what. */
export interface OutgoingPart {
  readonly device: CheckedDevice;
  readonly message: InboxMessage;
}

/**
 * A part as opened. The device signed it for this addressee: manifest and return inbox are its word even where `message` does not open
 * by the ratchet (decryptDirect), so nobody can put somebody else's manifest around a return inbox of his own.
 */
export interface OpenedRequest {
  readonly manifest: CheckedManifest;
  readonly device: CheckedDevice;
  readonly returnInbox: ReturnInbox | null;
  readonly message: InboxMessage;
}

function associated(root: Uint8Array, device: number): Bytes {
  return concat(root, Uint8Array.of(device));
}

/**
 * `2 | SealedParts`: what is appended to the recipient's inbox.
 * @param to root key of the recipient, 32 bytes
 * @throws TOO_LARGE above MAX_REQUEST_BYTES
 */
export function sealRequest(
  me: DeviceKeys,
  manifest: CheckedManifest,
  returnInbox: MessageInitShape<typeof ReturnInboxSchema> | null,
  to: Uint8Array,
  parts: readonly OutgoingPart[],
): Bytes {
  const sealed = parts.map(({ device, message }) => {
    const plain = create(InboxPartSchema, {
      manifest: manifest.bytes,
      device: me.device,
      ...(returnInbox === null ? {} : { returnInbox }),
      ...message,
    });
    const addressee = associated(to, device.id);
    plain.signature = sign(me.peer, 'inbox-part', addressee, toBinary(InboxPartSchema, plain));
    const padded = pad(toBinary(InboxPartSchema, plain), HPKE_BYTES);
    const key = PublicKey.deserialize(device.identity);
    return { device: device.id, sealed: key.seal(padded, label('inbox'), addressee) };
  });
  const envelope = concat(Uint8Array.of(ENVELOPE.INBOX), toBinary(SealedPartsSchema, create(SealedPartsSchema, { parts: sealed })));
  if (envelope.length > MAX_REQUEST_BYTES) throw new SottoError('TOO_LARGE', 'The request is too large for an inbox.');
  return envelope;
}

/** Opens the part for this device and checks all it says. @returns null when there is none or anything is wrong with it. Never throws */
export function openRequest(me: DeviceKeys, envelope: Bytes): OpenedRequest | null {
  if (envelope[0] !== ENVELOPE.INBOX || envelope.length > MAX_REQUEST_BYTES) return null;
  try {
    const { parts } = fromBinary(SealedPartsSchema, envelope.subarray(1));
    const mine = parts.find(({ device }) => device === me.device);
    if (mine === undefined || parts.length > MAX_DEVICES) return null;
    const padded = me.identity.privateKey.open(owned(mine.sealed), label('inbox'), associated(me.root, me.device));
    return checkPart(me, fromBinary(InboxPartSchema, unpad(padded)));
  } catch {
    return null;
  }
}

function checkPart(me: DeviceKeys, part: InboxPart): OpenedRequest | null {
  const manifest = openManifest(part.manifest);
  const device = manifest.devices.find(({ id }) => id === part.device);
  const message = checkMessage(part);
  const returnInbox = part.returnInbox ?? null;
  if (device === undefined || !isSignedBy(device, me, part) || message === null || (returnInbox !== null && !isReturnInbox(returnInbox)))
    return null;
  return { manifest, device, returnInbox, message };
}

function isSignedBy(device: CheckedDevice, me: DeviceKeys, part: InboxPart): boolean {
  const unsigned = toBinary(InboxPartSchema, create(InboxPartSchema, { ...part, signature: new Uint8Array() }));
  return verify(device.peer, part.signature, 'inbox-part', associated(me.root, me.device), unsigned);
}

function checkMessage(part: InboxPart): InboxMessage | null {
  if (part.kind === MESSAGE_KIND.WHISPER || part.kind === MESSAGE_KIND.PREKEY)
    return part.message.length > 0 ? { kind: part.kind, message: owned(part.message) } : null;
  const isNotice = part.kind === NOTICE_KIND && part.notice === NOTICE_FRESH_BUNDLE && part.inAnswerTo.length === HASH_BYTES;
  return isNotice ? { kind: NOTICE_KIND, notice: NOTICE_FRESH_BUNDLE, inAnswerTo: owned(part.inAnswerTo) } : null;
}

function isReturnInbox(inbox: ReturnInbox): boolean {
  const keys = [inbox.capability, inbox.profileKey, inbox.contact];
  const addresses = [...inbox.relays, ...inbox.direct];
  return (
    keys.every((key) => key.length === HASH_BYTES) &&
    inbox.relays.length <= MAX_RELAYS &&
    inbox.direct.length <= MAX_RELAYS &&
    addresses.every((address) => address.startsWith('/') && utf8(address).length <= MAX_ADDRESS_BYTES)
  );
}
