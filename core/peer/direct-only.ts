// What only a direct connection can bring further: conversations without a log (or with one that is being opened), letters that name no relay.
import { allContacts } from './contacts.ts';
import { homeOf, loadConversation } from './conversations.ts';
import type { DirectPath } from './direct.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { keys, type OutboxRecord, readRecord } from './records.ts';

/** True when no relay can take what waits for this target of the outbox. */
export async function isDirectOnly(parts: Parts, target: string): Promise<boolean> {
  const [first] = parts.outbox.next(target, 0, 1);
  const record = first === undefined ? null : await readRecord<OutboxRecord>(parts.store, keys.outbox(first));
  if (record === null) return true;
  if (record.inbox !== null) return record.inbox.relays.length === 0;
  return record.conversation === null || hasNoLog(parts, record.conversation);
}

async function hasNoLog(parts: Parts, id: string): Promise<boolean> {
  const conversation = await loadConversation(parts.store, id);
  return homeOf(conversation) === null || conversation.opening !== null;
}

/** How many envelopes wait for a direct connection. */
export async function directOnlyWaiting(parts: Parts): Promise<number> {
  let waiting = 0;
  for (const target of parts.outbox.targets()) if (await isDirectOnly(parts, target)) waiting += parts.outbox.count(target);
  return waiting;
}

/** True while something is under way with a contact that can be reached in no other way; a contact that is away is not waited for. */
export async function isDirectBusy(parts: Parts, direct: DirectPath): Promise<boolean> {
  for (const contact of await allContacts(parts.store)) if (await isBusyWith(parts, direct, contact)) return true;
  return false;
}

async function isBusyWith(parts: Parts, direct: DirectPath, contact: ContactRecord): Promise<boolean> {
  const { state, root, conversation } = contact;
  const standing = direct.standing(root);
  if (contact.blocked || standing === 'away') return false;
  const letters = `inbox ${root}`;
  if (parts.outbox.count(letters) > 0 && (await isDirectOnly(parts, letters))) return true;
  if (state !== 'accepted' || conversation === null || !(await hasNoLog(parts, conversation))) return false;
  return standing === 'busy' || parts.outbox.count(conversation) > 0;
}
