// Contacts as records, and finding the one somebody means by a name, an account id or the beginning of one.
import type { Contact } from '../api.ts';
import { hex, unhex } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { checkGivenName } from '../wire/names.ts';
import { allConversations } from './conversations.ts';
import type { Reading } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import { type B64, bytesOf, type ConversationRecord, fieldOf, keys, readRecord, writeRecord } from './records.ts';
import { contactView } from './views.ts';

/** A contact's record, or null. */
export function contactByRoot(from: Store | Change, root: B64): Promise<ContactRecord | null> {
  return readRecord<ContactRecord>(from, keys.contact(root));
}

/** Writes a contact, and adds it to the list of all. */
export async function putContact(change: Change, record: ContactRecord): Promise<void> {
  const list = (await readRecord<B64[]>(change, keys.contactList())) ?? [];
  if (!list.includes(record.root)) writeRecord(change, keys.contactList(), [...list, record.root]);
  writeRecord(change, keys.contact(record.root), record);
}

/** Every contact, in the order they came. */
export async function allContacts(from: Store | Change): Promise<ContactRecord[]> {
  const roots = (await readRecord<B64[]>(from, keys.contactList())) ?? [];
  const records = await Promise.all(roots.map((root) => contactByRoot(from, root)));
  return records.filter((record) => record !== null);
}

/**
 * The contact somebody means: an account id, which needs no search, a petname, a unique prefix of an account id (at least 4 digits), or,
 * before there is a petname, the name a request claims. @throws NOT_FOUND, AMBIGUOUS
 */
export async function findContact(from: Store | Change, who: string): Promise<ContactRecord> {
  const named = ACCOUNT.test(who) ? await contactByRoot(from, fieldOf(unhex(who))) : null;
  if (named !== null) return named;
  const records = await allContacts(from);
  for (const fits of [byPetname(who), byAccount(who), byClaimedName(who)]) {
    const found = records.filter(fits);
    if (found.length > 1) throw new SottoError('AMBIGUOUS', `"${who}" fits ${found.length} contacts; use the account id.`);
    if (found[0] !== undefined) return found[0];
  }
  throw new SottoError('NOT_FOUND', `There is no contact "${who}".`);
}

/** An account id, whole. */
const ACCOUNT = /^[0-9a-fA-F]{64}$/;

/** A petname that is a name, and nobody else's. @throws BAD_INPUT, ALREADY */
export async function checkPetname(from: Store | Change, petname: string | null, root: B64): Promise<void> {
  if (petname === null) return;
  checkGivenName(petname);
  const taken = (await allContacts(from)).some((record) => record.root !== root && byPetname(petname)(record));
  if (taken) throw new SottoError('ALREADY', `There is a contact named "${petname}" already; choose another name.`);
}

/** Conversations that are read and written: those with blocked contacts are not. */
export async function openConversations(from: Store | Change): Promise<ConversationRecord[]> {
  const blocked = new Set((await allContacts(from)).filter((contact) => contact.blocked).map((contact) => contact.root));
  return (await allConversations(from)).filter((conversation) => !blocked.has(conversation.contact));
}

/** All contacts as the contract shows them. */
export async function contactViews({ store, direct }: Reading): Promise<Contact[]> {
  return (await allContacts(store)).map((record) => contactView(record, direct));
}

const folded = (name: string) => name.normalize('NFKC').toLocaleLowerCase('und');

function byPetname(who: string): (record: ContactRecord) => boolean {
  return (record) => record.petname !== null && folded(record.petname) === folded(who);
}

function byAccount(who: string): (record: ContactRecord) => boolean {
  const digits = who.toLowerCase();
  return (record) => /^[0-9a-f]{4,64}$/.test(digits) && hex(bytesOf(record.root)).startsWith(digits);
}

function byClaimedName(who: string): (record: ContactRecord) => boolean {
  return (record) => record.petname === null && record.claimedName !== null && folded(record.claimedName) === folded(who);
}
