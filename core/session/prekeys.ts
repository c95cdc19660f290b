// A device's prekeys over time: rotated, topped up at each relay, ended, replaced. Private halves never leave the Change.
import { create } from '@bufbuild/protobuf';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { type PreKeyBundle, PreKeyBundleSchema, type SignedPreKey } from '../wire/gen/relay_pb.ts';
import { CONTACT_RESERVE_PREKEYS, PREKEY_ROTATION_MS } from '../wire/limits.ts';
import type { DeviceKeys } from './device.ts';
import type { PreKeyUpload } from './directory.ts';
import { makeLasting, makeOneTimeEc, makeOneTimeKyber, publicHalf } from './prekey-make.ts';
import { readKyberPreKey, readSignedPreKey } from './prekey-records.ts';
import { loadPreKeyState, type PreKeyState, savePreKeyState } from './prekey-state.ts';
import { dropBatch, POOL_LIFETIME_MS, sweepPreKeys } from './prekey-sweep.ts';

/** One-time prekeys of each kind in a full pool; up to the relay's limit is room for uploads whose answer was lost. */
export const POOL_SIZE = 100;
/** A pool is filled up below this: the reserve for contacts is still untouched then. */
export const POOL_LOW = 2 * CONTACT_RESERVE_PREKEYS;
/** Ids and upload counters skipped when a rolled-back device starts over: more than it can have used since its snapshot. */
const RESET_STEP = 1_000_000;

/** What one relay answered to COUNT_PREKEYS for this device. */
export interface Pool {
  readonly oneTime: number;
  readonly oneTimeKyber: number;
  /** Counter of the last upload it took; 0: none. */
  readonly counter: number;
}

/**
 * Rotates what is due, ends what is over, and tops up one relay's pool. Call it for each relay, now and then and after first messages.
 * @param now ms
 * @returns what to sign (signPreKeys) and put to that relay once the change is committed; null when nothing is due
 * @throws STORE_FAILED, STORE_DAMAGED (every function below)
 */
export async function refillPreKeys(change: Change, me: DeviceKeys, pool: Pool, now: number): Promise<PreKeyUpload | null> {
  const state = await upkeep(change, me, now);
  const replace = pool.counter < state.replacedAtCounter;
  const low = pool.oneTime < POOL_LOW || pool.oneTimeKyber < POOL_LOW;
  const due = replace || low || pool.counter < state.rotatedAtCounter;
  const upload = due ? await makeUpload(change, me, state, pool, replace, now) : null;
  savePreKeyState(change, state);
  return upload;
}

/**
 * After a rollback or a clone (H7): every prekey is replaced, far from any id used before; first messages to the old ones are lost.
 * Put it to one relay; refillPreKeys then replaces the pools of the others.
 * @param pool of that relay; its counter may be ahead of the rolled-back one
 */
export async function replacePreKeys(change: Change, me: DeviceKeys, pool: Pool, now: number): Promise<PreKeyUpload> {
  const state = await loadPreKeyState(change, now);
  for (const batch of [...state.signed, ...state.lastResort, ...state.oneTime]) await dropBatch(change, batch);
  state.nextId += RESET_STEP;
  state.counter = Math.max(state.counter, pool.counter) + RESET_STEP;
  state.signed = [];
  state.lastResort = [];
  state.oneTime = [];
  rotate(change, me, state, now);
  startPool(state, now);
  const upload = await makeUpload(change, me, state, pool, true, now);
  savePreKeyState(change, state);
  return upload;
}

/** This device's bundle for somebody who asks it directly, with one-time keys made on the spot. The caller limits how often. */
export async function ownBundle(change: Change, me: DeviceKeys, now: number): Promise<PreKeyBundle> {
  const state = await upkeep(change, me, now);
  const [oneTime] = makeOneTimeEc(change, state, 1, now);
  const [kyber] = makeOneTimeKyber(change, me, state, 1, now);
  const { signed } = await lastingKeys(change, state);
  savePreKeyState(change, state);
  if (oneTime === undefined || kyber === undefined) throw new SottoError('INTERNAL', 'No prekey was made.');
  return create(PreKeyBundleSchema, { device: me.device, signed, kyber, lastResort: false, oneTime });
}

async function upkeep(change: Change, me: DeviceKeys, now: number): Promise<PreKeyState> {
  const state = await loadPreKeyState(change, now);
  const newest = state.signed.at(-1);
  // Either way: a clock that was set back must not stop rotation.
  if (newest === undefined || Math.abs(now - newest.at) >= PREKEY_ROTATION_MS) rotate(change, me, state, now);
  if (Math.abs(now - state.poolSince) >= POOL_LIFETIME_MS) startPool(state, now);
  await sweepPreKeys(change, state, now);
  return state;
}

function rotate(change: Change, me: DeviceKeys, state: PreKeyState, now: number): void {
  makeLasting(change, me, state, now);
  state.rotatedAtCounter = state.counter + 1;
}

function startPool(state: PreKeyState, now: number): void {
  state.pool += 1;
  state.poolSince = now;
  state.replacedAtCounter = state.counter + 1;
}

async function makeUpload(
  change: Change,
  me: DeviceKeys,
  state: PreKeyState,
  pool: Pool,
  replace: boolean,
  now: number,
): Promise<PreKeyUpload> {
  state.counter = Math.max(state.counter, pool.counter) + 1;
  const missing = (held: number) => (replace ? POOL_SIZE : Math.max(0, POOL_SIZE - held));
  const oneTime = makeOneTimeEc(change, state, missing(pool.oneTime), now);
  const oneTimeKyber = makeOneTimeKyber(change, me, state, missing(pool.oneTimeKyber), now);
  const lasting = await lastingKeys(change, state);
  return { device: me.device, counter: BigInt(state.counter), ...lasting, oneTime, oneTimeKyber, replace };
}

async function lastingKeys(change: Change, state: PreKeyState): Promise<{ signed: SignedPreKey; lastResortKyber: SignedPreKey }> {
  const signed = await readSignedPreKey(change, state.signed.at(-1)?.first ?? 0);
  const kyber = await readKyberPreKey(change, state.lastResort.at(-1)?.first ?? 0);
  if (signed === null || kyber === null) throw new SottoError('STORE_DAMAGED', 'A current prekey is missing.');
  return { signed: publicHalf(signed), lastResortKyber: publicHalf(kyber.record) };
}
