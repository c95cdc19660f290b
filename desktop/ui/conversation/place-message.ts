// Where a message of an event goes in what is held: in its place, or nowhere when its place is in a part that is not held.
import type { Message } from '../../../core/api.ts';
import { compareOrder, zoneOf } from './order.ts';

/** Which ends of the conversation are held. */
export interface Ends {
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** What is held afterwards. */
export interface Placed {
  readonly messages: readonly Message[];
  /** True when only the engine can say the order of those that wait. */
  readonly isDoubtful: boolean;
}

/** Puts `message` where it belongs in `held`, which is in order and has no holes; takes it out when it moved to where nothing is held. */
export function place(held: readonly Message[], message: Message, ends: Ends): Placed {
  const at = held.findIndex(({ id }) => id === message.id);
  const before = held[at];
  // The usual case by far: another state, the same place.
  if (before !== undefined && isSamePlace(before, message)) return { messages: held.with(at, message), isDoubtful: false };
  const others = before === undefined ? held : held.toSpliced(at, 1);
  if (others.length === 0) return { messages: before !== undefined || (ends.atStart && ends.atEnd) ? [message] : [], isDoubtful: false };
  return zoneOf(message) === 0 ? placeSettled(others, message, ends) : placeWaiting(others, message, ends);
}

function isSamePlace(a: Message, b: Message): boolean {
  return zoneOf(a) === zoneOf(b) && compareOrder(a, b) === 0;
}

function placeSettled(others: readonly Message[], message: Message, { atStart, atEnd }: Ends): Placed {
  const at = others.findLastIndex((other) => compareOrder(other, message) <= 0) + 1;
  const next = others[at];
  const isOutside = (at === 0 && !atStart) || (next === undefined && !atEnd);
  return { messages: isOutside ? others : others.toSpliced(at, 0, message), isDoubtful: false };
}

/** At the end of its part, until the engine says otherwise. */
function placeWaiting(others: readonly Message[], message: Message, { atStart, atEnd }: Ends): Placed {
  const zone = zoneOf(message);
  const at = others.findLastIndex((other) => zoneOf(other) <= zone) + 1;
  const isAmongEquals = others.some((other) => zoneOf(other) === zone);
  const isOutside = (at === 0 && !atStart) || (at === others.length && !atEnd);
  return { messages: isOutside ? others : others.toSpliced(at, 0, message), isDoubtful: isAmongEquals };
}
