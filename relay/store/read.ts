// Reading logs as they are on disk: never what a turn has not yet made durable.
import { type Bytes, readU64 } from '../../core/base/bytes.ts';
import { chainStart } from '../../core/wire/chain.ts';
import type { Disk } from './disk.ts';
import { entryKey, type KeyRange, keyOf, under } from './keys.ts';
import { decodeEntry, decodeHead, decodeReaders, demand, part, viewOf } from './records.ts';
import type { LogRecord, StoredEntry, StoredPoint } from './store.ts';

const NONCE_BYTES = 16;

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
  for (let from = after; ; ) {
    const entries = await collect(disk, log, from, limit, maxBytes);
    if (entries !== null) return entries;
    // A stub came first: begin behind the floor, which a sweep may be moving meanwhile.
    const record = await disk.get(keyOf('head', log));
    if (record === undefined) return [];
    from = Math.max(from + 1, decodeHead(record).floor);
  }
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
