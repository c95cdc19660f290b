// What a person decides about a contact: blocked or not, verified or not. Told to whoever listens; the contact never hears of it.
import { Change } from '../store/change.ts';
import { findContact, putContact } from './contacts.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { contactView } from './views.ts';

/** Changes these fields of a contact. @throws NOT_FOUND, AMBIGUOUS, STORE_FAILED */
export async function markContact(
  parts: Parts,
  who: string,
  fields: { readonly blocked?: boolean; readonly verified?: boolean },
): Promise<ContactRecord> {
  const next = await parts.serial(async () => {
    const change = new Change(parts.store);
    // Read inside the one queue: an answer that arrives meanwhile must not be written over.
    const changed = { ...(await findContact(change, who)), ...fields };
    await putContact(change, changed);
    await change.commit();
    return changed;
  });
  parts.announce({ event: 'contact', contact: contactView(next, parts.direct) });
  return next;
}
