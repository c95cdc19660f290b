// When a device could not open something: it starts a new session itself, authenticated like any first message, and names what to say
// again (H3). At most one per peer device and hour, so that forged entries cannot make anybody reset in a loop.
import { create } from '@bufbuild/protobuf';
import type { Bytes } from '../base/bytes.ts';
import { MAX_UNOPENED } from '../session/content.ts';
import { heldManifest } from '../session/held.ts';
import type { CheckedManifest } from '../session/manifest.ts';
import { takeNewSession } from '../session/reset.ts';
import { startSession } from '../session/start.ts';
import { Change } from '../store/change.ts';
import { type NewSession, NewSessionSchema, TextSchema } from '../wire/gen/content_pb.ts';
import type { PreKeyBundle } from '../wire/gen/relay_pb.ts';
import type { Batch } from './batch.ts';
import { freshInner } from './compose.ts';
import { contactByRoot } from './contacts.ts';
import { loadConversation, saveConversation } from './conversations.ts';
import type { Locator } from './outbox.ts';
import type { Parts } from './parts.ts';
import type { ContactRecord } from './people-records.ts';
import {
  type B64,
  bytesOf,
  keys,
  type OutboxRecord,
  type RowRecord,
  readRecord,
  type SentRecord,
  type Unopened,
  writeRecord,
} from './records.ts';
import { sayInto } from './send.ts';
import { isStoreFault } from './store-fault.ts';

/** Fetches one fresh bundle of a contact's device, or null when it cannot be had now. */
export type FetchBundle = (contact: ContactRecord, manifest: CheckedManifest, device: number) => Promise<PreKeyBundle | null>;

/** Messages said again for one request: as many as a run of entries holds. */
const MOST_SAID_AGAIN = 256;

/** What could not be opened and was not yet asked for again, by conversation and device. */
export class NewSessions {
  readonly #parts: Parts;
  readonly #fetch: FetchBundle;
  readonly #queued: () => void;
  readonly #wanted = new Map<string, { readonly conversation: B64; readonly device: number; readonly outer: Set<B64> }>();
  #running = false;

  /** @param queued called when something was put into the outbox */
  constructor(parts: Parts, fetch: FetchBundle, queued: () => void) {
    this.#parts = parts;
    this.#fetch = fetch;
    this.#queued = queued;
  }

  /** Entries of a conversation that could not be opened. */
  want(conversation: B64, entries: readonly Unopened[]): void {
    for (const { device, outer } of entries) {
      const key = `${conversation} ${device}`;
      const wanted = this.#wanted.get(key) ?? { conversation, device, outer: new Set<B64>() };
      if (wanted.outer.size < MAX_UNOPENED) wanted.outer.add(outer);
      this.#wanted.set(key, wanted);
    }
    void this.retry();
  }

  /** Asks for everything still wanted, as far as the limit allows. Faults wait for the next try. */
  async retry(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      for (const [key, { conversation, device, outer }] of [...this.#wanted]) {
        if (await this.#ask(conversation, device, [...outer]).catch(() => false)) this.#wanted.delete(key);
      }
    } finally {
      this.#running = false;
    }
  }

  async #ask(conversation: B64, device: number, outer: readonly B64[]): Promise<boolean> {
    const record = await loadConversation(this.#parts.store, conversation);
    const contact = await contactByRoot(this.#parts.store, record.contact);
    const manifest = await heldManifest(new Change(this.#parts.store), bytesOf(record.contact));
    if (contact === null || contact.blocked || manifest === null || this.#parts.self().cloned) return true;
    if (!(await this.#mayAsk(manifest, device))) return false;
    const bundle = await this.#fetch(contact, manifest, device);
    if (bundle === null) return false;
    await this.#start(conversation, manifest, device, bundle, outer);
    this.#queued();
    return true;
  }

  #mayAsk(manifest: CheckedManifest, device: number): Promise<boolean> {
    return this.#parts.serial(async () => {
      const probe = new Change(this.#parts.store);
      return takeNewSession(probe, { root: manifest.root, device }, this.#parts.clock.now());
    });
  }

  #start(conversation: B64, manifest: CheckedManifest, device: number, bundle: PreKeyBundle, outer: readonly B64[]): Promise<void> {
    const parts = this.#parts;
    const news: (() => void)[] = [];
    return parts.serial(async () => {
      const change = new Change(parts.store);
      const to = { root: manifest.root, device };
      const now = parts.clock.now();
      if (!(await takeNewSession(change, to, now))) return;
      await startSession(change, parts.self().me, to, bundle, now);
      const what = { case: 'newSession' as const, value: create(NewSessionSchema, { unopened: outer.map(bytesOf) }) };
      await sayInto(parts, change, { conversation, inner: freshInner(), what }, news);
      await change.commit();
      for (const tell of news) tell();
    });
  }
}

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
