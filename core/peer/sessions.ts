// Sessions with every device of a contact, begun from fresh bundles where there are none.
import { SottoError } from '../base/errors.ts';
import { heldManifest } from '../session/held.ts';
import { missingSessions, startSession } from '../session/start.ts';
import { Change } from '../store/change.ts';
import type { FetchBundle } from './new-session.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { bytesOf } from './records.ts';

/**
 * Makes sure that something can be encrypted to each device of the contact.
 * @throws OFFLINE when a bundle cannot be fetched now, BAD_SIGNATURE, IDENTITY_CHANGED, SESSION_BROKEN
 */
export async function ensureSessions(parts: Parts, contact: ContactRecord, fetch: FetchBundle): Promise<void> {
  const reading = new Change(parts.store);
  const manifest = await heldManifest(reading, bytesOf(contact.root));
  if (manifest === null) throw new SottoError('INTERNAL', 'A manifest is missing.');
  const devices = manifest.devices.map(({ id }) => ({ root: manifest.root, device: id }));
  for (const to of await missingSessions(reading, devices, parts.clock.now())) {
    const bundle = await fetch(contact, manifest, to.device);
    if (bundle === null)
      throw new SottoError('OFFLINE', 'A fresh key of this contact is needed, and their relay cannot be reached; try again later.');
    await parts.serial(async () => {
      const change = new Change(parts.store);
      await startSession(change, parts.self().me, to, bundle, parts.clock.now());
      await change.commit();
    });
  }
}
