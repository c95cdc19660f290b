// What a peer can ask of a relay over one connection: the contract; relay-client.ts implements it over a channel.
import type { Bytes } from '../base/bytes.ts';
import type { RefusalName } from '../wire/codes.ts';
import type { PreKeyBundle, PutPreKeys } from '../wire/gen/relay_pb.ts';
import type { ByteStream } from './byte-stream.ts';

/** An expected "no" of a relay. */
export interface Refusal {
  readonly name: RefusalName;
  /** For a person; never a user's data. */
  readonly detail: string;
  /** ms; 0 without advice. */
  readonly retryAfter: number;
  /** The relay's head, with AHEAD and FORK; its signature is checked. */
  readonly head: SignedHead | null;
}

/** A value, or the relay's "no". Faults of the connection are thrown (OFFLINE, TIMEOUT, MALFORMED). */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** The relay's signed word about a log; the signature was verified against the relay's PeerId. */
export interface SignedHead {
  readonly log: Bytes;
  readonly seq: number;
  readonly chain: Bytes;
  readonly time: number;
  readonly signature: Bytes;
}

/** What the relay said in its welcome. */
export interface RelayTerms {
  /** The minor version both sides speak. */
  readonly minor: number;
  /** 16 bytes; changes when the store was restored from a backup (C5). */
  readonly incarnation: Bytes;
  /** ms an entry is kept. */
  readonly lifetime: number;
  /** Unacknowledged bytes sent per subscription. */
  readonly window: number;
  /** No token needed. */
  readonly open: boolean;
  /** The relay's clock at its welcome, ms since 1970. */
  readonly time: number;
  /** 65 bytes: its public key for Web Push; empty when it wakes nobody. */
  readonly wakeKey: Bytes;
}

/** A stamp as the relay answers an append; `id` was compared with the hash of what was sent (C2). */
export interface Stamp {
  readonly seq: number;
  /** ms. */
  readonly time: number;
  readonly chain: Bytes;
  readonly id: Bytes;
}

/** Stamps of the accepted prefix of a run, and why it stopped, if it did. */
export interface AppendAnswer {
  readonly stamps: readonly Stamp[];
  readonly refusal: Refusal | null;
}

/** One entry as pushed. The subscriber computes id and chain itself. */
export interface Entry {
  readonly seq: number;
  readonly time: number;
  readonly envelope: Bytes;
}

/**
 * A run of entries with consecutive numbers, and the relay's signed head as of the last of them. Its signature is checked right after the run
 * was handed over; a wrong one ends the connection.
 */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly head: SignedHead;
}

/** A slot as pushed. */
export interface SlotPush {
  /** 32 bytes: reader id of its writer. */
  readonly reader: Bytes;
  readonly counter: number;
  readonly value: Bytes;
}

/** Takes what is pushed for one subscription, in order, one call after the other; must not throw. */
export interface Sink {
  entries(run: Entries): void;
  slot(slot: SlotPush): void;
  /** Somebody's signal: SIGNAL_BYTES, sealed. */
  signal?(value: Bytes): void;
  present?(present: Present): void;
}

/** Who is here at a log, and when those who left were last seen, by their reader ids. */
export interface Present {
  /** Nothing is known of any reader that is not named. */
  readonly whole: boolean;
  /** lastSeen: the relay's clock in steps of PRESENCE_STEP_MS; 0 while here or where nothing is known. */
  readonly readers: readonly { readonly reader: Bytes; readonly online: boolean; readonly lastSeen: number }[];
}

/** What is only good for a moment. A relay that does not know of it refuses with UNSUPPORTED, and signals go nowhere. */
export interface LiveCalls {
  /** What the subscription of this handle shows of its reader, and whether it is told of the others: now, and as `present` of its sink. */
  setPresence(handle: number, show: boolean, watch: boolean): Promise<Answer<Present>>;
  /** Passed on to whoever else is at the log now, or dropped. @param value SIGNAL_BYTES */
  signal(handle: number, value: Bytes): void;
}

/** Where this device is called while it is away; needs a registration on the connection. */
export interface WakeCalls {
  /** @param wake 32 bytes, a secret that names the endpoint @param kind as on the wire; 0: none any more, then `url` is empty */
  setEndpoint(wake: Bytes, kind: number, url: string): Promise<Answer<void>>;
  /** The endpoint of a reader (its capability) of the log of this handle. @param wake empty: none any more */
  setWake(handle: number, reader: Bytes, wake: Bytes): Promise<Answer<void>>;
}

