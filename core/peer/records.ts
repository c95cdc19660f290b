// What a peer keeps on its disk, record by record, and the one table of their keys. Values are JSON; bytes stand as base64url.
import { type Bytes, base64url, text, unbase64url, utf8 } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { plainKey } from '../store/keys.ts';
import type { Store } from '../store/store.ts';

/** Bytes inside a JSON record: base64url. */
export type B64 = string;

/** How far a log has been taken: everything up to `seq` is on this disk, and `chain` is its recomputed chain value. */
export interface CursorRecord {
  readonly seq: number;
  readonly chain: B64;
  readonly time: number;
  /** The relay's signature on this head: with another it signed for the same number, the proof of a fork (H1). */
  readonly signature?: B64;
}

/** One home log of a conversation. */
export interface EpochRecord {
  readonly number: number;
  readonly relay: string;
  readonly peerId: string;
  readonly nonce: B64;
  readonly log: B64;
  /** This device's reader capability at the log. */
  readonly reader: B64;
  /** True where this side has to create the log. */
  readonly mine: boolean;
}

/** How epoch 1 is being opened in a conversation that had no log: until its last entry of epoch 0 has settled, nothing newer is appended. */
export interface OpeningRecord {
  /** True where this side carries the history of epoch 0 to the log. */
  readonly opener: boolean;
  /** Outbox number of our own Home entry: ours up to it belong to epoch 0. 0 before we said it. */
  readonly n: number;
  /** The follower's Home entry, which ends epoch 0; null until it is known. */
  readonly last: { readonly outer: B64; readonly lamport: number; readonly tag: number } | null;
}

/** One wrap key. */
export interface GenerationRecord {
  readonly number: number;
  readonly id: B64;
  readonly key: B64;
  /** ms: when it came into use here. */
  readonly since: number;
  /** Epoch and seq where it settled; null before. The lowest position among equal numbers is current. */
  readonly place: readonly [number, number] | null;
  /** Outer id of the entry that carries it, while that one has not settled. */
  readonly outer: B64 | null;
}

/** What the other side's device says it has. */
export interface ReceiptRecord {
  readonly epoch: number;
  readonly delivered: number;
  readonly read: number;
  readonly exceptions: readonly number[];
  readonly lamportDelivered: number;
  readonly lamportRead: number;
  /** Highest slot counter taken, by device: an older slot, shown again, changes nothing. */
  readonly counters?: Readonly<Record<number, number>>;
}

/** A conversation of two accounts. */
export interface ConversationRecord {
  readonly id: B64;
  readonly contact: B64;
  readonly secret: B64;
  /** Ascending; empty while it is direct only (epoch 0). The last one is home. */
  readonly epochs: readonly EpochRecord[];
  /** Null once the history of epoch 0 stands in the home log, or where there never was one. */
  readonly opening: OpeningRecord | null;
  readonly generations: readonly GenerationRecord[];
  readonly lamport: number;
  /** Settled position up to which this person read: (epoch, seq). */
  readonly readTo: readonly [number, number];
  /**
   * Highest Lamport counter among the other side's entries that were read, and that came directly. An author gives its entries in their
   * order and the next only after the one before was taken, so everything of theirs below it is here that did not go by the log.
   */
  readonly readLamport: number;
  readonly deliveredLamport: number;
  readonly unread: number;
  /** Seqs of the log `exceptionsLog` that could not be opened: *delivered* never covers them (H9). */
  readonly exceptions: readonly number[];
  /** Whose numbers they are; absent in records older than this field, whose only log was the first. */
  readonly exceptionsLog?: B64;
  readonly receipt: ReceiptRecord;
  /** Entries of the home log since the current generation came into use. */
  readonly entriesInGeneration: number;
  /** Wrap failures: counted, never shown (H3). */
  readonly unwrapFailures: number;
  readonly manifestSent: number;
  /** How often the relay lost history and the places above were given again (C5). */
  readonly repairs: number;
  readonly at: number;
  /** Order of its last message, for sorting lists: ms. */
  readonly lastAt: number;
}

