// One libsignal message in: through the ratchet, or a value that says why not. Throws only faults of the store.
import { SignalMessage, signalDecrypt } from '@signalapp/libsignal-client';
import type { Bytes } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import type { PeerHandle } from './address.ts';
import type { DeviceKeys } from './device.ts';
import { failed, guarded, type Opened, tryRead } from './guarded.ts';
import { isPostQuantum, MESSAGE_KIND } from './post-quantum.ts';
import { loadSession } from './ratchet.ts';
import { PeerStores } from './stores.ts';

/** Opens one message; the change stays as it is until the caller, content with what came out, calls keep(). @throws STORE_FAILED, STORE_DAMAGED, CLOSED */
export async function openRatchet(change: Change, me: DeviceKeys, peer: PeerHandle, kind: number, message: Bytes): Promise<Opened> {
  if (kind === MESSAGE_KIND.WHISPER) return openWhisper(change, me, peer, message);
  // Loaded when one comes: it needs manifests and their codec, and most runs hold none.
  if (kind === MESSAGE_KIND.PREKEY) return (await import('./receive-first.ts')).openFirst(change, me, peer, message);
  return failed('malformed');
}

async function openWhisper(change: Change, me: DeviceKeys, peer: PeerHandle, bytes: Bytes): Promise<Opened> {
  const session = await loadSession(change, peer);
  if (session === null) return (await import('./receive-first.ts')).withoutSession(change, peer);
  const message = tryRead(() => SignalMessage.deserialize(bytes));
  if (message === null) return failed('malformed');
  if (!isPostQuantum(message)) return failed('no-post-quantum');
  const stores = new PeerStores(change, me, peer, session, session.identity);
  return guarded(stores, () => signalDecrypt(message, peer.address, me.address, stores, stores));
}
