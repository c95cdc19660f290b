// Names that a person gives: to a contact, which only we see, and to ourselves, which goes out with the next request or answer.
import type { Contact } from '../api.ts';
import { Change } from '../store/change.ts';
import { checkGivenName } from '../wire/names.ts';
import { checkPetname, findContact, putContact } from './contacts.ts';
import type { Engine } from './engine.ts';
import type { Parts } from './parts.ts';
import { updateAccount } from './self.ts';
import { contactView } from './views.ts';

/** Gives a contact another petname; null takes it away. @throws NOT_FOUND, AMBIGUOUS, BAD_INPUT, ALREADY when another contact has that name */
export async function rename(parts: Parts, who: string, petname: string | null): Promise<Contact> {
  const next = await parts.serial(async () => {
    const change = new Change(parts.store);
    // Read inside the one queue: an answer that arrives meanwhile must not be written over, nor a name given twice.
    const found = await findContact(change, who);
    await checkPetname(change, petname, found.root);
    const named = { ...found, petname };
    await putContact(change, named);
    await change.commit();
    return named;
  });
  parts.announce({ event: 'contact', contact: contactView(next, parts.direct) });
  return contactView(next, parts.direct);
}

/**
 * Changes the name we claim. Requests and answers from now on carry it; who has heard the old one keeps it.
 * @throws BAD_INPUT for a name that is none
 */
export async function setName(engine: Engine, name: string): Promise<void> {
  checkGivenName(name);
  await engine.parts.serial(async () => {
    const change = new Change(engine.parts.store);
    await updateAccount(change, { name });
    await change.commit();
    engine.become({ ...engine.parts.self(), name });
  });
}
