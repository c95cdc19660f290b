// Sessions that are wanted, and what was said meanwhile without them: on the disk in the very change that noticed it, so that neither a
// restart nor a crash forgets that a device lacks something.
import type { DeviceAddress } from '../session/address.ts';
import { MAX_UNOPENED } from '../session/content.ts';
import { missingSessions } from '../session/start.ts';
import type { Change } from '../store/change.ts';
import { orderOf, rangeOf } from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import { allConversations, currentGeneration } from './conversations.ts';
import { type B64, type ConversationRecord, decodeRecord, fieldOf, keys, readRecord, type Unopened, writeRecord } from './records.ts';

/** A device with which a new session is wanted, for the sake of one conversation. */
export interface WantedSession {
  readonly conversation: B64;
  /** Root key of its account. */
  readonly account: B64;
  readonly device: number;
}

/** Why it is wanted. */
export interface WantedRecord {
  /** Outer ids of entries by this device that could not be opened (H3). */
  readonly outer: readonly B64[];
  /** Id of the wrap key that was in use when something was first said without this device; null: nothing was. */
  readonly since: B64 | null;
}

/** One message that was said without a device. */
export interface Owed {
  readonly n: number;
  /** Message id. */
  readonly message: string;
}

const NOTHING: WantedRecord = { outer: [], since: null };

/**
 * Splits recipients into those that can read, and those without a session: no bundle of theirs was ever had, or nothing was answered for
 * 30 days. Where no device of the contact can read, all are answered as readers, and encrypting says what is wrong.
 * @param contact root key of the one who must be able to read @param now ms
 */
export async function splitReaders(
  change: Change,
  devices: readonly DeviceAddress[],
  contact: B64,
  now: number,
): Promise<{ readonly readers: readonly DeviceAddress[]; readonly missing: readonly DeviceAddress[] }> {
  const missing = await missingSessions(change, devices, now);
  const readers = missing.length === 0 ? devices : devices.filter((device) => !missing.includes(device));
  return readers.some(({ root }) => fieldOf(root) === contact) ? { readers, missing } : { readers: devices, missing: [] };
}

/** Something is said without this device. @param message its message id; null for what is not a message @param n its outbox number */
export async function noteOwed(
  change: Change,
  conversation: ConversationRecord,
  { root, device }: DeviceAddress,
  message: string | null,
  n: number,
): Promise<WantedSession> {
  const wanted = { conversation: conversation.id, account: fieldOf(root), device };
  const record = (await wantedRecord(change, wanted)) ?? NOTHING;
  if (record.since === null) writeWanted(change, wanted, { ...record, since: currentGeneration(conversation).id });
  if (message !== null) writeRecord(change, keys.owed(wanted.conversation, wanted.account, device, n), message);
  return wanted;
}

/** Entries of this account's devices could not be opened. */
export async function noteUnopened(
  change: Change,
  conversation: B64,
  account: B64,
  entries: readonly Unopened[],
): Promise<readonly WantedSession[]> {
  const found = new Map<number, WantedSession>();
  for (const { device, outer } of entries) {
    const wanted = { conversation, account, device };
    const record = (await wantedRecord(change, wanted)) ?? NOTHING;
    found.set(device, wanted);
    if (record.outer.length < MAX_UNOPENED && !record.outer.includes(outer))
      writeWanted(change, wanted, { ...record, outer: [...record.outer, outer] });
  }
  return [...found.values()];
}

/** Why this session is wanted; null when it is not. */
export function wantedRecord(from: Store | Change, { conversation, account, device }: WantedSession): Promise<WantedRecord | null> {
  return readRecord<WantedRecord>(from, keys.wanted(conversation, account, device));
}

/** Every session that is wanted. @param own root key of this account */
export async function allWanted(store: Store, own: B64): Promise<WantedSession[]> {
  const found: WantedSession[] = [];
  for (const { id, contact } of await allConversations(store)) {
    for (const account of [contact, own]) {
      for await (const { key } of store.range(rangeOf('wanted', [id, account])))
        found.push({ conversation: id, account, device: orderOf(key)[0] ?? 0 });
    }
  }
  return found;
}

/** What was said without this device, oldest first. */
export async function allOwed(store: Store, { conversation, account, device }: WantedSession): Promise<Owed[]> {
  const found: Owed[] = [];
  for await (const { key, value } of store.range(rangeOf('owed', [conversation, account], { gte: [device], lt: [device + 1] })))
    found.push({ n: orderOf(key)[1] ?? 0, message: decodeRecord<string>(value) });
  return found;
}

/** The session stands and everything was said, or the device is gone. */
export function forgetWanted(change: Change, { conversation, account, device }: WantedSession, owed: readonly Owed[]): void {
  change.delete(keys.wanted(conversation, account, device));
  for (const { n } of owed) change.delete(keys.owed(conversation, account, device, n));
}

function writeWanted(change: Change, { conversation, account, device }: WantedSession, record: WantedRecord): void {
  writeRecord(change, keys.wanted(conversation, account, device), record);
}
