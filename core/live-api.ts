// The part of a peer's contract that is only good for a moment: typing, who is here, and what this device tells of itself.
import * as v from 'valibot';

const nothing = v.strictObject({});
const time = v.pipe(v.number(), v.safeInteger());
const who = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const account = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const conversation = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** What this device tells others of the moment. Each one works both ways: who does not tell is not told. */
export const privacy = v.strictObject({
  /** That somebody types here. */
  typing: v.boolean(),
  /** That this device is connected, and when it last was. */
  presence: v.boolean(),
});

/** Whether one of somebody's devices is connected, as the relay says. */
export const presence = v.strictObject({
  /** `hidden`: this device hides, and so sees nobody. `unknown`: nobody looks, there is no line, or they hide or were not seen. */
  state: v.picklist(['online', 'away', 'hidden', 'unknown']),
  /** The relay's clock in steps of five minutes, ms; null unless away. */
  lastSeen: v.nullable(time),
});

/** Longest a conversation is looked at without saying so again, ms: a window that died watches nobody for long. */
const MAX_LOOK_MS = 60_000;

/** Its calls: `[input schema, output schema]`. */
export const liveCalls = {
  /** Somebody types to this contact, or stopped. Say it at every key: what is told is little, and nothing where there is no line or `privacy` forbids it. */
  typing: [v.strictObject({ who, active: v.boolean() }), nothing],
  /** What is known now; asks nobody. */
  presence: [v.strictObject({ who }), presence],
  /** Somebody looks at this conversation for so long from now on; said again while they look. Until then the event `presence` tells changes. */
  watchPresence: [v.strictObject({ who, forMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(MAX_LOOK_MS)) }), presence],
  privacy: [nothing, privacy],
  /** Changes what is named and answers the whole. */
  setPrivacy: [v.partial(privacy), privacy],
} as const;

/** Its events. */
export const liveEvents = [
  /** They type: until then, ms, unless it is told anew. 0: no longer. */
  v.strictObject({ event: v.literal('typing'), conversation, contact: account, until: time }),
  /** Of a conversation that is looked at. */
  v.strictObject({ event: v.literal('presence'), conversation, contact: account, presence }),
  v.strictObject({ event: v.literal('privacy'), privacy }),
] as const;