/** A log opened on a connection. */
export interface OpenedLog {
  readonly handle: number;
  /** 32 bytes; empty for a link. */
  readonly log: Bytes;
  readonly head: number;
  readonly closed: boolean;
}

/** What a subscription starts with. */
export interface Subscribed {
  /** Entries up to here are gone; 0: none. */
  readonly floor: number;
  readonly floorChain: Bytes;
  readonly head: SignedHead;
  readonly cursor: number;
  /** How many slots are pushed first. */
  readonly slots: number;
}

/** What is proved when a log is opened: 32-byte capabilities, or a link's. */
export type LogProof =
  | { readonly log: Bytes; readonly read?: Bytes; readonly append?: Bytes; readonly manage?: Bytes }
  | { readonly link: Bytes };

/** A link to add to an inbox. */
export interface LinkTerms {
  readonly linkHash: Bytes;
  readonly expires: number;
  readonly entries: number;
  readonly entryBytes: number;
  readonly singleUse: boolean;
  /** 32 bytes or empty. */
  readonly directory: Bytes;
}

/** A sealed manifest in the directory. */
export interface ManifestBlob {
  readonly writer: Bytes;
  readonly version: number;
  readonly sealed: Bytes;
  readonly signature: Bytes;
}

/** Where prekeys or a manifest are asked for. */
export type DirectoryProof = { readonly link: Bytes } | { readonly address: Bytes; readonly contact?: Bytes };

/** One connection to one relay, over one long-lived stream. */
export interface RelayConnection {
  /** The relay's PeerId as text, proved by Noise. */
  readonly peerId: string;
  readonly terms: RelayTerms;
  /** Resolves once the connection is gone, with the reason for a person; never rejects. */
  readonly closed: Promise<string>;
  /** Why the relay ended the connection, once it said so. */
  readonly dismissal: Refusal | null;
  close(): Promise<void>;
  readonly live: LiveCalls;
  readonly wake: WakeCalls;

  register(registration: Bytes, token: Bytes): Promise<Answer<void>>;
  createLog(nonce: Bytes, hashes: { readonly read: Bytes; readonly append: Bytes; readonly manage: Bytes }): Promise<Answer<void>>;
  openLog(proof: LogProof): Promise<Answer<OpenedLog>>;
  closeHandle(handle: number): Promise<Answer<void>>;
  /** Entries and slots go to `sink` until the handle or the connection is closed. @param show others at the log may see that this reader is here */
  subscribe(handle: number, reader: Bytes, after: number, chain: Bytes, sink: Sink, show?: boolean): Promise<Answer<Subscribed>>;
  /** Cumulative and idempotent; sent with the next frames, not answered. */
  ack(handle: number, seq: number): void;
  /** An ordered run, at most MAX_RUN and MAX_FRAME_BYTES together. Several runs may be in flight; they are stamped in order. */
  append(handle: number, envelopes: readonly Bytes[]): Promise<AppendAnswer>;
  head(handle: number, seq: number): Promise<Answer<SignedHead>>;
  setReaders(handle: number, readers: readonly Bytes[]): Promise<Answer<void>>;
  closeLog(handle: number): Promise<Answer<void>>;
  putSlot(handle: number, reader: Bytes, counter: number, value: Bytes): Promise<Answer<void>>;
  putLink(handle: number, link: LinkTerms): Promise<Answer<void>>;
  revokeLink(handle: number, linkHash: Bytes): Promise<Answer<void>>;
  putManifest(blob: ManifestBlob): Promise<Answer<void>>;
  getManifest(proof: DirectoryProof): Promise<Answer<ManifestBlob>>;
  putPreKeys(keys: PutPreKeys): Promise<Answer<void>>;
  /** @param device 0: every device */
  takePreKeys(proof: DirectoryProof, device: number): Promise<Answer<PreKeyBundle[]>>;
  /** A stream for one blob, for blob-client.ts. @throws OFFLINE, REFUSED when the relay keeps no blobs, CLOSED when `signal` was aborted */
  blobStream(signal: AbortSignal): Promise<ByteStream>;
  countPreKeys(
    address: Bytes,
    device: number,
  ): Promise<Answer<{ readonly oneTime: number; readonly oneTimeKyber: number; readonly counter: number }>>;
}
