// The relay's store on LevelDB: one process, one writer, one fsync for everything that piled up. It never answers before its batch is on disk.
import type { Bytes } from '../../core/base/bytes.ts';
import { type Clock, random } from '../../core/base/clock.ts';
import { SottoError } from '../../core/base/errors.ts';
import { type Log, silentLog } from '../../core/base/log.ts';
import type { PutPreKeys } from '../../core/wire/gen/relay_pb.ts';
import { ENTRY_LIFETIME_MS, MAX_SLOTS } from '../../core/wire/limits.ts';
import { Acks } from './acks.ts';
import { AppendJob, type AppendOutcome, type AppendShared } from './append.ts';
import { StoredBlobs } from './blobs.ts';
import { putManifest, readManifest } from './directory.ts';
import type { Disk, DiskPair } from './disk.ts';
import { EntryWriter } from './entry-writer.ts';
import { type Coming, foretell } from './foretell.ts';
import { GroupCommit, type Job, small } from './group-commit.ts';
import { Heads } from './heads.ts';
import { IdFilter } from './id-filter.ts';
import { keyOf, textOf } from './keys.ts';
import { settle } from './layout.ts';
import { LevelDisk } from './level-disk.ts';
import { putLink, readLink, revokeLink } from './links.ts';
import { closeLog, createLog, setReaders } from './logs.ts';
import { INCARNATION_BYTES, META } from './meta.ts';
import { countPreKeys, putPreKeys, type TakenPreKeys, takePreKeys } from './prekeys.ts';
import { readAll, readEntries, readLog, readPoint } from './read.ts';
import { decodeNumber } from './records.ts';
import { putRegistration, readRegistration, readTokenUses } from './registrations.ts';
import { countSlots, putSlot, readSlots } from './slots.ts';
import type { Dues, LinkRecord, LogRecord, LogSpec, RelayStore, StoredManifest, StoredSlot, Submission } from './store.ts';
import { Sweep } from './sweep.ts';
import { charge } from './usage.ts';
import { StoredWakes } from './wakes.ts';
import { Watchers } from './watch.ts';

/** Bytes one log may hold: a conversation of 2,000 messages a day for a month, and small enough that one log fills no disk. */
export const LOG_QUOTA_BYTES = 67_108_864;

/** How a LevelDB store is made. */
export interface LevelRelayStoreOptions {
  /** Folder of the database. */
  readonly location: string;
  readonly clock: Clock;
  /** How long entries are kept, ms; ENTRY_LIFETIME_MS unless said otherwise. */
  readonly lifetimeMs?: number;
  /** Bytes of entries one log may hold; LOG_QUOTA_BYTES unless said otherwise. */
  readonly quotaBytes?: number;
  /** Told of points while their batch is being written. */
  readonly coming?: Coming;
  /** Told of migrations. */
  readonly log?: Log;
  /** The database beneath; LevelDB at `location` unless a test stands one in. */
  readonly disk?: Disk;
}

/** RelayStore on LevelDB; the contract stands in store.ts. */
export class LevelRelayStore implements RelayStore {
  readonly blobs: StoredBlobs;
  readonly wakes: StoredWakes;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #appends: AppendShared;
  readonly #heads = new Heads();
  readonly #filter = new IdFilter();
  readonly #writer: GroupCommit;
  readonly #sweep: Sweep;
  readonly #lifetimeMs: number;
  readonly #logWatchers = new Watchers<[]>();
  readonly #slotWatchers = new Watchers<[StoredSlot]>();
  #incarnation: Bytes = new Uint8Array(0);
  #state: 'closed' | 'open' = 'closed';
  #turning: Promise<unknown> = Promise.resolve();
  #sweeping: Promise<unknown> = Promise.resolve();
  readonly #acks: Acks;

