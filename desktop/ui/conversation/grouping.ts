// What stands between and around messages: a line for each new day, the unread line, and which bubbles hang together. Kept per message, so
// that a row changes only when its own neighbours do.
import type { Message } from '../../../core/api.ts';

/** Messages of one author within this time hang together, ms. */
export const GROUP_MS = 5 * 60_000;

/** A message with what its neighbours make of it. */
export interface Row {
  readonly message: Message;
  /** Local day to be said above it, as the time of its first moment, ms; null: the same day as the one before. */
  readonly day: number | null;
  /** The unread line stands above it. */
  readonly unread: boolean;
  /** It opens or ends a group of its author. */
  readonly first: boolean;
  readonly last: boolean;
}

/** When a message was said, ms: by the author's clock, as everybody shows it. */
export function timeOf(message: Message): number {
  return message.sentAt;
}

/** The day asked for last: neighbours are mostly of the same, and a calendar is dear. */
let lastDay = { from: 0, to: 0 };

/** First moment of the local day of a time, ms. */
export function dayOf(at: number): number {
  if (at >= lastDay.from && at < lastDay.to) return lastDay.from;
  const day = new Date(at);
  const from = day.setHours(0, 0, 0, 0);
  // Not every day has 24 hours.
  lastDay = { from, to: day.setDate(day.getDate() + 1) };
  return from;
}

/** True when two neighbours hang together. */
function hangTogether(a: Message, b: Message): boolean {
  return a.from !== null && a.from === b.from && Math.abs(timeOf(b) - timeOf(a)) <= GROUP_MS && dayOf(timeOf(a)) === dayOf(timeOf(b));
}

/** The rows of messages in order; a row that did not change is the same object as in `before`. @param atStart whether nothing stands before the first */
export function rowsOf(messages: readonly Message[], atStart: boolean, unreadFrom: string | null, before: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row.message, row]));
  return messages.map((message, at) => {
    const previous = messages[at - 1];
    const next = messages[at + 1];
    const isNewDay = previous === undefined ? atStart : dayOf(timeOf(previous)) !== dayOf(timeOf(message));
    const unread = message.id === unreadFrom;
    const row: Row = {
      message,
      day: isNewDay ? dayOf(timeOf(message)) : null,
      unread,
      first: unread || previous === undefined || !hangTogether(previous, message),
      last: next === undefined || next.id === unreadFrom || !hangTogether(message, next),
    };
    const old = known.get(message);
    return old !== undefined && isSame(old, row) ? old : row;
  });
}

function isSame(a: Row, b: Row): boolean {
  return a.day === b.day && a.unread === b.unread && a.first === b.first && a.last === b.last;
}

/** How many of `rows` were put before the first row of `before`, or taken from there (negative); null when that row is gone otherwise. */
export function movedAtStart(before: readonly Row[], rows: readonly Row[]): number | null {
  const [first] = before;
  if (first === undefined) return null;
  const at = rows.findIndex(({ message }) => message.id === first.message.id);
  if (at !== -1) return at;
  const from = before.findIndex(({ message }) => message.id === rows[0]?.message.id);
  return from === -1 ? null : -from;
}
