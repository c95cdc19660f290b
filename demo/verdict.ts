// Judges from both sides' stores whether every message arrived once, unchanged and in order. Pure: reads nothing, prints nothing.
import type { Message } from '../core/api.ts';
import { NAMES, type Name } from './text.ts';

/** A message as `sotto read --json` prints it. */
export type StoredMessage = Pick<
  Message,
  'id' | 'conversation' | 'direction' | 'from' | 'text' | 'sentAt' | 'epoch' | 'seq' | 'state' | 'reason'
>;

/** What is known of one person at the end. */
export interface Side {
  /** What they were made to say, in its order. */
  readonly typed: readonly string[];
  /** Their store, in its order. */
  readonly store: readonly StoredMessage[];
  /** What their program warned of. */
  readonly warnings: readonly string[];
}

/** How a list differs from the one that was expected. */
export interface Difference {
  readonly lost: number;
  readonly doubled: number;
  /** Never expected at all. */
  readonly invented: number;
  /** Behind something that should have come later. */
  readonly outOfOrder: number;
}

/** One way of the conversation. */
export interface Way extends Difference {
  readonly from: Name;
  readonly to: Name;
  readonly sent: number;
  readonly received: number;
  /** How many of the author's messages are in each state. */
  readonly states: Readonly<Record<string, number>>;
}

/** The judgement. */
export interface Verdict {
  readonly ways: readonly Way[];
  /** Everything that is wrong, as sentences; nothing when all is well. */
  readonly faults: readonly string[];
}

/** Compares what was typed with both stores, and the stores with each other. */
export function judge(sides: Readonly<Record<Name, Side>>): Verdict {
  const ways = [wayOf(sides, 'Alice', 'Bob'), wayOf(sides, 'Bob', 'Alice')];
  const faults = [
    ...ways.flatMap(faultsOfWay),
    ...NAMES.flatMap((name) => faultsOfSide(name, sides[name])),
    ...faultsBetween(sides.Alice.store, sides.Bob.store),
  ];
  return { ways, faults };
}

/** How `found` differs from `expected`; the k-th of several equal ones stands for the k-th expected. */
export function compare(expected: readonly string[], found: readonly string[]): Difference {
  const places = new Map<string, number[]>();
  for (const [place, key] of expected.entries()) places.set(key, [...(places.get(key) ?? []), place]);
  const seen = new Map<string, number>();
  const counts = { doubled: 0, invented: 0, outOfOrder: 0, matched: 0 };
  let furthest = -1;
  for (const key of found) {
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    const place = places.get(key)?.[nth];
    if (place === undefined) counts[places.has(key) ? 'doubled' : 'invented'] += 1;
    else {
      counts.matched += 1;
      if (place < furthest) counts.outOfOrder += 1;
      furthest = Math.max(furthest, place);
    }
  }
  const { matched, ...rest } = counts;
  return { lost: expected.length - matched, ...rest };
}

function wayOf(sides: Readonly<Record<Name, Side>>, from: Name, to: Name): Way {
  const { typed } = sides[from];
  const received = sides[to].store.filter(({ direction }) => direction === 'in').map(textOf);
  const states: Record<string, number> = {};
  for (const { state } of written(sides[from])) states[state] = (states[state] ?? 0) + 1;
  return { from, to, sent: typed.length, received: received.length, ...compare(typed, received), states };
}

function faultsOfWay({ from, to, sent, states, ...difference }: Way): readonly string[] {
  const wrong = words(difference).map((what) => `${from} to ${to}: ${what}`);
  const unread = sent - (states.read ?? 0);
  return unread === 0 ? wrong : [...wrong, `${from} to ${to}: ${unread} not in the state “read”, though ${to} read everything`];
}

/** What one store says of itself. */
function faultsOfSide(name: Name, side: Side): readonly string[] {
  const { store } = side;
  const own = words(compare(side.typed, written(side).map(textOf))).map((what) => `${name}’s own messages in ${name}’s store: ${what}`);
  const unstamped = store.filter(({ epoch, seq }) => epoch === null || seq === null).length;
  const falling = store.filter((message, at) => at > 0 && !isBefore(store[at - 1], message)).length;
  const ids = store.length - new Set(store.map(({ id }) => id)).size;
  return [
    ...own,
    ...(unstamped === 0 ? [] : [`${name}’s store: ${unstamped} without a stamp`]),
    ...(falling === 0 ? [] : [`${name}’s store: ${falling} not in the order of their stamps`]),
    ...(ids === 0 ? [] : [`${name}’s store: ${ids} message ids more than once`]),
    ...side.warnings.map((warning) => `${name} was warned: ${warning}`),
  ];
}

/** What the two stores say of each other: the same messages, in one order, word for word. */
function faultsBetween(alice: readonly StoredMessage[], bob: readonly StoredMessage[]): readonly string[] {
  const order = words(
    compare(
      alice.map(({ id }) => id),
      bob.map(({ id }) => id),
    ),
  ).map((what) => `Bob’s store beside Alice’s: ${what}`);
  const held = new Map(alice.map((message) => [message.id, sameOnBothSides(message)]));
  const other = bob.filter((message) => held.has(message.id) && held.get(message.id) !== sameOnBothSides(message)).length;
  return other === 0 ? order : [...order, `Bob’s store beside Alice’s: ${other} with other words, author, time or stamp`];
}

function sameOnBothSides({ conversation, from, text, sentAt, epoch, seq }: StoredMessage): string {
  return JSON.stringify([conversation, from, text, sentAt, epoch, seq]);
}

function words(difference: Difference): readonly string[] {
  const { lost, doubled, invented, outOfOrder } = difference;
  const parts = [
    [lost, 'lost'],
    [doubled, 'doubled'],
    [invented, 'that nobody wrote'],
    [outOfOrder, 'out of order'],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

function written(side: Side): readonly StoredMessage[] {
  return side.store.filter(({ direction }) => direction === 'out');
}

function textOf({ text, reason }: StoredMessage): string {
  return text ?? `[could not be opened: ${reason}]`;
}

function isBefore(a: StoredMessage | undefined, b: StoredMessage): boolean {
  const [[epochA, seqA], [epochB, seqB]] = [stampOf(a), stampOf(b)];
  return epochA < epochB || (epochA === epochB && seqA < seqB);
}

function stampOf(message: StoredMessage | undefined): readonly [number, number] {
  return [message?.epoch ?? Number.POSITIVE_INFINITY, message?.seq ?? Number.POSITIVE_INFINITY];
}
