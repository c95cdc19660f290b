// The contract of a peer: every call, answer and event, each with its schema. Plain JSON values only, so that it travels
// unchanged over a socket, a MessagePort or a WebSocket. A feature that is not in here does not exist.
import * as v from 'valibot';
import { blobCalls, blobEvents } from './blob-api.ts';
import { liveCalls, liveEvents } from './live-api.ts';
import { wakeCalls } from './wake-api.ts';

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Longest wait, ms: a timer of Node that is asked for more fires at once. */
const MAX_WAIT_MS = 2 ** 31 - 1;
const wait = v.pipe(count, v.maxValue(MAX_WAIT_MS));
/** Longest life of a link, ms: ten years, which every clock and every calendar can say. */
const MAX_LINK_MS = 315_576_000_000;
const time = v.pipe(v.number(), v.safeInteger());
const hexOf = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64));
const who = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const nothing = v.strictObject({});

/** Longest text kept while it is being typed, UTF-16 units: twice what one message can hold, so that a paste that is too long is not lost. */
const MAX_TYPED = 131_072;

/** Account id: the root key, 32 bytes as hex. */
const account = hexOf(32);

/** States of a message, all of them true: what we know, not what we hope (DESIGN, section 4). */
export const messageState = v.picklist(['queued', 'stored', 'delivered', 'read', 'expired', 'failed']);

/** A message as everybody shows it. */
export const message = v.strictObject({
  /** 16 bytes as hex; the same on every device of everybody. */
  id: hexOf(16),
  /** Conversation id, 16 bytes as hex. */
  conversation: hexOf(16),
  direction: v.picklist(['in', 'out']),
  /** Account of the author; null when the entry could not be opened. */
  from: v.nullable(account),
  /** Null when it could not be opened; `reason` says why. */
  text: v.nullable(text),
  /** Author's clock, ms. */
  sentAt: time,
  /** Stamp time of the relay, ms; null while there is none. */
  storedAt: v.nullable(time),
  epoch: v.nullable(count),
  /** Null while there is no stamp. */
  seq: v.nullable(count),
  state: messageState,
  /** Why it failed, expired or could not be opened; null otherwise. */
  reason: v.nullable(text),
  /** True while its place may still change (direct only, waiting for the stamp). */
  provisional: v.boolean(),
});

/** Another account. */
export const contact = v.strictObject({
  account,
  /** The name we gave; null when we gave none. */
  petname: v.nullable(text),
  /** The name they claim; never trust it for identity. */
  claimedName: v.nullable(text),
  state: v.picklist(['requested', 'asking', 'accepted', 'rejected']),
  verified: v.boolean(),
  blocked: v.boolean(),
  /** A direct connection to one of their devices is open now. */
  direct: v.boolean(),
});

/** What this device truly knows of one message beside its text. */
export const messageDetail = v.strictObject({
  message,
  /** Number of its author's device; null where that is not known. */
  device: v.nullable(count),
  /** Address of the relay in whose log it stands; null while it stands in none. */
  relay: v.nullable(text),
  /** By which ways it came or went; null while by none. */
  path: v.nullable(v.picklist(['relay', 'direct', 'both'])),
  /**
   * `checked`: this device recomputed the chain of the log up to it. `waiting`: its place in a log was not read back yet. `differs`: so it did, and
   * somebody saw another history of that log; which messages differ is not known.
   */
  chain: v.picklist(['checked', 'waiting', 'differs']),
});

/** Something noticed that a person should know. */
export const warning = v.strictObject({
  kind: v.picklist([
    'fork',
    'ahead',
    'restored',
    'withheld',
    'cloned',
    'identity',
    'manifest',
    'versions',
    'expired-unread',
    'unopened',
    'connected-twice',
    'quota',
  ]),
  conversation: v.nullable(hexOf(16)),
  /** One plain sentence for a person. */
  text,
  at: time,
});

/** A conversation, with what a list shows of it. */
export const conversation = v.strictObject({
  id: hexOf(16),
  with: contact,
  unread: count,
  last: v.nullable(message),
  epoch: count,
  /** Relay address of the home log; null while there is none. */
  relay: v.nullable(text),
  warnings: v.array(warning),
});

