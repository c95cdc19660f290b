// Making, closing and reading logs; reader lists, cursors and slots. Everything hangs on random reader ids, nothing on who connects (C7).
import { type Bytes, concat, readU64, u64be } from '../../core/base/bytes.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { MAX_READERS, MAX_SLOTS } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import type { Job } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { entryKey, type KeyRange, keyOf, textOf, under } from './keys.ts';
import { decodeEntry, decodeHead, decodeNumber, decodeReaders, demand, emptyHead, encodeReaders, part, viewOf } from './records.ts';
import type { LogRecord, LogSpec, StoredEntry, StoredPoint, StoredSlot } from './store.ts';
import type { Turn } from './turn.ts';

const NONCE_BYTES = 16;
/** Cursors of one log: whoever may read could else invent reader ids without end. Listed readers always have one. */
const MAX_CURSORS = MAX_READERS;

/** A small job of one record or two. */
export function small<T>(bytes: number, apply: (turn: Turn) => Promise<T>): Job<T> {
  return { entries: 1, bytes, apply };
}

export function createLog(heads: Heads, spec: LogSpec): Job<boolean> {
  return small(512, async (turn) => {
    const record = concat(spec.nonce, spec.read, spec.append, spec.manage);
    const there = await turn.get(keyOf('spec', spec.id));
    if (there !== null) return textOf(there) === textOf(record);
    turn.put(keyOf('spec', spec.id), record);
    heads.make(turn, new Uint8Array(spec.id), emptyHead(chainStart(spec.id)));
    return true;
  });
}

export function closeLog(heads: Heads, log: Bytes): Job<void> {
  return small(256, async (turn) => {
    const head = await heads.get(turn, log);
    if (head === null || head.closed) return;
    head.closed = true;
    turn.heads.add(head);
    turn.changed.add(head.text);
  });
}

/** Who was listed before keeps the number since which it is; a new one is listed since the newest entry. */
export function setReaders(heads: Heads, log: Bytes, readers: readonly Bytes[]): Job<void> {
  return small(64 + readers.length * 40, async (turn) => {
    const head = await heads.get(turn, log);
    if (head === null) return;
    const before = await turn.get(keyOf('readers', log));
    const since = new Map((before === null ? [] : decodeReaders(before)).map((one) => [textOf(one.reader), one.since]));
    const unique = new Map(readers.map((reader) => [textOf(reader), reader]));
    head.listed = unique.size > 0;
    turn.heads.add(head);
    if (head.listed)
      turn.put(keyOf('readers', log), encodeReaders([...unique].map(([text, reader]) => ({ reader, since: since.get(text) ?? head.seq }))));
    else turn.delete(keyOf('readers', log));
  });
}

/** The log as it is on disk. */
export async function readLog(disk: Disk, id: Bytes): Promise<LogRecord | null> {
  const [spec, record, readers] = await disk.getMany([keyOf('spec', id), keyOf('head', id), keyOf('readers', id)]);
  if (spec === undefined || record === undefined) return null;
  demand(spec, NONCE_BYTES + 96, true);
  const { closed, seq, chain, time, floor, bytes } = decodeHead(record);
  const terms = { id, nonce: part(spec, 0, 16), read: part(spec, 16, 48), append: part(spec, 48, 80), manage: part(spec, 80, 112) };
  const list = readers === undefined ? [] : decodeReaders(readers).map((one) => one.reader);
  return { ...terms, closed, seq, chain, time, floor, bytes, readers: list };
}

/** Entries after a number; see RelayStore.read. */
export async function readEntries(disk: Disk, log: Bytes, after: number, limit: number, maxBytes: number): Promise<StoredEntry[]> {
  const entries = await collect(disk, log, after, limit, maxBytes);
  if (entries !== null) return entries;
  // A stub came first: begin behind the floor. Should a sweep move it meanwhile, the rest is still without a hole.
  const record = await disk.get(keyOf('head', log));
  const floor = record === undefined ? after : decodeHead(record).floor;
  return (await collect(disk, log, Math.max(after, floor), limit, maxBytes)) ?? [];
}

