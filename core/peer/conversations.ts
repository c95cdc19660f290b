// Conversations as records: reading and writing them, their home, their wrap keys.
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { ENTRY_LIFETIME_MS, GENERATION_ENTRIES, GENERATION_LIFETIME_MS } from '../wire/limits.ts';
import {
  type B64,
  type ConversationRecord,
  type EpochRecord,
  fieldOf,
  type GenerationRecord,
  keys,
  readRecord,
  writeRecord,
} from './records.ts';

/** A conversation's record. @throws INTERNAL when it is not there */
export async function loadConversation(from: Store | Change, id: B64): Promise<ConversationRecord> {
  const record = await readRecord<ConversationRecord>(from, keys.conversation(id));
  if (record === null) throw new SottoError('INTERNAL', 'A conversation is missing.');
  return record;
}

/** Writes a conversation's record. */
export function saveConversation(change: Change, record: ConversationRecord): void {
  writeRecord(change, keys.conversation(record.id), record);
}

/** Adds a conversation to the list of all and writes it. */
export async function addConversation(change: Change, record: ConversationRecord): Promise<void> {
  const list = (await readRecord<B64[]>(change, keys.conversationList())) ?? [];
  if (!list.includes(record.id)) writeRecord(change, keys.conversationList(), [...list, record.id]);
  saveConversation(change, record);
}

/** Every conversation, in no order. */
export async function allConversations(from: Store | Change): Promise<ConversationRecord[]> {
  const ids = (await readRecord<B64[]>(from, keys.conversationList())) ?? [];
  return Promise.all(ids.map((id) => loadConversation(from, id)));
}

/** The home epoch; null while the conversation is direct only (epoch 0). */
export function homeOf(record: ConversationRecord): EpochRecord | null {
  return record.epochs.at(-1) ?? null;
}

/** The epoch whose log this is. */
export function epochOfLog(record: ConversationRecord, log: B64): EpochRecord | null {
  return record.epochs.find((epoch) => epoch.log === log) ?? null;
}

/** Seqs of the home log that could not be opened; numbers of any other log are none of this one. */
export function homeExceptions(record: ConversationRecord): readonly number[] {
  const of = record.exceptionsLog ?? record.epochs[0]?.log;
  return homeOf(record)?.log === of ? record.exceptions : [];
}

/** The wrap key in use: highest number; among equal numbers the lowest settled place, unsettled ones last. */
export function currentGeneration(record: ConversationRecord): GenerationRecord {
  const [first, ...rest] = record.generations;
  if (first === undefined) throw new SottoError('INTERNAL', 'A conversation has no wrap key.');
  return rest.reduce((best, next) => (precedes(next, best) ? next : best), first);
}

/** The generation with this 16-byte id, or null when its key has not come (yet). */
export function generationById(record: ConversationRecord, id: Uint8Array): GenerationRecord | null {
  const name = fieldOf(id);
  return record.generations.find((generation) => generation.id === name) ?? null;
}

/** True when the wrap key has served its time or number of entries. */
export function generationIsSpent(record: ConversationRecord, now: number): boolean {
  return record.entriesInGeneration >= GENERATION_ENTRIES || now - currentGeneration(record).since >= GENERATION_LIFETIME_MS;
}

/** The newest wrap keys are kept whatever the clock says: one that jumps must not make what waits unreadable. */
const KEPT_GENERATIONS = 8;
/** More than a conversation can need within a lifetime; a contact that makes keys on and on fills no disk. */
const MOST_GENERATIONS = 256;

/** The wrap keys that may still be needed: old ones die with the lifetime of their last entry (M). @param now ms */
export function livingGenerations(all: readonly GenerationRecord[], now: number): GenerationRecord[] {
  const newest = all.toSorted((a, b) => b.number - a.number || b.since - a.since);
  const isOver = (at: number) => now - (newest[at - 1]?.since ?? now) > ENTRY_LIFETIME_MS + GENERATION_LIFETIME_MS;
  const living = newest.filter((_, at) => at < KEPT_GENERATIONS || (at < MOST_GENERATIONS && !isOver(at)));
  return all.filter((generation) => living.includes(generation));
}

function precedes(a: GenerationRecord, b: GenerationRecord): boolean {
  if (a.number !== b.number) return a.number > b.number;
  if (a.place === null || b.place === null) return b.place === null && a.place !== null;
  return a.place[0] - b.place[0] < 0 || (a.place[0] === b.place[0] && a.place[1] < b.place[1]);
}
