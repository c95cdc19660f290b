// Saying Home: opening the first log of a conversation, and answering the other side that opened one.
import { create } from '@bufbuild/protobuf';
import { owned } from '../base/bytes.ts';
import { isSottoError } from '../base/errors.ts';
import type { Refusal, RelayConnection } from '../net/relay-connection.ts';
import { Change } from '../store/change.ts';
import { isPassing } from '../wire/codes.ts';
import { type Epoch, EpochSchema, HomeSchema } from '../wire/gen/content_pb.ts';
import { freshInner } from './compose.ts';
import { contactByRoot } from './contacts.ts';
import { allConversations, homeOf, loadConversation, saveConversation } from './conversations.ts';
import { FIRST_EPOCH } from './epoch-zero.ts';
import { epochHashes, epochRecord, newEpoch } from './epochs.ts';
import { sayFirst } from './first-words.ts';
import { deviceTag } from './keep.ts';
import { noteFull } from './no-room.ts';
import type { Parts } from './parts.ts';
import type { RelayRecord } from './people-records.ts';
import { type B64, bytesOf, type ConversationRecord, keys, type OutboxRecord, readRecord } from './records.ts';
import { sayInto } from './send.ts';

/** Pause after a relay that makes no log for now, without advice, ms. */
const RETRY_MS = 60_000;
const waiting = new WeakSet<RelayConnection>();

/** Gives every conversation without a log one at our relay, which is connected. Faults leave a conversation as it is. */
export async function openEpochs(parts: Parts, relay: RelayRecord, connection: RelayConnection): Promise<void> {
  for (const conversation of await allConversations(parts.store)) {
    if (homeOf(conversation) !== null || !(await mayWrite(parts, conversation))) continue;
    const no = await openEpoch(parts, conversation, relay, connection);
    if (no === null || !isPassing(no.name)) continue;
    await noteFull(parts, conversation.id, conversation.id, relay.address, no);
    return tryAgain(parts, relay, connection, no.retryAfter || RETRY_MS);
  }
}

/** Once for each connection: what one conversation has to wait for, the others wait for too. */
function tryAgain(parts: Parts, relay: RelayRecord, connection: RelayConnection, wait: number): void {
  if (waiting.has(connection)) return;
  waiting.add(connection);
  parts.clock.after(wait, () => {
    waiting.delete(connection);
    openEpochs(parts, relay, connection).catch(() => undefined); // the connection went: the next one opens what is left
  });
}

async function mayWrite(parts: Parts, conversation: ConversationRecord): Promise<boolean> {
  const contact = await contactByRoot(parts.store, conversation.contact);
  return contact?.state === 'accepted' && !contact.blocked && !parts.self().cloned;
}

/** The log first, then the word: whoever hears of it finds it there. Answers why the relay makes no log. */
async function openEpoch(
  parts: Parts,
  conversation: ConversationRecord,
  relay: RelayRecord,
  connection: RelayConnection,
): Promise<Refusal | null> {
  const secret = bytesOf(conversation.secret);
  const epoch = newEpoch(secret, relay, FIRST_EPOCH);
  const created = await connection.createLog(owned(epoch.nonce), epochHashes(secret, relay.peerId, epoch.nonce));
  if (!created.ok) return created.refusal;
  await sayHome(parts, conversation.id, epoch, (record, n) =>
    homeOf(record) === null
      ? { ...record, epochs: [epochRecord(epoch, relay.peerId, true)], opening: { opener: true, n, last: null } }
      : null,
  );
  return null;
}

/** Answers the other side's Home, which ends epoch 0 for us too; does nothing where it was answered. @throws as Sender.say */
export async function answerHome(parts: Parts, conversation: B64): Promise<void> {
  const { opening, epochs } = await loadConversation(parts.store, conversation);
  const [home] = epochs;
  if (opening === null || opening.opener || opening.last !== null || home === undefined) return;
  const { number, relay, nonce, log } = home;
  const epoch = create(EpochSchema, { number, relay, nonce: bytesOf(nonce), log: bytesOf(log) });
  const { me } = parts.self();
  await sayHome(parts, conversation, epoch, (record, n, said) =>
    record.opening?.opener === false && record.opening.last === null && homeOf(record)?.log === log
      ? {
          ...record,
          opening: { opener: false, n, last: { outer: said.outer, lamport: said.lamport, tag: deviceTag(me.root, me.device) } },
        }
      : null,
  );
}

type Opened = (record: ConversationRecord, n: number, said: OutboxRecord) => ConversationRecord | null;

/** Says Home and notes the opening in one commit; `opened` answers null where meanwhile there is nothing to open. */
async function sayHome(parts: Parts, conversation: B64, epoch: Epoch, opened: Opened): Promise<void> {
  const news: (() => void)[] = [];
  await parts.serial(async () => {
    const change = new Change(parts.store);
    await sayFirst(parts, change, conversation, news);
    const what = { case: 'home' as const, value: create(HomeSchema, { epoch }) };
    const n = await sayInto(parts, change, { conversation, inner: freshInner(), what }, news);
    const said = await readRecord<OutboxRecord>(change, keys.outbox(n));
    const next = said === null ? null : opened(await loadConversation(change, conversation), n, said);
    if (next === null) {
      news.length = 0;
      return;
    }
    saveConversation(change, next);
    await change.commit();
    news.push(() => parts.conversationOpened(conversation));
  });
  for (const tell of news) tell();
}

/** The same for every conversation, after a start: what was not said before the end of the last run is said now. */
export async function answerHomes(parts: Parts): Promise<void> {
  for (const { id } of await allConversations(parts.store)) {
    await answerHome(parts, id).catch((error) => {
      if (!isSottoError(error)) throw error;
    });
  }
}

/** A Home of ours that the other side could not open, or was not there to take, was never said: the epoch is opened, or answered, anew. */
export async function takeBackHome(parts: Parts, conversation: B64, n: number): Promise<void> {
  await parts.serial(async () => {
    const change = new Change(parts.store);
    const record = await loadConversation(change, conversation);
    if (record.opening?.n !== n) return;
    const { opener } = record.opening;
    saveConversation(change, opener ? { ...record, epochs: [], opening: null } : { ...record, opening: { opener, n: 0, last: null } });
    await change.commit();
  });
}
