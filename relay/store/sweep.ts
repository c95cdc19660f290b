// Deleting, by prefix only: entries past their lifetime or acknowledged by every listed reader become stubs; ids are forgotten after one
// lifetime (H6), chain points after two (H1). It never touches a log's head number.
import { type Bytes, readU64, u64be } from '../../core/base/bytes.ts';
import { HASH_BYTES } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type GroupCommit, type Job, small } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { after, entryKey, idKey, type KeyRange, keyOf, part32, under } from './keys.ts';
import { decodeLink } from './link-record.ts';
import { dropLink } from './links.ts';
import type { LiveHead } from './live-head.ts';
import { META } from './meta.ts';
import { decodeEntry, decodeHead, decodeNumber, decodeReaders, type EntryRecord, type HeadRecord, stubOf, viewOf } from './records.ts';
import type { SweepResult } from './store.ts';
import type { Turn } from './turn.ts';

/** Records one batch of a sweep changes, so that no append waits long behind it. */
const CHUNK = 256;
/** Bytes of entries read at a time. */
const CHUNK_BYTES = 1_048_576;
/** Logs or links looked at in one call: bounded work also when nothing is due. */
const MAX_LOOKS = 4_096;

interface Stored extends EntryRecord {
  readonly seq: number;
  readonly bytes: number;
  readonly record: Uint8Array;
}

/** Walks over all logs and links, some at each call, and begins again at the end. */
export class Sweep {
  readonly #disk: Disk;
  readonly #writer: GroupCommit;
  readonly #heads: Heads;
  readonly #lifetimeMs: number;
  #at: { kind: 'head' | 'link'; gte: Bytes } = { kind: 'head', gte: under('head').gte };
  #now = 0;

  constructor(disk: Disk, writer: GroupCommit, heads: Heads, lifetimeMs: number) {
    this.#disk = disk;
    this.#writer = writer;
    this.#heads = heads;
    this.#lifetimeMs = lifetimeMs;
  }

  /** See RelayStore.sweep; one call at a time. @param now ms */
  async run(now: number, maxEntries: number): Promise<SweepResult> {
    this.#now = now;
    let deleted = 0;
    let looks = 0;
    const range: KeyRange = { gte: this.#at.gte, lt: under(this.#at.kind).lt };
    for await (const { key, value } of this.#disk.range(range, MAX_LOOKS, CHUNK_BYTES)) {
      looks++;
      const one = part32(key);
      this.#at = { kind: this.#at.kind, gte: new Uint8Array(key) };
      if (this.#at.kind === 'link') await this.#link(one, value);
      else deleted += await this.#log(one, decodeHead(value), maxEntries - deleted);
      if (deleted >= maxEntries) return { deleted, more: true };
      this.#at = { kind: this.#at.kind, gte: after(key) };
    }
    if (looks === MAX_LOOKS) return { deleted, more: true };
    return { deleted, more: await this.#nextKind(now) };
  }

  async last(): Promise<number> {
    const record = await this.#disk.get(META.lastSweep);
    return record === undefined ? 0 : decodeNumber(record);
  }

  async #nextKind(now: number): Promise<boolean> {
    const kind = this.#at.kind === 'head' ? 'link' : 'head';
    this.#at = { kind, gte: under(kind).gte };
    if (kind === 'link') return true;
    await this.#writer.submit(small(64, async (turn) => turn.put(META.lastSweep, u64be(now))));
    return false;
  }

  async #link(hash: Bytes, value: Uint8Array): Promise<void> {
    const { expires, log } = decodeLink(hash, value);
    // An expired link stays for a lifetime, so that its holder hears EXPIRED.
    if (expires + this.#lifetimeMs > this.#now) return;
    await this.#writer.submit(
      small(128, async (turn) => {
        const head = await this.#heads.get(turn, log);
        const record = await turn.get(keyOf('link', hash));
        if (head !== null && record !== null && decodeLink(hash, record).expires + this.#lifetimeMs <= this.#now)
          dropLink(turn, head, hash);
      }),
    );
  }

  async #log(log: Bytes, head: HeadRecord, budget: number): Promise<number> {
    if (head.pointFloor === head.seq) return 0;
    const due = await this.#due(log, head);
    let deleted = 0;
    let floor = head.floor;
    while (due.entries && deleted < budget) {
      const some = await this.#some(log, floor, Math.min(CHUNK, budget - deleted));
      const moved = some.length === 0 ? 0 : await this.#writer.submit(this.#deleteEntries(log, some));
      deleted += moved;
      floor += moved;
      if (moved === 0 || moved < some.length) break;
    }
    // A chunk each: a log with more due gets its next turn at the next walk, long before it matters.
    if (due.ids || deleted > 0) await this.#forget(log, 'idFloor');
    if (due.points) await this.#forget(log, 'pointFloor');
    return deleted;
  }

  /** What a look at the three edges says. */
  async #due(log: Bytes, head: HeadRecord): Promise<{ entries: boolean; ids: boolean; points: boolean }> {
    const edges = [head.floor, head.idFloor, head.pointFloor].map((floor) => entryKey(log, floor + 1));
    const [entry, id, point] = (await this.#disk.getMany(edges)).map((record) => (record === undefined ? null : decodeEntry(record).time));
    return {
      entries: typeof entry === 'number' && (this.#past(entry, 1) || (head.listed && head.acked > head.floor)),
      ids: head.idFloor < head.floor && typeof id === 'number' && this.#past(id, 1),
      points: head.pointFloor < head.idFloor && typeof point === 'number' && this.#past(point, 2),
    };
  }

  #past(time: number, lifetimes: number): boolean {
    return time + lifetimes * this.#lifetimeMs <= this.#now;
  }

  async #some(log: Bytes, floor: number, limit: number): Promise<Stored[]> {
    const some: Stored[] = [];
    const range = { gte: entryKey(log, floor + 1), lt: under('entry', log).lt };
    let bytes = 0;
    for await (const { key, value } of this.#disk.range(range, limit, CHUNK_BYTES)) {
      some.push({ ...decodeEntry(value), seq: readU64(viewOf(key), 1 + HASH_BYTES), bytes: value.length, record: value });
      bytes += value.length;
      if (bytes >= CHUNK_BYTES) break;
    }
    return some;
  }