  constructor(options: LevelRelayStoreOptions) {
    this.#disk = options.disk ?? new LevelDisk(options.location);
    this.#clock = options.clock;
    this.#log = options.log ?? silentLog;
    this.#appends = { heads: this.#heads, filter: this.#filter, writer: new EntryWriter(), quota: options.quotaBytes ?? LOG_QUOTA_BYTES };
    this.#writer = new GroupCommit(this.#disk, options.clock, {
      seal: (turn) => {
        this.#heads.seal(turn);
        if (turn.changed.size > 0) turn.landed.push(() => this.#logWatchers.tellAll(turn.changed));
        if (options.coming !== undefined) foretell(turn, this.#logWatchers, options.coming);
      },
      forget: (written) => {
        this.#heads.forget();
        if (written) this.#reopened();
      },
    });
    this.#acks = new Acks(this.#heads, this.#writer);
    this.#lifetimeMs = options.lifetimeMs ?? ENTRY_LIFETIME_MS;
    this.blobs = new StoredBlobs(this.#disk, this.#writer);
    this.wakes = new StoredWakes(this.#disk, this.#writer, this.#lifetimeMs);
    this.#sweep = new Sweep(this.#disk, this.#writer, this.#heads, this.#lifetimeMs);
  }

  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state === 'open') return;
      await this.#disk.open();
      this.#heads.forget();
      this.#writer.start();
      try {
        this.#incarnation = await settle(this.#disk, this.#log);
        this.#state = 'open';
        this.#fillFilter();
      } catch (cause) {
        await this.#writer.stop();
        await this.#disk.close();
        throw cause;
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state === 'closed') return;
      this.#state = 'closed';
      this.#filter.stop();
      await this.#writer.stop();
      await this.#disk.close();
    });
  }

  incarnation(): Bytes {
    this.#assertOpen();
    return this.#incarnation;
  }

  async renewIncarnation(): Promise<void> {
    const fresh = random(INCARNATION_BYTES);
    await this.#write(() => small(64, async (turn) => turn.put(META.incarnation, fresh)));
    this.#incarnation = fresh;
  }

  snapshot(): AsyncIterable<DiskPair> {
    this.#assertOpen();
    return readAll(this.#disk);
  }

  createLog(spec: LogSpec, dues?: Dues): Promise<boolean | number> {
    return this.#write(() => createLog(this.#heads, spec, dues ?? null, this.#lifetimeMs));
  }

  log(id: Bytes): Promise<LogRecord | null> {
    return this.#read((disk) => readLog(disk, id));
  }

  closeLog(id: Bytes): Promise<void> {
    return this.#write(() => closeLog(this.#heads, id));
  }

  setReaders(id: Bytes, readers: readonly Bytes[]): Promise<void> {
    return this.#write(() => setReaders(this.#heads, id, readers));
  }

  append(run: readonly Submission[]): Promise<AppendOutcome> {
    return this.#write(() => new AppendJob(run, this.#appends));
  }

  read(log: Bytes, after: number, limit: number, maxBytes: number): ReturnType<RelayStore['read']> {
    return this.#read((disk) => readEntries(disk, log, after, limit, maxBytes));
  }

  point(log: Bytes, seq: number): ReturnType<RelayStore['point']> {
    return this.#read((disk) => readPoint(disk, log, seq));
  }

  watch(log: Bytes, changed: () => void): () => void {
    return this.#logWatchers.add(textOf(log), changed);
  }

  ack(log: Bytes, reader: Bytes, seq: number): Promise<void> {
    return this.#acks.add(log, reader, seq);
  }

  cursor(log: Bytes, reader: Bytes): Promise<number> {
    return this.#read(async (disk) => {
      const record = await disk.get(keyOf('cursor', log, reader));
      return record === undefined ? 0 : decodeNumber(record);
    });
  }

  putSlot(log: Bytes, slot: StoredSlot): Promise<boolean> {
    return this.#write(() => putSlot(this.#heads, log, slot, (kept) => this.#slotWatchers.tell(textOf(log), kept)));
  }

  slots(log: Bytes, from?: Bytes, limit: number = MAX_SLOTS): Promise<readonly StoredSlot[]> {
    return this.#read((disk) => readSlots(disk, log, from, limit));
  }

  slotCount(log: Bytes): Promise<number> {
    return this.#read((disk) => countSlots(disk, log));
  }

  watchSlots(log: Bytes, changed: (slot: StoredSlot) => void): () => void {
    return this.#slotWatchers.add(textOf(log), changed);
  }

  putLink(link: Omit<LinkRecord, 'used'>): Promise<boolean> {
    return this.#write(() => putLink(this.#heads, link));
  }

  link(linkHash: Bytes): Promise<LinkRecord | null> {
    return this.#read((disk) => readLink(disk, linkHash));
  }

  revokeLink(log: Bytes, linkHash: Bytes): Promise<void> {
    return this.#write(() => revokeLink(this.#heads, log, linkHash));
  }

  putRegistration(registrationHash: Bytes, tokenHash: Bytes, now: number, uses = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.#write(() => putRegistration(registrationHash, tokenHash, now, uses));
  }

  registration(registrationHash: Bytes): Promise<Bytes | null> {
    return this.#read((disk) => readRegistration(disk, registrationHash));
  }

  tokenUses(tokenHash: Bytes): Promise<number> {
    return this.#read((disk) => readTokenUses(disk, tokenHash));
  }

  charge(dues: Dues): Promise<number> {
    return this.#write(() => charge(dues, this.#lifetimeMs));
  }

  putManifest(address: Bytes, manifest: StoredManifest): Promise<boolean> {
    return this.#write(() => putManifest(address, manifest));
  }

  manifest(address: Bytes): Promise<StoredManifest | null> {
    return this.#read((disk) => readManifest(disk, address));
  }

  putPreKeys(address: Bytes, keys: PutPreKeys): Promise<boolean> {
    return this.#write(() => putPreKeys(address, keys));
  }

  takePreKeys(address: Bytes, device: number, contact: Bytes | null, link: Bytes | null): Promise<TakenPreKeys> {
    return this.#write(() => takePreKeys(address, device, contact, link));
  }

  countPreKeys(address: Bytes, device: number): Promise<{ oneTime: number; oneTimeKyber: number; counter: number }> {
    return this.#read((disk) => countPreKeys(disk, address, device));
  }

  sweep(maxEntries: number): ReturnType<RelayStore['sweep']> {
    const swept = this.#sweeping.then(() => this.#read(() => this.#sweep.run(this.#clock.now(), maxEntries)));
    this.#sweeping = swept.catch(() => undefined);
    return swept;
  }

  lastSweep(): Promise<number> {
    return this.#read(() => this.#sweep.last());
  }

  /** The batch that failed may have reached the disk after all: its ids count, and whoever watches looks. */
  #reopened(): void {
    this.#fillFilter();
    this.#logWatchers.tellAll(this.#logWatchers.keys());
  }

  /** Until it is filled (or when it cannot be) the disk is asked for every id. */
  #fillFilter(): void {
    this.#filter.fill(this.#disk).catch(() => undefined);
  }

  /** Opening and closing take turns, however often and whenever they are called. */
  #inTurn(then: () => Promise<void>): Promise<void> {
    const done = this.#turning.then(then);
    this.#turning = done.catch(() => undefined);
    return done;
  }

  async #write<T>(job: () => Job<T>): Promise<T> {
    this.#assertOpen();
    return this.#writer.submit(job());
  }

  async #read<T>(from: (disk: Disk) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return from(this.#disk);
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new SottoError('CLOSED', 'The store is closed.');
  }
}
