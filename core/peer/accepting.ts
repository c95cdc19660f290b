// Accepting a request: only now may anything of theirs be dialled (H5), and only if their first message did not open.
import type { Contact } from '../api.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import { ANSWER_DEADLINE_MS } from '../wire/limits.ts';
import { accept } from './answer.ts';
import { findContact } from './contacts.ts';
import type { FetchBundle } from './new-session.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import type { Progress } from './progress.ts';
import { allRelays } from './relays.ts';
import { ensureSessions, type TryBundle } from './sessions.ts';

/** Says yes; the conversation lives on our first relay. @throws NOT_FOUND, AMBIGUOUS, ALREADY, OFFLINE */
export async function acceptRequest(
  parts: Parts,
  fetch: FetchBundle | null,
  progress: Progress,
  who: string,
  petname: string | null,
): Promise<Contact> {
  const asking = await findContact(parts.store, who);
  if (asking.state !== 'accepted') {
    const tryFetch: TryBundle = async (contact, manifest, device, isNeeded) =>
      isNeeded ? waitForBundle(fetch, progress, contact, manifest, device) : ((await fetch?.(contact, manifest, device)) ?? null);
    await ensureSessions(parts, asking, tryFetch);
  }
  const [home = null] = await allRelays(parts.store);
  return accept(parts, who, petname, home);
}

async function waitForBundle(
  fetch: FetchBundle | null,
  progress: Progress,
  contact: ContactRecord,
  manifest: CheckedManifest,
  device: number,
): Promise<PreKeyBundle | null> {
  if (fetch === null) return null;
  let bundle: PreKeyBundle | null = null;
  const fetched = async () => {
    bundle ??= await fetch(contact, manifest, device);
    return bundle !== null;
  };
  await progress.until(fetched, ANSWER_DEADLINE_MS);
  return bundle;
}
