// Content once under a fresh key, that key once per device by its ratchet. Ratchet steps stand in the Change: send only after its commit.
import { create, toBinary } from '@bufbuild/protobuf';
import { CiphertextMessageType, SignalMessage, signalEncrypt } from '@signalapp/libsignal-client';
import { type Bytes, concat, equal } from '../base/bytes.ts';
import { random } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { type Recipient, RecipientSchema, WrappedSchema } from '../wire/gen/content_pb.ts';
import { accountTag, type DeviceAddress, peerHandle } from './address.ts';
import { ONE_TIME_NONCE, seal } from './aead.ts';
import { commitOf } from './commit.ts';
import type { DeviceKeys } from './device.ts';
import { ownMark } from './own-mark.ts';
import { isFirstPostQuantum, isPostQuantum, readFirstMessage } from './post-quantum.ts';
import { loadSession } from './ratchet.ts';
import { PeerStores } from './stores.ts';

/** A libsignal message for one device. */
export interface RatchetMessage {
  /** 2 Whisper, 3 PreKey. */
  readonly kind: number;
  readonly message: Bytes;
}

/**
 * Encrypts content bytes (encodeContent) to every recipient device; include the sender's other devices, never this one.
 * @returns the encoded Wrapped, ready for wrapEnvelope
 * @throws SESSION_BROKEN when a recipient has no session (missingSessions, startSession), NO_POST_QUANTUM, BAD_INPUT, STORE_FAILED
 */
export async function encryptContent(
  change: Change,
  me: DeviceKeys,
  content: Bytes,
  recipients: readonly DeviceAddress[],
  now: number,
): Promise<Bytes> {
  const commit = commitOf(content);
  const key = random(32);
  const secret = concat(key, commit);
  const sealed: Recipient[] = [create(RecipientSchema, { account: me.tag, device: me.device, ...ownMark(me, commit) })];
  for (const to of recipients) {
    const part = await encryptDirect(change, me, secret, to, now);
    sealed.push(create(RecipientSchema, { account: accountTag(to.root), device: to.device, ...part }));
  }
  const body = seal({ key, nonce: ONE_TIME_NONCE }, commit, content);
  return toBinary(WrappedSchema, create(WrappedSchema, { author: me.root, device: me.device, commit, body, recipients: sealed }));
}

/** Encrypts bytes to one device by its ratchet alone: what an inbox part carries. @throws as encryptContent */
export async function encryptDirect(change: Change, me: DeviceKeys, plain: Bytes, to: DeviceAddress, now: number): Promise<RatchetMessage> {
  if (to.device === me.device && equal(to.root, me.root)) throw new SottoError('BAD_INPUT', 'A device does not write to itself.');
  const peer = peerHandle(to);
  const session = await loadSession(change, peer);
  if (session === null) throw new SottoError('SESSION_BROKEN', 'There is no session with this device yet.');
  const stores = new PeerStores(change, me, peer, session, session.identity);
  try {
    const encrypted = await signalEncrypt(plain, peer.address, me.address, stores, stores, new Date(now));
    const part = { kind: encrypted.type(), message: encrypted.serialize() };
    requirePostQuantum(part);
    stores.keep();
    return part;
  } catch (cause) {
    stores.rethrowFault();
    if (cause instanceof SottoError) throw cause;
    throw new SottoError('SESSION_BROKEN', undefined, cause);
  }
}

function requirePostQuantum({ kind, message }: RatchetMessage): void {
  const safe =
    kind === CiphertextMessageType.Whisper
      ? isPostQuantum(SignalMessage.deserialize(message))
      : kind === CiphertextMessageType.PreKey && isFirstPostQuantum(readFirstMessage(message));
  if (!safe) throw new SottoError('NO_POST_QUANTUM');
}