/** How the line to a relay stands. */
export const relayStatus = v.strictObject({
  address: text,
  peerId: text,
  state: v.picklist(['connected', 'connecting', 'waiting', 'refused']),
  /** Why it is not connected; null otherwise. */
  reason: v.nullable(text),
});

/** Who this peer is, and how safe its store is. */
export const identity = v.strictObject({
  account,
  name: text,
  device: count,
  peerId: text,
  /** Addresses a direct dial reaches, with /p2p/; empty when not listening. */
  addresses: v.array(text),
  relays: v.array(relayStatus),
  store: v.strictObject({ passphrase: v.boolean(), keyFile: v.boolean(), text }),
});

/** One of our invite links; `used` counts the requests that came through it. */
export const invite = v.strictObject({
  link: text,
  public: v.boolean(),
  expires: time,
  used: count,
  revoked: v.boolean(),
});

/** Every call that a window may make as well: `[input schema, output schema]`. */
export const openCalls = {
  identity: [nothing, identity],
  /** The name we claim, in requests and answers from now on; who has heard the old one keeps it. BAD_INPUT for control characters. */
  setName: [v.strictObject({ name }), identity],
  addRelay: [v.strictObject({ relay: text }), relayStatus],
  removeRelay: [v.strictObject({ relay: text }), nothing],
  createInvite: [v.strictObject({ public: v.boolean(), expiresInMs: v.pipe(count, v.maxValue(MAX_LINK_MS)) }), invite],
  invites: [nothing, v.array(invite)],
  revokeInvite: [v.strictObject({ link: text }), nothing],
  addContact: [v.strictObject({ link: text, petname: v.nullable(name) }), contact],
  contacts: [nothing, v.array(contact)],
  requests: [nothing, v.array(v.strictObject({ contact, at: time }))],
  accept: [v.strictObject({ who, petname: v.nullable(name) }), contact],
  /** Another petname, or none; ALREADY when another contact has it. Tells the event `contact`. */
  rename: [v.strictObject({ who, petname: v.nullable(name) }), contact],
  reject: [v.strictObject({ who }), nothing],
  block: [v.strictObject({ who }), contact],
  unblock: [v.strictObject({ who }), contact],
  /** The newest first: all, or `limit` of them from number `from` on. Whoever joins parts tells conversations apart by `id`. */
  conversations: [v.strictObject({ from: v.optional(count), limit: v.optional(count) }), v.array(conversation)],
  /** The one with a contact. NOT_FOUND while there is none. */
  conversation: [v.strictObject({ who }), conversation],
  /**
   * Answers after commit 1. `id` makes a repeat harmless: the same id is the same message. `typed`: this was the unfinished text for that
   * contact, which is forgotten in the same commit.
   */
  send: [
    v.strictObject({ who, text: v.pipe(v.string(), v.minLength(1)), id: v.nullable(hexOf(16)), typed: v.optional(v.boolean()) }),
    message,
  ],
  /** One message in every detail. NOT_FOUND when it is not here. */
  detail: [v.strictObject({ id: hexOf(16) }), messageDetail],
  /** Answers once each message is stored, delivered, failed or expired, or the time is over. */
  settled: [v.strictObject({ ids: v.array(hexOf(16)), timeoutMs: wait }), v.array(message)],
  resend: [v.strictObject({ id: hexOf(16) }), message],
  /** Connects, empties the outbox, takes all that waits, acknowledges. */
  sync: [
    v.strictObject({ timeoutMs: wait }),
    v.strictObject({ complete: v.boolean(), received: count, sent: count, waiting: count, reason: v.nullable(text) }),
  ],
  /** Pages backwards through the one order; messages come oldest first. `before` is the cursor of an earlier answer. */
  history: [
    v.strictObject({ who, limit: v.pipe(count, v.minValue(1), v.maxValue(10_000)), before: v.nullable(text) }),
    v.strictObject({ messages: v.array(message), before: v.nullable(text) }),
  ],
  /**
   * Pages forward; messages come oldest first. `after` is the cursor of an earlier answer, of `history` or of `firstUnread`; null: the
   * oldest. A cursor stands between two messages: one page ends there, the other begins. What still waits may change its place between
   * two pages, so whoever joins them tells messages apart by `id`. BAD_INPUT for a cursor that is none.
   */
  historyAfter: [
    v.strictObject({ who, limit: v.pipe(count, v.minValue(1), v.maxValue(10_000)), after: v.nullable(text) }),
    v.strictObject({ messages: v.array(message), after: v.nullable(text) }),
  ],
  /** The cursor right before the oldest unread message, for `history` and `historyAfter`; null: everything is read. */
  firstUnread: [v.strictObject({ who }), v.strictObject({ cursor: v.nullable(text) })],
  /** Keeps an unfinished text for a contact in whatever state, over restarts; an empty one forgets it. It is never sent. */
  saveTyped: [v.strictObject({ who, text: v.pipe(v.string(), v.maxLength(MAX_TYPED)) }), nothing],
  /** Every unfinished text, the newest first; `at` is the time of its last change, ms. */
  typed: [nothing, v.array(v.strictObject({ account, text, at: time }))],
  /** Everything up to and including this message was read; null: everything there is. */
  markRead: [v.strictObject({ who, upTo: v.nullable(hexOf(16)) }), nothing],
  safetyNumber: [v.strictObject({ who }), v.strictObject({ number: text, scannable: text, verified: v.boolean() })],
  setVerified: [v.strictObject({ who, verified: v.boolean() }), contact],
  /** The recovery file's text, and the code that opens it, shown once. */
  recovery: [nothing, v.strictObject({ file: text, code: text })],
  warnings: [nothing, v.array(warning)],
  ...liveCalls,
} as const;

