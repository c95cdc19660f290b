// Slots: one small sealed cell per reader beside a log; the highest counter stays.
import { type Bytes, concat, readU64, u64be } from '../../core/base/bytes.ts';
import { MAX_SLOTS } from '../../core/wire/limits.ts';
import type { Disk } from './disk.ts';
import { type Job, small } from './group-commit.ts';
import type { Heads } from './heads.ts';
import { keyOf, under } from './keys.ts';
import { decodeHead, part, viewOf } from './records.ts';
import type { StoredSlot } from './store.ts';

/** Bytes of slots read at a time. */
const PAGE_BYTES = 262_144;

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

/** Slots of a log by reader id, from one on. @throws STORE_FAILED */
export async function readSlots(disk: Disk, log: Bytes, from: Bytes | undefined, limit: number): Promise<StoredSlot[]> {
  const slots: StoredSlot[] = [];
  const all = under('slot', log);
  const range = from === undefined ? all : { gte: keyOf('slot', log, from), lt: all.lt };
  for await (const { key, value } of disk.range(range, limit, PAGE_BYTES)) {
    slots.push({ reader: part(key, key.length - 32, key.length), counter: readU64(viewOf(value), 0), value: part(value, 8, value.length) });
  }
  return slots;
}

/** How many slots a log has. @throws STORE_FAILED */
export async function countSlots(disk: Disk, log: Bytes): Promise<number> {
  const record = await disk.get(keyOf('head', log));
  return record === undefined ? 0 : decodeHead(record).slots;
}
