// The contract of a relay's store. LevelDB implements it in one process, PostgreSQL later for several; one suite holds both.
import type { Bytes } from '../../core/base/bytes.ts';
import type { PreKeyBundle, PutPreKeys } from '../../core/wire/gen/relay_pb.ts';
import type { DiskPair } from './disk.ts';

/** What a log is created with; the id is the hash of the other four (core/wire/capability.ts). 32 bytes each, nonce 16. */
export interface LogSpec {
  readonly id: Bytes;
  readonly nonce: Bytes;
  readonly read: Bytes;
  readonly append: Bytes;
  readonly manage: Bytes;
}

/** A log's state as the store has it on disk. */
export interface LogRecord extends LogSpec {
  readonly closed: boolean;
  /** Highest number ever given; never goes back. */
  readonly seq: number;
  readonly chain: Bytes;
  /** Stamp time of entry `seq`, ms; 0 for an empty log. */
  readonly time: number;
  /** Entries up to here are deleted. */
  readonly floor: number;
  /** Bytes of entries not yet deleted. */
  readonly bytes: number;
  /** Reader ids whose acks allow early deletion; empty: lifetime only. */
  readonly readers: readonly Bytes[];
}

/** One envelope to append. `id` is the SHA-256 of its bytes, computed by the relay. */
export interface Submission {
  readonly log: Bytes;
  readonly id: Bytes;
  readonly envelope: Bytes;
  /** True when `manage` was proved: may use the reserve of the quota. */
  readonly manage: boolean;
  /** The link it came through (its hash), whose own quota and expiry then count; null for the log's own append capability. */
  readonly link: Bytes | null;
}

/** A stamp as it is on disk. */
export interface StoredStamp {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
  /** True when these bytes had been stamped before: the same stamp is given (H6). */
  readonly known: boolean;
}

/** Why an envelope was not accepted; a value, not a fault. */
export type AppendRefusal = 'NOT_FOUND' | 'CLOSED' | 'QUOTA' | 'EXPIRED' | 'TOO_LARGE';

/** An entry as read. */
export interface StoredEntry {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
  readonly envelope: Bytes;
}

/** A point of a log's chain that is still known. */
export interface StoredPoint {
  readonly seq: number;
  readonly time: number;
  readonly chain: Bytes;
}

/** A link's terms; `used` counts accepted appends. */
export interface LinkRecord {
  readonly linkHash: Bytes;
  readonly log: Bytes;
  readonly expires: number;
  readonly entries: number;
  readonly entryBytes: number;
  readonly singleUse: boolean;
  /** 32 bytes or empty. */
  readonly directory: Bytes;
  readonly used: number;
}

/** A slot as stored. */
export interface StoredSlot {
  readonly reader: Bytes;
  readonly counter: number;
  readonly value: Bytes;
}

/** A sealed manifest. */
export interface StoredManifest {
  readonly writer: Bytes;
  readonly version: number;
  readonly sealed: Bytes;
  readonly signature: Bytes;
}

/** What a registration has an allowance of: bytes it appends, logs it makes, endpoints it sets. */
export type UsageKind = 'bytes' | 'logs' | 'endpoints';

/** What a registration (its hash) is charged: `amount` of what may be `limit` in one entry lifetime. */
export interface Dues {
  readonly registration: Bytes;
  readonly kind: UsageKind;
  readonly amount: number;
  readonly limit: number;
}

/** How many entries a sweep removed, and whether more is due. */
export interface SweepResult {
  readonly deleted: number;
  readonly more: boolean;
}

/** A blob as remembered; its bytes lie in a file. */
export interface BlobRecord {
  /** 32 bytes: SHA-256 of the blob. */
  readonly address: Bytes;
  /** False while its upload is unfinished. */
  readonly whole: boolean;
  readonly size: number;
  /** Bytes of it that are on the disk, fsynced. */
  readonly have: number;
  /** ms. */
  readonly expires: number;
  /** On whose account it counts: 32 bytes, the hash of a registration. */
  readonly registration: Bytes;
}

/** What blobs may take: of one registration, and of all together. */
export interface BlobLimits {
  readonly ownBytes: number;
  readonly ownBlobs: number;
  readonly allBytes: number;
}

