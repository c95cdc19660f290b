// Ends prekeys that nobody can send to any more. By age and by how many came after: a clock that jumps ahead must not kill waiting messages.
import type { Change } from '../store/change.ts';
import { ENTRY_LIFETIME_MS, PREKEY_KEEP_MS, PREKEY_ROTATION_MS } from '../wire/limits.ts';
import { sessionKey } from './keys.ts';
import { forgetKyberPreKey } from './prekey-records.ts';
import type { Batch, PreKeyState } from './prekey-state.ts';

/** One-time keys lie in a relay's pool at most this long, ms; then the pool is replaced, so private halves may end some day. */
export const POOL_LIFETIME_MS = ENTRY_LIFETIME_MS;
/** Rotations within the time private halves are kept, and one more. */
const KEPT_ROTATIONS = Math.ceil(PREKEY_KEEP_MS / PREKEY_ROTATION_MS) + 1;

/** Deletes private halves that are both too old and superseded often enough. @param now ms */
export async function sweepPreKeys(change: Change, state: PreKeyState, now: number): Promise<void> {
  const tooOld = (batch: Batch, kept: number) => now - batch.at >= kept;
  const superseded = (batches: readonly Batch[]) => batches.slice(0, Math.max(0, batches.length - KEPT_ROTATIONS));
  const ended = [...superseded(state.signed), ...superseded(state.lastResort)].filter((batch) => tooOld(batch, PREKEY_KEEP_MS));
  const emptied = state.oneTime.filter((batch) => batch.pool <= state.pool - 2 && tooOld(batch, POOL_LIFETIME_MS + PREKEY_KEEP_MS));
  for (const batch of [...ended, ...emptied]) await dropBatch(change, batch);
  const gone = new Set([...ended, ...emptied]);
  const stays = (batch: Batch) => !gone.has(batch);
  state.signed = state.signed.filter(stays);
  state.lastResort = state.lastResort.filter(stays);
  state.oneTime = state.oneTime.filter(stays);
}

/** Deletes the private halves of a batch, and what was remembered of a last-resort key. */
export async function dropBatch(change: Change, batch: Batch): Promise<void> {
  if (batch.kind === 'last-resort') return forgetKyberPreKey(change, batch.first);
  for (let id = batch.first; id < batch.first + batch.count; id += 1) change.delete(sessionKey(batch.kind, id));
}