  /** What is read may be decided on only inside the turn: the reader list may have changed meanwhile. */
  #deleteEntries(log: Bytes, some: readonly Stored[]): Job<number> {
    return small(some.length * 128, async (turn) => {
      const head = await this.#heads.get(turn, log);
      if (head === null) return 0;
      const votes = await this.#votes(turn, head);
      const before = head.floor;
      for (const { seq, time, chain, record, bytes } of some) {
        if (seq !== head.floor + 1 || !(this.#past(time, 1) || seq <= votes)) break;
        turn.putUnseen(entryKey(log, seq), stubOf(record));
        head.floor = seq;
        head.floorTime = time;
        head.floorChain = new Uint8Array(chain);
        head.bytes -= bytes;
      }
      if (head.floor > before) turn.heads.add(head);
      return head.floor - before;
    });
  }

  /** Up to which number every listed reader has acknowledged; 0 without a list. One silent for a lifetime has no vote (C3). */
  async #votes(turn: Turn, head: LiveHead): Promise<number> {
    if (!head.listed) return 0;
    const record = await turn.get(keyOf('readers', head.log));
    const listed = record === null ? [] : decodeReaders(record);
    const cursors = (await turn.getMany(listed.map((one) => keyOf('cursor', head.log, one.reader)))).map((cursor) =>
      cursor === null ? 0 : decodeNumber(cursor),
    );
    // A reader is silent when the first entry that it was listed for and has not acknowledged is older than a lifetime.
    const waitsFor = listed.map((one, at) => Math.max(one.since, cursors[at] ?? 0) + 1);
    const firsts = await turn.getMany(waitsFor.map((seq) => entryKey(head.log, seq)));
    const votes = cursors.filter((_, at) => !this.#silent(head, waitsFor[at] ?? 0, firsts[at] ?? null));
    return votes.length === 0 ? 0 : Math.min(...votes);
  }

  #silent(head: LiveHead, waitsFor: number, first: Uint8Array | null): boolean {
    if (waitsFor > head.seq) return false;
    if (first === null) return waitsFor <= head.pointFloor;
    return this.#past(decodeEntry(first).time, 1);
  }

  /** Forgets one chunk of ids (up to the floor) or of points (up to the ids' floor). */
  async #forget(log: Bytes, what: 'idFloor' | 'pointFloor'): Promise<void> {
    const record = await this.#disk.get(keyOf('head', log));
    if (record === undefined) return;
    const some = await this.#some(log, decodeHead(record)[what], CHUNK);
    await this.#writer.submit(
      small(some.length * 64, async (turn) => {
        const head = await this.#heads.get(turn, log);
        if (head === null) return;
        for (const { seq, time, id } of some) {
          const [upTo, lifetimes] = what === 'idFloor' ? [head.floor, 1] : [head.idFloor, 2];
          if (seq !== head[what] + 1 || seq > upTo || !this.#past(time, lifetimes)) break;
          turn.deleteUnseen(what === 'idFloor' ? idKey(log, id) : entryKey(log, seq));
          head[what] = seq;
          turn.heads.add(head);
        }
      }),
    );
  }
}