/** Null when the first record is a stub; stubs are a prefix, so none comes later. */
async function collect(disk: Disk, log: Bytes, after: number, limit: number, maxBytes: number): Promise<StoredEntry[] | null> {
  const entries: StoredEntry[] = [];
  if (limit <= 0) return entries;
  const range: KeyRange = { gte: entryKey(log, after + 1), lt: under('entry', log).lt };
  let bytes = 0;
  for await (const { key, value } of disk.range(range, limit, maxBytes)) {
    const { time, chain, envelope } = decodeEntry(value);
    if (envelope === null) return null;
    bytes += envelope.length;
    if (entries.length > 0 && bytes > maxBytes) break;
    entries.push({ seq: readU64(viewOf(key), key.length - 8), time, chain, envelope });
  }
  return entries;
}

/** A point of the chain; see RelayStore.point. */
export async function readPoint(disk: Disk, log: Bytes, seq: number): Promise<StoredPoint | null> {
  const [record, entry] = await disk.getMany([keyOf('head', log), entryKey(log, seq)]);
  if (record === undefined) return null;
  const head = decodeHead(record);
  if (seq === 0) return { seq, time: 0, chain: chainStart(log) };
  if (seq === head.seq) return { seq, time: head.time, chain: head.chain };
  if (seq === head.floor) return { seq, time: head.floorTime, chain: head.floorChain };
  if (entry === undefined) return null;
  const { time, chain } = decodeEntry(entry);
  return { seq, time, chain };
}

/** Acks that came since the last batch, one per reader: they go to disk together. */
export class AckJob implements Job<void> {
  readonly entries = 0;
  readonly bytes = 0;
  readonly #heads: Heads;
  readonly #acks = new Map<string, { readonly log: Bytes; readonly key: Bytes; readonly reader: Bytes; seq: number }>();

  constructor(heads: Heads) {
    this.#heads = heads;
  }

  add(log: Bytes, reader: Bytes, seq: number): void {
    const key = keyOf('cursor', log, reader);
    const text = textOf(key);
    const there = this.#acks.get(text);
    if (there === undefined) this.#acks.set(text, { log: new Uint8Array(log), key, reader: new Uint8Array(reader), seq });
    else there.seq = Math.max(there.seq, seq);
  }

  async apply(turn: Turn): Promise<void> {
    const acks = [...this.#acks.values()];
    const cursors = await turn.getMany(acks.map((ack) => ack.key));
    for (const [at, ack] of acks.entries()) await this.#one(turn, ack, cursors[at] ?? null);
  }

  async #one(turn: Turn, ack: { log: Bytes; key: Bytes; reader: Bytes; seq: number }, cursor: Uint8Array | null): Promise<void> {
    const head = await this.#heads.get(turn, ack.log);
    if (head === null) return;
    const seq = Math.min(ack.seq, head.seq);
    if (seq <= (cursor === null ? 0 : decodeNumber(cursor))) return;
    if (cursor === null) {
      if (head.cursors >= MAX_CURSORS && !(await isListed(turn, ack.log, ack.reader))) return;
      head.cursors++;
      turn.heads.add(head);
    }
    turn.put(ack.key, u64be(seq));
    if (seq > head.acked) {
      head.acked = seq;
      turn.heads.add(head);
    }
  }
}

async function isListed(turn: Turn, log: Bytes, reader: Bytes): Promise<boolean> {
  const list = await turn.get(keyOf('readers', log));
  return list !== null && decodeReaders(list).some((one) => textOf(one.reader) === textOf(reader));
}

/** Keeps the slot with the higher counter; an equal one is its writer's newer word after a crash and replaces. */
export function putSlot(heads: Heads, log: Bytes, slot: StoredSlot, told: (slot: StoredSlot) => void): Job<boolean> {
  return small(slot.value.length + 128, async (turn) => {
    const head = await heads.get(turn, log);
    if (head === null) return false;
    const key = keyOf('slot', log, slot.reader);
    const there = await turn.get(key);
    if (there !== null && readU64(viewOf(there), 0) > slot.counter) return false;
    if (there === null) {
      if (head.slots >= MAX_SLOTS) return false;
      head.slots++;
      turn.heads.add(head);
    }
    turn.put(key, concat(u64be(slot.counter), slot.value));
    turn.landed.push(() => told(slot));
    return true;
  });
}

export async function readSlots(disk: Disk, log: Bytes): Promise<StoredSlot[]> {
  const slots: StoredSlot[] = [];
  for await (const { key, value } of disk.range(under('slot', log), MAX_SLOTS, 262_144)) {
    slots.push({ reader: part(key, key.length - 32, key.length), counter: readU64(viewOf(value), 0), value: part(value, 8, value.length) });
  }
  return slots;
}
