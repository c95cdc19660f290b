// What each registration used of its allowances, durably: levels that rise with use and run dry over one entry lifetime.
// It names no log and no author: a registration's record says how much, never where (C7).
import { concat, readU64, u64be } from '../../core/base/bytes.ts';
import { type Job, small } from './group-commit.ts';
import { keyOf } from './keys.ts';
import { demand, viewOf } from './records.ts';
import type { Dues, UsageKind } from './store.ts';
import type { Turn } from './turn.ts';

/** When the level was right (ms), and the level in units of its kind. */
const USAGE_BYTES = 8 + 8;
/** The byte of the kind at the end of the key. */
const KINDS: Readonly<Record<UsageKind, number>> = { bytes: 1, logs: 2, endpoints: 4 };
/** Units of one: a level of few things also runs dry bit by bit. */
const UNITS: Readonly<Record<UsageKind, number>> = { bytes: 1, logs: 1_000, endpoints: 1_000 };
/** Longest wait that is advised, ms. */
const MOST_WAIT_MS = 3_600_000;

/** Takes `dues` from an allowance: 0 when it was there, otherwise how long to wait, ms. @param lifetimeMs in which a full level runs dry */
export function charge(dues: Dues, lifetimeMs: number): Job<number> {
  return small(64, (turn) => chargeIn(turn, dues, lifetimeMs));
}

/** The same as part of another change: a new log is counted in the batch that makes it. @throws STORE_FAILED, STORE_DAMAGED */
export async function chargeIn(turn: Turn, { registration, kind, amount, limit }: Dues, lifetimeMs: number): Promise<number> {
  const key = keyOf('usage', registration, Uint8Array.of(KINDS[kind]));
  const before = await turn.get(key);
  const [full, more] = [limit * UNITS[kind], Math.ceil(amount * UNITS[kind])];
  const level = before === null ? 0 : levelNow(before, full, turn.now, lifetimeMs);
  // What is larger than the whole allowance fits an empty one.
  const beyond = level + Math.min(more, full) - full;
  if (beyond > 0) return Math.min(MOST_WAIT_MS, Math.max(1, Math.ceil((beyond / full) * lifetimeMs)));
  turn.put(key, concat(u64be(turn.now), u64be(level + more)));
  return 0;
}

/** A clock that was set back stops nothing for longer than it was ahead: from here on time counts anew. */
function levelNow(record: Uint8Array, full: number, now: number, lifetimeMs: number): number {
  demand(record, USAGE_BYTES, true);
  const passed = Math.max(0, now - readU64(viewOf(record), 0));
  return Math.max(0, readU64(viewOf(record), 8) - Math.floor((passed / lifetimeMs) * full));
}
