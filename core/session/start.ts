// Which devices still need a session, and starting one from a checked bundle (PQXDH).
import { processPreKeyBundle } from '@signalapp/libsignal-client';
import { equal } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import type { PreKeyBundle as WireBundle } from '../wire/gen/relay_pb.ts';
import { type DeviceAddress, peerHandle } from './address.ts';
import { checkBundle } from './bundle.ts';
import type { DeviceKeys } from './device.ts';
import { heldDevice } from './held.ts';
import { loadSession } from './ratchet.ts';
import { PeerStores } from './stores.ts';

/** The devices among these that nothing can be encrypted to yet: no session, or one unanswered for 30 days. @param now ms */
export async function missingSessions<A extends DeviceAddress>(change: Change, devices: readonly A[], now: number): Promise<A[]> {
  const missing: A[] = [];
  for (const device of devices) {
    const session = await loadSession(change, peerHandle(device));
    if (session === null || !session.record.hasCurrentState(new Date(now))) missing.push(device);
  }
  return missing;
}

/**
 * Starts a fresh session with a device the held manifest lists; an older one stays for opening what is still on its way.
 * @throws NOT_FOUND when no held manifest lists the device, MALFORMED or BAD_SIGNATURE as checkBundle, IDENTITY_CHANGED,
 * SESSION_BROKEN, STORE_FAILED
 */
export async function startSession(change: Change, me: DeviceKeys, to: DeviceAddress, bundle: WireBundle, now: number): Promise<void> {
  const device = await heldDevice(change, to);
  if (device === null) throw new SottoError('NOT_FOUND', 'No manifest held lists this device.');
  const peer = peerHandle(to);
  const session = await loadSession(change, peer);
  if (session !== null && !equal(session.identity, device.identity)) throw new SottoError('IDENTITY_CHANGED');
  const checked = checkBundle(bundle, device);
  const stores = new PeerStores(change, me, peer, session, device.identity);
  try {
    await processPreKeyBundle(checked, peer.address, me.address, stores, stores, new Date(now));
    stores.keep();
  } catch (cause) {
    stores.rethrowFault();
    if (stores.refusal === 'identity') throw new SottoError('IDENTITY_CHANGED', undefined, cause);
    throw new SottoError('SESSION_BROKEN', 'A session could not be started with this bundle.', cause);
  }
}