/** How far a blob is that was reserved, or why it was not: no room, or a whole one of another size. */
export type BlobReserved = { readonly whole: boolean; readonly have: number } | 'QUOTA' | 'CONFLICT';

/** Blobs beside the logs; writing methods are durable when they resolve, as those of RelayStore. */
export interface RelayBlobs {
  /** Makes room for all of it, unless it is known; a known one lives at least until `expires`. A part of another size begins anew. */
  reserve(blob: Omit<BlobRecord, 'whole' | 'have'>, limits: BlobLimits): Promise<BlobReserved>;
  /** So much of a part is on the disk. */
  progress(address: Bytes, have: number): Promise<void>;
  /** It is whole, and its hash was checked. False when nobody knows it any more. */
  keep(address: Bytes, expires: number): Promise<boolean>;
  /** Forgets it; false when it is not known, or lives longer than `expiredAt`. */
  drop(address: Bytes, expiredAt?: number): Promise<boolean>;
  get(address: Bytes): Promise<BlobRecord | null>;
  /** By address, ascending, from `from` on (it included). */
  page(from: Bytes, limit: number): Promise<readonly BlobRecord[]>;
  /** What a registration has, or all together have, parts with their full size. */
  used(registration?: Bytes): Promise<{ readonly bytes: number; readonly blobs: number }>;
}

/** Where a device is called. */
export interface StoredEndpoint {
  /** As on the wire: 1 webhook, 2 UnifiedPush, 3 Web Push. */
  readonly kind: number;
  readonly url: string;
  /** ms. */
  readonly expires: number;
}

/** A reader of a log, and the id of the endpoint that is called for it (32 bytes). */
export interface StoredWake {
  readonly reader: Bytes;
  readonly endpoint: Bytes;
}

/** Endpoints, and the readers that they are called for; writing methods are durable when they resolve, as those of RelayStore. */
export interface RelayWakes {
  /** Keeps it, and charges a URL that is new: 0, or how long to wait, ms, and then nothing has changed. */
  putEndpoint(id: Bytes, endpoint: StoredEndpoint, dues: Dues): Promise<number>;
  endpoint(id: Bytes): Promise<StoredEndpoint | null>;
  dropEndpoint(id: Bytes): Promise<void>;
  /** Sets or removes (null) the endpoint of a reader. NOT_FOUND: no such endpoint. QUOTA: MAX_WAKES other readers of the log have one. */
  put(log: Bytes, reader: Bytes, endpoint: Bytes | null): Promise<true | 'NOT_FOUND' | 'QUOTA'>;
  /** The readers of a log that have one, or the one that is named. */
  of(log: Bytes, reader?: Bytes): Promise<readonly StoredWake[]>;
  /** Every log with such a reader, as often as it has them. */
  eachLog(found: (log: Bytes) => void): Promise<void>;
  /** Removes endpoints past their time, and readers whose endpoint is gone. */
  forget(now: number): Promise<void>;
}

/**
 * Everything a relay keeps. Every writing method resolves only when its batch is on disk (fsync), and rejects with STORE_FAILED when
 * it is not known to be; then nothing may be answered as kept. Calls made while a batch is being written are grouped into the next.
 */
export interface RelayStore {
  /** @throws STORE_LOCKED, STORE_FAILED */
  open(): Promise<void>;
  /** Finishes what was accepted; twice is harmless. */
  close(): Promise<void>;
  /** 16 random bytes made with the store; `renewIncarnation` after a restore from a backup (C5). */
  incarnation(): Bytes;
  renewIncarnation(): Promise<void>;
  /** Every record as of the first one read, ascending, while the store works on. @throws CLOSED, STORE_FAILED also when the disk must be opened again */
  snapshot(): AsyncIterable<DiskPair>;

  /**
   * True when made or already there with the same spec. With `dues` a new log is charged in the batch that makes it; when they are more
   * than the allowance has, nothing is made and the answer is how long to wait, ms.
   */
  createLog(spec: LogSpec, dues?: Dues): Promise<boolean | number>;
  log(id: Bytes): Promise<LogRecord | null>;
  closeLog(id: Bytes): Promise<void>;
  setReaders(id: Bytes, readers: readonly Bytes[]): Promise<void>;