/** Where a message row stands: zone 0 settled (epoch, seq), 1 provisional (lamport, device tag), 2 queued (counter, 0). */
export interface Place {
  readonly zone: 0 | 1 | 2;
  readonly a: number;
  readonly b: number;
}

/** A message as kept, in history. */
export interface RowRecord {
  readonly kind: 'message' | 'unopened' | 'control';
  /** 16 bytes: message id. */
  readonly id: string;
  /** 32 bytes: outer id, once there is an envelope. */
  readonly outer: B64 | null;
  readonly out: boolean;
  readonly author: B64 | null;
  readonly device: number;
  readonly text: string | null;
  readonly sentAt: number;
  readonly storedAt: number | null;
  readonly lamport: number;
  /** For queued, failed and expired ones; settled ones follow from receipts. */
  readonly state: 'queued' | 'stored' | 'delivered' | 'failed' | 'expired';
  readonly reason: string | null;
  /** chain(seq) as recomputed, for settled rows. */
  readonly chain: B64 | null;
  /** Where the same message was said again (epoch, seq): a receipt that covers this place covers the message. */
  readonly again?: readonly [number, number];
  /** Inner id of our own message, with which it is sent again. */
  readonly inner?: B64;
  /** It was put into the outbox once more because a device of the contact could not open it. */
  readonly saidAgain?: boolean;
}

/** Where somebody is answered before a conversation exists. */
export interface InboxTarget {
  readonly relays: readonly string[];
  readonly direct: readonly string[];
  readonly capability: B64;
}

/** Something that must still reach a log or an inbox. */
export interface OutboxRecord {
  /** Conversation id, or contact root for an inbox target. */
  readonly conversation: B64 | null;
  readonly contact: B64;
  readonly inbox: InboxTarget | null;
  readonly envelope: B64;
  readonly outer: B64;
  /** Message id; null for control content, and for a message said again. */
  readonly message: string | null;
  /** Inner id, with which a message is said again should a device not have been able to open it (H3). */
  readonly inner: B64 | null;
  /** Message id of the message that this envelope says again; null for everything said once. */
  readonly again: string | null;
  readonly lamport: number;
  readonly at: number;
  /** PeerId of the home relay and the time there, ms, when it was written; absent while that was not known. */
  readonly relayAt?: readonly [string, number];
}

/** From when on a relay can have had what waits: everything with a number up to `n` and no `relayAt` of its own was first here then. */
export interface QueuedMark {
  readonly n: number;
  /** PeerId. */
  readonly relay: string;
  /** By the relay's clock, ms. */
  readonly time: number;
}

/** A stamped envelope, kept for its lifetime (C5, H12). */
export interface SentRecord extends OutboxRecord {
  readonly stampTime: number;
}

/** An envelope known without a stamp: ours that the peer took in epoch 0, or one that came directly; kept so that it can be carried to a log. */
export interface CarryRecord extends OutboxRecord {
  readonly out: boolean;
}

/** Text accepted before the conversation exists; encrypted once it does. */
export interface DraftRecord {
  readonly author: B64;
  readonly contact: B64;
  readonly id: string;
  readonly inner: B64;
  readonly text: string;
  readonly at: number;
}

/** An entry whose key is still on its way (H9). */
export interface HeldRecord {
  readonly envelope: B64;
  readonly chain: B64;
  readonly time: number;
  readonly since: number;
}

/** An entry that could not be opened although it seems to be for us (H3). */
export interface Unopened {
  /** The device that claims to have written it. */
  readonly device: number;
  /** Outer id. */
  readonly outer: B64;
}

/** Something noticed that a person should know. */
export interface WarningRecord {
  readonly kind: string;
  readonly conversation: string | null;
  readonly text: string;
  readonly at: number;
  /** Proof, kept for whoever investigates (signed heads, ids); JSON. */
  readonly proof: string | null;
}

