// One libsignal message in: through the ratchet, or a value that says why not. Throws only faults of the store.
import { ErrorCode, LibSignalErrorBase, SignalMessage, signalDecrypt, signalDecryptPreKey } from '@signalapp/libsignal-client';
import { type Bytes, equal } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import type { PeerHandle } from './address.ts';
import type { DeviceKeys } from './device.ts';
import { heldDevice } from './held.ts';
import type { FailReason } from './outcome.ts';
import { type FirstMessage, isFirstPostQuantum, isPostQuantum, MESSAGE_KIND, readFirstMessage } from './post-quantum.ts';
import { loadSession } from './ratchet.ts';
import { PeerStores } from './stores.ts';

/** Why a ratchet message did not open. */
export type Refused =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'no-session' }
  | { readonly kind: 'failed'; readonly reason: FailReason };

/** A plain text, and what writes the ratchet's step into the change; or why there is none. */
export type Opened = { readonly kind: 'plain'; readonly plain: Bytes; readonly keep: () => void } | Refused;

/** Opens one message; the change stays as it is until the caller, content with what came out, calls keep(). @throws STORE_FAILED, STORE_DAMAGED, CLOSED */
export async function openRatchet(change: Change, me: DeviceKeys, peer: PeerHandle, kind: number, message: Bytes): Promise<Opened> {
  if (kind === MESSAGE_KIND.WHISPER) return openWhisper(change, me, peer, message);
  if (kind === MESSAGE_KIND.PREKEY) return openFirst(change, me, peer, message);
  return failed('malformed');
}

async function openWhisper(change: Change, me: DeviceKeys, peer: PeerHandle, bytes: Bytes): Promise<Opened> {
  const session = await loadSession(change, peer);
  if (session === null) return (await heldDevice(change, peer)) === null ? failed('unknown-device') : { kind: 'no-session' };
  const message = tryRead(() => SignalMessage.deserialize(bytes));
  if (message === null) return failed('malformed');
  if (!isPostQuantum(message)) return failed('no-post-quantum');
  const stores = new PeerStores(change, me, peer, session, session.identity);
  return guarded(stores, () => signalDecrypt(message, peer.address, me.address, stores, stores));
}

async function openFirst(change: Change, me: DeviceKeys, peer: PeerHandle, bytes: Bytes): Promise<Opened> {
  const device = await heldDevice(change, peer);
  if (device === null) return failed('unknown-device');
  const first = tryRead(() => readFirstMessage(bytes));
  if (first === null) return failed('malformed');
  if (!isFrom(first, device.identity)) return failed('identity');
  if (!isFirstPostQuantum(first)) return failed('no-post-quantum');
  const stores = new PeerStores(change, me, peer, await loadSession(change, peer), device.identity);
  return guarded(stores, () => signalDecryptPreKey(first.message, peer.address, me.address, stores, stores, stores, stores, stores));
}

function isFrom(first: FirstMessage, identity: Bytes): boolean {
  return equal(first.identity, identity);
}

function tryRead<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

async function guarded(stores: PeerStores, decrypt: () => Promise<Bytes>): Promise<Opened> {
  try {
    return { kind: 'plain', plain: await decrypt(), keep: () => stores.keep() };
  } catch (error) {
    stores.rethrowFault();
    if (stores.refusal !== null) return failed(stores.refusal);
    return LibSignalErrorBase.is(error, ErrorCode.DuplicatedMessage) ? { kind: 'duplicate' } : failed('undecryptable');
  }
}

function failed(reason: FailReason): Opened & { readonly kind: 'failed' } {
  return { kind: 'failed', reason };
}
