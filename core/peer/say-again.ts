// Saying messages again, in new envelopes with the same inner ids: what a device could not open (H3), and what was said before there was
// a session with it. Whoever had a message already shows it once.
import { create } from '@bufbuild/protobuf';
import type { Bytes } from '../base/bytes.ts';
import type { Change } from '../store/change.ts';
import { ManifestChangeSchema, NewGenerationSchema, type NewSession, TextSchema } from '../wire/gen/content_pb.ts';
import type { Batch } from './batch.ts';
import { freshInner } from './compose.ts';
import { currentGeneration, loadConversation, saveConversation } from './conversations.ts';
import type { Locator } from './outbox.ts';
import type { Owed } from './owed.ts';
import type { Parts } from './parts.ts';
import { type B64, bytesOf, keys, type OutboxRecord, type RowRecord, readRecord, type SentRecord, writeRecord } from './records.ts';
import { sayInto } from './send.ts';
import { isStoreFault } from './store-fault.ts';

/** Messages said again for one request, or for one new device: as many as a run of entries holds. */
export const MOST_SAID_AGAIN = 256;

/** Says again what the contact's device could not open: the same messages in new envelopes, as part of the batch. */
export async function sayAgain(batch: Batch, asked: NewSession): Promise<void> {
  const { parts, change, conversation, news } = batch;
  saveConversation(change, conversation);
  for (const outer of asked.unopened.slice(0, MOST_SAID_AGAIN)) {
    const said = await findSaid(batch, Buffer.from(outer).toString('base64url'));
    if (said !== null && !(await saidInto(batch, said))) break;
  }
  batch.conversation = await loadConversation(change, conversation.id);
  news.push(() => parts.queued());
}

/**
 * Says to a device with a fresh session what was said without it: our list of devices, the wrap key in use, and the newest messages.
 * @param since id of a wrap key that the device has @returns how many messages it will not get
 * @throws as Sender.say
 */
export async function sayOwed(
  parts: Parts,
  change: Change,
  conversation: B64,
  since: B64,
  owed: readonly Owed[],
  news: (() => void)[],
): Promise<number> {
  const record = await loadConversation(change, conversation);
  const generation = currentGeneration(record);
  const under = record.generations.find(({ id }) => id === since)?.key ?? generation.key;
  const signedManifest = parts.self().manifest.bytes;
  const manifest = { case: 'manifestChange' as const, value: create(ManifestChangeSchema, { signedManifest }) };
  await sayInto(parts, change, { conversation, inner: freshInner(), what: manifest, under }, news);
  if (generation.id !== since) {
    const value = create(NewGenerationSchema, { number: generation.number, key: bytesOf(generation.key) });
    await sayInto(parts, change, { conversation, inner: freshInner(), what: { case: 'generation', value }, under }, news);
  }
  const again = owed.slice(-MOST_SAID_AGAIN);
  for (const { message } of again) await sayMessage(parts, change, conversation, message, news);
  return owed.length - again.length;
}

/** One message of ours by its id; one that failed, expired or is gone is left as it is: a person can send it again. */
async function sayMessage(parts: Parts, change: Change, conversation: B64, id: string, news: (() => void)[]): Promise<void> {
  const locator = await readRecord<Locator>(change, keys.message(id));
  const row = locator?.place == null ? null : await readRecord<RowRecord>(change, keys.row(conversation, locator.place));
  if (row?.text == null || row.inner === undefined || row.state === 'failed' || row.state === 'expired') return;
  const what = { case: 'text' as const, value: create(TextSchema, { text: row.text }) };
  await sayInto(parts, change, { conversation, inner: bytesOf(row.inner), what, again: id }, news);
}

/** False when nothing can be said to this contact now; that is no reason to stop taking what stands behind the entry that asked. */
async function saidInto({ parts, change, conversation, news }: Batch, said: Said): Promise<boolean> {
  const step = change.nest();
  const told: (() => void)[] = [];
  const what = { case: 'text' as const, value: create(TextSchema, { text: said.text }) };
  try {
    await sayInto(parts, step, { conversation: conversation.id, inner: bytesOf(said.inner), what, again: said.id }, told);
  } catch (error) {
    if (isStoreFault(error)) throw error;
    return false;
  }
  writeRecord(step, said.key, { ...said.row, saidAgain: true });
  step.keep();
  news.push(...told);
  return true;
}

interface Said {
  readonly id: string;
  readonly inner: B64;
  readonly text: string;
  readonly key: Bytes;
  readonly row: RowRecord;
}

async function findSaid(batch: Batch, outer: B64): Promise<Said | null> {
  const { change, conversation } = batch;
  const locator = await readRecord<Locator>(change, keys.outer(conversation.id, outer));
  if (locator?.place == null || locator.conversation !== conversation.id) return null;
  const { place } = locator;
  const key = keys.row(conversation.id, place);
  const row = await readRecord<RowRecord>(change, key);
  const sent = place.zone === 0 ? await readRecord<SentRecord | OutboxRecord>(change, keys.sent(conversation.id, place.a, place.b)) : null;
  if (row === null || !row.out || row.text === null || isSaidAgain(row) || sent?.inner == null) return null;
  return { id: row.id, inner: sent.inner, text: row.text, key, row };
}

/** Once is enough: a contact that asks on and on must not make us fill the log. */
function isSaidAgain(row: RowRecord): boolean {
  return row.again !== undefined || row.saidAgain === true;
}
