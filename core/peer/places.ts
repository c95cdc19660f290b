// Places in the one order of a conversation: settled (epoch, seq), then provisional (Lamport, device), then queued.
import { SottoError } from '../base/errors.ts';
import { rangeOf } from '../store/keys.ts';
import type { Range } from '../store/store.ts';
import type { B64, Place } from './records.ts';

/** Highest order number a key can hold. */
const MOST = Number.MAX_SAFE_INTEGER;

/** Highest Lamport counter believed of another: far above what people write, and far below what a key can hold. */
export const MAX_LAMPORT = 2 ** 48;

/** A counter of ours, or what is known of one, after seeing another's. */
export function lamportAfter(mine: number, theirs: number): number {
  return Math.max(mine, Math.min(theirs, MAX_LAMPORT));
}

/** Place of a stamped entry. */
export function settledPlace(epoch: number, seq: number): Place {
  return { zone: 0, a: epoch, b: seq };
}

/** Place of an entry known but not stamped by home: Lamport counter, then device. @param tag 32-bit number of the author's device */
export function provisionalPlace(lamport: number, tag: number): Place {
  return { zone: 1, a: lamport, b: tag };
}

/** Place of something only on this device. @param n its outbox number */
export function queuedPlace(n: number): Place {
  return { zone: 2, a: n, b: 0 };
}

/** Negative when `x` stands before `y`. */
export function comparePlaces(x: Place, y: Place): number {
  return x.zone - y.zone || x.a - y.a || x.b - y.b;
}

/** A place as the cursor of a page. */
export function placeCursor(place: Place): string {
  return `${place.zone}.${place.a}.${place.b}`;
}

/** Undoes placeCursor. @throws BAD_INPUT */
export function parsePlaceCursor(cursor: string): Place {
  const match = /^([012])\.(\d{1,16})\.(\d{1,16})$/.exec(cursor);
  const [zone, a, b] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (match === null || a > MOST || b > MOST) throw new SottoError('BAD_INPUT', 'The cursor is not one that history gave.');
  return { zone: zone as 0 | 1 | 2, a, b };
}

/** Every row of a conversation before `before` (exclusive), newest first. */
export function rowsBefore(conversation: B64, before: Place | null): Range {
  const lt = before === null ? undefined : [before.zone, before.a, before.b];
  return { ...rangeOf('row', [conversation], lt === undefined ? {} : { lt }), reverse: true };
}

/** Every row of a conversation from `from` (inclusive), oldest first. */
export function rowsFrom(conversation: B64, from: Place): Range {
  return rangeOf('row', [conversation], { gte: [from.zone, from.a, from.b] });
}

/** The place a row's key names. @param order the key's three order numbers */
export function placeOf(order: readonly number[]): Place {
  const [zone = 0, a = 0, b = 0] = order;
  return { zone: zone as 0 | 1 | 2, a, b };
}