/** One table of all keys. Telling parts are blinded by the store underneath; order numbers stay in the clear. */
export const keys = {
  account: () => plainKey('account', [], []),
  privacy: () => plainKey('privacy', [], []),
  /** '': where we are called; of a relay's PeerId: what that was told; of a log: the secret it was told with. */
  wake: (of: string) => plainKey('wake', [of], []),
  counter: () => plainKey('counter', [], []),
  unindexed: () => plainKey('unindexed', [], []),
  relay: (peerId: string) => plainKey('relay', [peerId], []),
  relayList: () => plainKey('relay-list', [], []),
  cursor: (log: B64) => plainKey('cursor', [log], []),
  invite: (linkHash: B64) => plainKey('invite', [linkHash], []),
  inviteList: () => plainKey('invite-list', [], []),
  contact: (root: B64) => plainKey('contact', [root], []),
  contactList: () => plainKey('contact-list', [], []),
  conversation: (id: B64) => plainKey('conversation', [id], []),
  conversationList: () => plainKey('conversation-list', [], []),
  row: (conversation: B64, place: Place) => plainKey('row', [conversation], [place.zone, place.a, place.b]),
  own: (commit: B64) => plainKey('own', [commit], []),
  /** Known per conversation (null: letters): the same bytes may be put into any log by whoever saw them. */
  outer: (conversation: B64 | null, outer: B64) => plainKey('outer', [conversation ?? '', outer], []),
  message: (id: string) => plainKey('message', [id], []),
  /** Marks of what waits for a target. */
  queued: (target: string) => plainKey('queued', [target], []),
  outbox: (n: number) => plainKey('outbox', [], [n]),
  sent: (conversation: B64, epoch: number, seq: number) => plainKey('sent', [conversation], [epoch, seq]),
  carry: (conversation: B64, lamport: number, tag: number) => plainKey('carry', [conversation], [lamport, tag]),
  fetches: (linkHash: B64) => plainKey('fetches', [linkHash], []),
  blob: (id: string) => plainKey('blob', [id], []),
  draft: (n: number) => plainKey('draft', [], [n]),
  typed: (contact: B64) => plainKey('typed', [contact], []),
  typedList: () => plainKey('typed-list', [], []),
  held: (conversation: B64, epoch: number, seq: number) => plainKey('held', [conversation], [epoch, seq]),
  wanted: (conversation: B64, account: B64, device: number) => plainKey('wanted', [conversation, account], [device]),
  owed: (conversation: B64, account: B64, device: number, n: number) => plainKey('owed', [conversation, account], [device, n]),
  warning: (n: number) => plainKey('warning', [], [n]),
} as const;

/** A record as the sealed store takes it. */
export function encodeRecord(record: unknown): Bytes {
  return utf8(JSON.stringify(record));
}

/** A record as it was written. @throws STORE_DAMAGED */
export function decodeRecord<T>(bytes: Bytes): T {
  try {
    return JSON.parse(text(bytes)) as T;
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'A record on the disk is not readable.', cause);
  }
}

/** What was read lately, found by its very bytes: the store gives the same ones for what is in use. Nobody may change a record. */
const decoded = new WeakMap<Bytes, unknown>();

/** Reads one record, or null. */
export async function readRecord<T>(from: Store | Change, key: Bytes): Promise<T | null> {
  const bytes = await from.get(key);
  if (bytes === null) return null;
  const known = decoded.get(bytes);
  if (known !== undefined) return known as T;
  const record = decodeRecord<T>(bytes);
  if (typeof record === 'object' && record !== null) decoded.set(bytes, record);
  return record;
}

/** Writes one record into a change. */
export function writeRecord(change: Change, key: Bytes, record: unknown): void {
  change.put(key, encodeRecord(record));
}

/** Bytes of a record's field. */
export function bytesOf(field: B64): Bytes {
  return unbase64url(field);
}

/** A record's field of bytes. */
export function fieldOf(bytes: Uint8Array): B64 {
  return base64url(bytes);
}
