// Sessions with every device of a contact, begun from fresh bundles where there are none.
import { SottoError } from '../base/errors.ts';
import { heldManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { missingSessions, startSession } from '../session/start.ts';
import { Change } from '../store/change.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { bytesOf } from './records.ts';

/** Fetches one fresh bundle, or null when it cannot be had now. @param isNeeded no device of the contact can read yet: worth waiting for */
export type TryBundle = (
  contact: ContactRecord,
  manifest: CheckedManifest,
  device: number,
  isNeeded: boolean,
) => Promise<PreKeyBundle | null>;

/**
 * Makes sure that something can be encrypted to a device of the contact, and to the others as far as their bundles can be had.
 * @throws OFFLINE when a bundle cannot be fetched now, BAD_SIGNATURE, IDENTITY_CHANGED, SESSION_BROKEN
 */
export async function ensureSessions(parts: Parts, contact: ContactRecord, fetch: TryBundle): Promise<void> {
  const reading = new Change(parts.store);
  const manifest = await heldManifest(reading, bytesOf(contact.root));
  if (manifest === null) throw new SottoError('INTERNAL', 'A manifest is missing.');
  const devices = manifest.devices.map(({ id }) => ({ root: manifest.root, device: id }));
  const missing = await missingSessions(reading, devices, parts.clock.now());
  let readers = devices.length - missing.length;
  for (const to of missing) {
    const bundle = await fetch(contact, manifest, to.device, readers === 0);
    if (bundle === null) continue;
    await parts.serial(async () => {
      const change = new Change(parts.store);
      await startSession(change, parts.self().me, to, bundle, parts.clock.now());
      await change.commit();
    });
    readers += 1;
  }
  if (readers === 0)
    throw new SottoError('OFFLINE', 'A fresh key of this contact is needed, and their relay cannot be reached; try again later.');
}