/** Every event. */
export const event = v.variant('event', [
  v.strictObject({ event: v.literal('message'), message }),
  v.strictObject({ event: v.literal('state'), message }),
  v.strictObject({ event: v.literal('request'), contact }),
  v.strictObject({ event: v.literal('contact'), contact }),
  /** Somebody read in it, in this window or elsewhere; what comes in counts up by the event `message`. */
  v.strictObject({ event: v.literal('unread'), conversation: hexOf(16), unread: count }),
  /** The unfinished text for a contact changed; an empty one was forgotten. */
  v.strictObject({ event: v.literal('typed'), account, text, at: time }),
  v.strictObject({ event: v.literal('relay'), relay: relayStatus }),
  v.strictObject({ event: v.literal('warning'), warning }),
  ...liveEvents,
  ...blobEvents,
]);

/** Every call: `[input schema, output schema]`. A window has openCalls alone: those on blobs name files, and a browser has no endpoint of its own. */
export const calls = { ...openCalls, ...blobCalls, ...wakeCalls } as const;

/** The whole contract of a peer. */
export const peerContract = { calls, event } as const;

/** See `message`. */
export type Message = v.InferOutput<typeof message>;
/** See `messageState`. */
export type MessageState = v.InferOutput<typeof messageState>;
/** See `contact`. */
export type Contact = v.InferOutput<typeof contact>;
/** See `messageDetail`. */
export type MessageDetail = v.InferOutput<typeof messageDetail>;
/** See `warning`. */
export type Warning = v.InferOutput<typeof warning>;
/** See `conversation`. */
export type Conversation = v.InferOutput<typeof conversation>;
/** See `relayStatus`. */
export type RelayStatus = v.InferOutput<typeof relayStatus>;
/** See `identity`. */
export type Identity = v.InferOutput<typeof identity>;
/** See `invite`. */
export type Invite = v.InferOutput<typeof invite>;
/** See `event`. */
export type PeerEvent = v.InferOutput<typeof event>;

/** Name of a call. */
export type CallName = keyof typeof calls;
/** What a call takes. */
export type CallInput<N extends CallName> = v.InferInput<(typeof calls)[N][0]>;
/** What a call answers. */
export type CallOutput<N extends CallName> = v.InferOutput<(typeof calls)[N][1]>;

/** A running peer, near or behind a carrier: the calls, and the events until `stop` of the returned function. */
export type PeerApi = {
  readonly [N in CallName]: (input: CallInput<N>) => Promise<CallOutput<N>>;
} & {
  /** Hands over every event from now on; the answer stops it. */
  onEvent(listener: (event: PeerEvent) => void): () => void;
};
