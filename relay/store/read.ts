// Reading logs as they are on disk: never what a turn has not yet made durable.
import { type Bytes, readU64 } from '../../core/base/bytes.ts';
import { chainStart } from '../../core/wire/chain.ts';
import type { Disk, DiskPair } from './disk.ts';
import { EVERYTHING, entryKey, type KeyRange, keyOf, under } from './keys.ts';
import { decodeEntry, decodeHead, decodeReaders, demand, part, viewOf } from './records.ts';
import type { LogRecord, StoredEntry, StoredPoint } from './store.ts';

const NONCE_BYTES = 16;
/** Bytes read at a time where everything is read. */
const PAGE_BYTES = 262_144;

/** Every record; see RelayStore.snapshot. */
export function readAll(disk: Disk): AsyncIterable<DiskPair> {
  return disk.range(EVERYTHING, Number.POSITIVE_INFINITY, PAGE_BYTES);
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

/** Entries that are read one by one: a reader who is up to date lacks a few that were just written, and an iterator takes it half a ms. */
const LIVE = 8;

/** Entries after a number; see RelayStore.read. */
export async function readEntries(disk: Disk, log: Bytes, after: number, limit: number, maxBytes: number): Promise<StoredEntry[]> {
  const live = readLive(disk, log, after, limit, maxBytes);
  if (live !== null) return live;
  for (let from = after; ; ) {
    const entries = await collect(disk, log, from, limit, maxBytes);
    if (entries !== null) return entries;
    // A stub came first: begin behind the floor, which a sweep may be moving meanwhile.
    const record = await disk.get(keyOf('head', log));
    if (record === undefined) return [];
    from = Math.max(from + 1, decodeHead(record).floor);
  }
}

/** The same for somebody who lacks LIVE entries at most; null when that is not so. */
function readLive(disk: Disk, log: Bytes, after: number, limit: number, maxBytes: number): StoredEntry[] | null {
  const record = disk.getNow(keyOf('head', log));
  if (record === undefined) return null;
  const { seq: last, floor } = decodeHead(record);
  if (last <= after) return [];
  if (after < floor || last - after > LIVE) return null;
  const entries: StoredEntry[] = [];
  let bytes = 0;
  for (let seq = after + 1; seq <= last && entries.length < limit; seq += 1) {
    const value = disk.getNow(entryKey(log, seq));
    const entry = value === undefined ? null : decodeEntry(value);
    if (entry === null || entry.envelope === null) return null;
    bytes += entry.envelope.length;
    if (entries.length > 0 && bytes > maxBytes) break;
    entries.push({ seq, time: entry.time, chain: entry.chain, envelope: entry.envelope });
  }
  return entries;
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
