// Which prekeys exist, since when, and what the next id is: one small record beside them.
import { text, utf8 } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import type { Change } from '../store/change.ts';
import { sessionKey } from './keys.ts';

/** A run of prekeys made together, with consecutive ids. */
export interface Batch {
  readonly kind: 'signed' | 'last-resort' | 'ec' | 'kyber';
  readonly first: number;
  readonly count: number;
  /** ms. */
  readonly at: number;
  /** Of one-time keys: which pool they were made for. */
  readonly pool: number;
}

/** Plain and mutable while one step works on it. */
export interface PreKeyState {
  nextId: number;
  /** Counter of the newest upload, over all relays. */
  counter: number;
  /** The upload that first carried the current signed and last-resort keys; a relay behind it needs one. */
  rotatedAtCounter: number;
  /** The upload that first replaced the pools; a relay behind it is told to forget its own. */
  replacedAtCounter: number;
  /** Number of the current pool, and when it began (ms). */
  pool: number;
  poolSince: number;
  /** Oldest first. */
  signed: Batch[];
  lastResort: Batch[];
  oneTime: Batch[];
}

/** The state, or a fresh one. @throws STORE_FAILED, STORE_DAMAGED */
export async function loadPreKeyState(change: Change, now: number): Promise<PreKeyState> {
  const bytes = await change.get(sessionKey('prekeys'));
  if (bytes === null) return freshState(now);
  try {
    return JSON.parse(text(bytes)) as PreKeyState;
  } catch (cause) {
    throw new SottoError('STORE_DAMAGED', 'The list of prekeys cannot be read.', cause);
  }
}

function freshState(now: number): PreKeyState {
  return {
    nextId: 1,
    counter: 0,
    rotatedAtCounter: 0,
    replacedAtCounter: 0,
    pool: 1,
    poolSince: now,
    signed: [],
    lastResort: [],
    oneTime: [],
  };
}

/** Writes the state. */
export function savePreKeyState(change: Change, state: PreKeyState): void {
  change.put(sessionKey('prekeys'), utf8(JSON.stringify(state)));
}
