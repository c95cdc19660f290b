// Starting over: dropping every session after a rollback or a clone (H7), and how often a new session may be asked for (H3).
import { readU64, u64be } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import { NEW_SESSION_MS } from '../wire/limits.ts';
import type { DeviceAddress } from './address.ts';
import { heldAccounts, heldManifest } from './held.ts';
import { sessionKey } from './keys.ts';

/** Deletes every session this device has. Prekeys are replaced apart (replacePreKeys); used last-resort keys stay remembered until then. */
export async function dropAllSessions(change: Change): Promise<void> {
  for (const root of await heldAccounts(change)) {
    const manifest = await heldManifest(change, root);
    for (const { id } of manifest?.devices ?? []) change.delete(sessionKey('session', root, id));
  }
}

/**
 * Asks whether this device may start a new session with that one because something could not be opened, and notes it if so.
 * At most one per peer device per NEW_SESSION_MS: forged entries must not make us reset in a loop. A clock set back must not block
 * it for ever, so the distance counts either way.
 * @param now ms
 */
export async function takeNewSession(change: Change, peer: DeviceAddress, now: number): Promise<boolean> {
  const key = sessionKey('new-session', peer.root, peer.device);
  const before = await change.get(key);
  if (before !== null && !isOver(readU64(new DataView(before.buffer, before.byteOffset), 0), now)) return false;
  change.put(key, u64be(now));
  return true;
}

/** True when a new session noted at `last` no longer stands in the way at `now` (ms). */
export function isOver(last: number, now: number): boolean {
  return Math.abs(now - last) >= NEW_SESSION_MS;
}
