// The first messages of a session, held to the identity that the author's manifest lists; and what it means that there is no session.
import { signalDecryptPreKey } from '@signalapp/libsignal-client';
import { type Bytes, equal } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import type { PeerHandle } from './address.ts';
import type { DeviceKeys } from './device.ts';
import { failed, guarded, type Opened, type Refused, tryRead } from './guarded.ts';
import { heldDevice } from './held.ts';
import { isFirstPostQuantum, readFirstMessage } from './post-quantum.ts';
import { loadSession } from './ratchet.ts';
import { PeerStores } from './stores.ts';

/** Opens one; see openRatchet. @throws STORE_FAILED, STORE_DAMAGED, CLOSED */
export async function openFirst(change: Change, me: DeviceKeys, peer: PeerHandle, bytes: Bytes): Promise<Opened> {
  const device = await heldDevice(change, peer);
  if (device === null) return failed('unknown-device');
  const first = tryRead(() => readFirstMessage(bytes));
  if (first === null) return failed('malformed');
  if (!equal(first.identity, device.identity)) return failed('identity');
  if (!isFirstPostQuantum(first)) return failed('no-post-quantum');
  const stores = new PeerStores(change, me, peer, await loadSession(change, peer), device.identity);
  return guarded(stores, () => signalDecryptPreKey(first.message, peer.address, me.address, stores, stores, stores, stores, stores));
}

/** Why a message of a running session cannot be opened where there is none. @throws STORE_FAILED, STORE_DAMAGED */
export async function withoutSession(change: Change, peer: PeerHandle): Promise<Refused> {
  return (await heldDevice(change, peer)) === null ? failed('unknown-device') : { kind: 'no-session' };
}
