// Sessions as stored: the peer's identity key, then libsignal's record. A session that exists is one with a device the manifest lists.
import { SessionRecord } from '@signalapp/libsignal-client';
import { type Bytes, concat } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change, Unwritten } from '../store/change.ts';
import type { PeerHandle } from './address.ts';

/** Bytes of a serialized libsignal identity key. */
export const IDENTITY_BYTES = 33;

/** A session and the key it is bound to. */
export interface StoredSession {
  /** 33 bytes. */
  readonly identity: Bytes;
  readonly record: SessionRecord;
}

/**
 * The parsed form of stored bytes, found by those very bytes. A change hands back the object that was put, so a batch parses a session
 * once; and since a handle belongs to its bytes, a change that is dropped takes it along: nothing can go stale.
 */
const parsed = new WeakMap<Uint8Array, StoredSession>();

/** The session with a device, or null. @throws STORE_FAILED, STORE_DAMAGED */
export async function loadSession(change: Change, peer: PeerHandle): Promise<StoredSession | null> {
  const found = await change.find(peer.sessionKey);
  if (found instanceof SteppedSession) return found.session;
  if (found === null) return null;
  const bytes = found instanceof Uint8Array ? found : found.toBytes();
  return parsed.get(bytes) ?? parse(bytes);
}

/** A session whose ratchet stepped in a change. A run of messages steps it hundreds of times, and writes it once. */
class SteppedSession implements Unwritten {
  readonly session: StoredSession;
  #bytes: Bytes | null = null;

  constructor(session: StoredSession) {
    this.session = session;
  }

  toBytes(): Bytes {
    if (this.#bytes === null) {
      this.#bytes = concat(this.session.identity, this.session.record.serialize());
      parsed.set(this.#bytes, this.session);
    }
    return this.#bytes;
  }
}

function parse(bytes: Bytes): StoredSession {
  try {
    const session = { identity: bytes.slice(0, IDENTITY_BYTES), record: SessionRecord.deserialize(bytes.slice(IDENTITY_BYTES)) };
    parsed.set(bytes, session);
    return session;
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'A stored session cannot be read.', cause);
  }
}

/** Writes a session into the change. */
export function saveSession(change: Change, peer: PeerHandle, session: StoredSession): void {
  change.put(peer.sessionKey, new SteppedSession(session));
}
