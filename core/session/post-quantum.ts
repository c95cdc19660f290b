// Holds every session message to PQXDH and the post-quantum ratchet; nothing weaker is ever sent or opened.
import { PreKeySignalMessage, SignalMessage } from '@signalapp/libsignal-client';
import { type Bytes, owned } from '../base/bytes.ts';
import { readFields } from '../wire/fields.ts';

/** libsignal's message version with PQXDH. */
export const PQXDH_VERSION = 4;

/** Kinds of libsignal message that Sotto carries. */
export const MESSAGE_KIND = { WHISPER: 2, PREKEY: 3 } as const;

/** What a first message shows before anything is decrypted. */
export interface FirstMessage {
  readonly message: PreKeySignalMessage;
  /** The ratchet message inside. */
  readonly inner: SignalMessage;
  /** 33 bytes: the identity key it claims. */
  readonly identity: Bytes;
}

/** True when the message belongs to a PQXDH session with the post-quantum ratchet on. */
export function isPostQuantum(message: SignalMessage): boolean {
  return message.messageVersion() === PQXDH_VERSION && message.pqRatchet().length > 0;
}

/** The same for a first message. */
export function isFirstPostQuantum(first: FirstMessage): boolean {
  return first.message.version() === PQXDH_VERSION && isPostQuantum(first.inner);
}

/** Reads a first message; its fields (libsignal's wire.proto) are 3: identity key, 4: inner message. @throws for any broken bytes */
export function readFirstMessage(bytes: Bytes): FirstMessage {
  const message = PreKeySignalMessage.deserialize(bytes);
  // One byte of versions stands in front of the protobuf.
  let identity: Uint8Array = new Uint8Array();
  let inner: Uint8Array = new Uint8Array();
  readFields(bytes.subarray(1), (field, value) => {
    if (field === 3) identity = value ?? identity;
    else if (field === 4) inner = value ?? inner;
  });
  return { message, inner: SignalMessage.deserialize(owned(inner)), identity: owned(identity) };
}