  /**
   * Appends an ordered run for one connection. Stops at the first refusal; the rest is not tried. Stamps are dense per log over all
   * writers, time never decreases, entry, id and head become visible together.
   */
  append(run: readonly Submission[]): Promise<{ readonly stamps: readonly StoredStamp[]; readonly refusal: AppendRefusal | null }>;
  /** Entries with seq > after, ascending without a hole, at most `limit` and about `maxBytes` (at least one if there is one). */
  read(log: Bytes, after: number, limit: number, maxBytes: number): Promise<readonly StoredEntry[]>;
  /** Chain value at `seq` (0 too), or null when it is not (or no longer) known. */
  point(log: Bytes, seq: number): Promise<StoredPoint | null>;
  /** Calls back after a batch that touched the log is on disk (live delivery is reading on); the answer stops it. */
  watch(log: Bytes, changed: () => void): () => void;

  /** cursor = max(cursor, min(seq, head)). Durable soon (with the next batch), not awaited by the protocol. */
  ack(log: Bytes, reader: Bytes, seq: number): Promise<void>;
  cursor(log: Bytes, reader: Bytes): Promise<number>;
  /** False when `counter` is lower than the stored one (ignored) or the log has MAX_SLOTS other slots. */
  putSlot(log: Bytes, slot: StoredSlot): Promise<boolean>;
  /** Slots by reader id, ascending: those from `from` on (it included), at most `limit`. All of a log may be 32 MiB: ask for pages. */
  slots(log: Bytes, from?: Bytes, limit?: number): Promise<readonly StoredSlot[]>;
  /** How many slots a log has. */
  slotCount(log: Bytes): Promise<number>;
  watchSlots(log: Bytes, changed: (slot: StoredSlot) => void): () => void;

  /** Adds or renews a link of an inbox; false when MAX_LINKS are there. */
  putLink(link: Omit<LinkRecord, 'used'>): Promise<boolean>;
  link(linkHash: Bytes): Promise<LinkRecord | null>;
  revokeLink(log: Bytes, linkHash: Bytes): Promise<void>;

  /**
   * Binds a registration (its hash) to a token (its hash; empty without one) and counts the use of the token with it. False when
   * `uses` registrations were made with the token; one that is there already is true and no use.
   */
  putRegistration(registrationHash: Bytes, tokenHash: Bytes, now: number, uses?: number): Promise<boolean>;
  /** The hash of the token a registration is bound to, empty without one; null when there is no such registration. */
  registration(registrationHash: Bytes): Promise<Bytes | null>;
  /** How many registrations were made with a token. */
  tokenUses(tokenHash: Bytes): Promise<number>;
  /** Takes dues from an allowance that fills again over one entry lifetime: 0 when it was there, otherwise how long to wait, ms. */
  charge(dues: Dues): Promise<number>;

  /** False when the stored version is higher, or equal with other bytes. */
  putManifest(address: Bytes, manifest: StoredManifest): Promise<boolean>;
  manifest(address: Bytes): Promise<StoredManifest | null>;
  /** False when the counter does not rise (a repeat changes nothing). */
  putPreKeys(address: Bytes, keys: PutPreKeys): Promise<boolean>;
  /**
   * Hands each one-time key out once, durably before it answers; strangers (`contact: null`) never reach the reserve.
   * `contact` and `link` are hashes of the capability that was shown (capabilityHash), `device` 0 is every device. NOT_FOUND: no such
   * device or link; CAPABILITY: neither proof fits; RATE: the link's fetches of this day are used up (one call is one fetch).
   */
  takePreKeys(
    address: Bytes,
    device: number,
    contact: Bytes | null,
    link: Bytes | null,
  ): Promise<readonly PreKeyBundle[] | 'NOT_FOUND' | 'CAPABILITY' | 'RATE'>;
  countPreKeys(
    address: Bytes,
    device: number,
  ): Promise<{ readonly oneTime: number; readonly oneTimeKyber: number; readonly counter: number }>;

  readonly blobs: RelayBlobs;
  readonly wakes: RelayWakes;

  /** Deletes by prefix what is past its lifetime or acknowledged by every listed reader; bounded work per call. */
  sweep(maxEntries: number): Promise<SweepResult>;
  /** Wall time of the last completed sweep, ms; 0 before the first (H11). */
  lastSweep(): Promise<number>;
}
