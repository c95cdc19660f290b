// The contract of a window: the contract of a peer, and what a window needs beside it: a home before it is open, its locks, a relay on this
// machine, what this person likes. Plain JSON values only. A feature that is in neither part does not exist.
import * as v from 'valibot';
import { event, openCalls, relayStatus } from './api.ts';
import { ERROR_CODES, type ErrorCode } from './base/errors.ts';

const nothing = v.strictObject({});
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64));

/** Longest passphrase, UTF-16 units: far more than a person types, little enough to hash. */
const MAX_PASSPHRASE = 1_024;
const passphrase = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PASSPHRASE));

/** What the system's keyring is worth here. Null backend: there is none, or nobody can ask for it (a browser). */
export const keyring = v.strictObject({
  available: v.boolean(),
  /** As the system names it (`gnome-libsecret`, `kwallet6`, `basic_text`…). */
  backend: v.nullable(v.string()),
  /** False where everybody who reads this user's files can open it. */
  strong: v.boolean(),
});

/** How a home stands. Calls of a peer are answered only while it is open; before, they reject with LOCKED. */
export const home = v.strictObject({
  state: v.picklist(['none', 'locked', 'opening', 'open', 'failed']),
  /** Why it failed, or why it is locked although something should have opened it by itself; null otherwise. A window has its own words. */
  reason: v.nullable(v.picklist(Object.keys(ERROR_CODES) as ErrorCode[])),
  /** What opens it: any one of these. All false while there is no home. */
  slots: v.strictObject({ passphrase: v.boolean(), keyring: v.boolean(), keyFile: v.boolean() }),
  keyring,
  /** True when another process owns the home and this window reaches it through that one. */
  shared: v.boolean(),
  /** True in the desktop, false in a browser. */
  desktop: v.boolean(),
});

/** What this person likes, on this device only; kept in clear, for it is needed before the home is open and says nothing about anybody. */
export const preferences = v.strictObject({
  appearance: v.picklist(['system', 'light', 'dark']),
  contrast: v.picklist(['system', 'more']),
  motion: v.picklist(['system', 'less']),
  language: v.picklist(['system', 'en', 'de']),
  /** What a notification says; `none`: there are none. Text only where somebody asked for it. */
  notifications: v.picklist(['none', 'event', 'name', 'text']),
  /** Enter sends and Shift+Enter breaks the line; false: the other way, with Ctrl+Enter to send. */
  enterSends: v.boolean(),
  /** Locked after so long without a key or a click, ms; 0: never. Works where there is a passphrase. */
  lockAfterMs: count,
});

/** Something came in, as far as the system may show it; name and text are null where they are not to be shown, and one short line else. */
export const notice = v.strictObject({
  kind: v.picklist(['message', 'request']),
  /** Whose conversation or request to open; not to be shown. */
  account: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  name: v.nullable(v.string()),
  text: v.nullable(v.string()),
  /** Messages it stands for: those that come quickly one after another are told together. */
  count,
});

/** The relay that runs on this machine, as a process of its own. */
export const localRelay = v.strictObject({
  running: v.boolean(),
  /** Its address, as others on this machine reach it; null while it does not run. */
  address: v.nullable(v.string()),
});

/** Every call of a window beside those of a peer: `[input schema, output schema]`. */
export const windowCalls = {
  home: [nothing, home],
  /** Makes the account and opens it. BAD_INPUT when nothing at all would open it, ALREADY when there is one. Null passphrase and no keyring: a key file. */
  createHome: [v.strictObject({ name, passphrase: v.nullable(passphrase), keyring: v.boolean() }), home],
  /** Opens or unlocks it; null passphrase: by the keyring, else the key file. WRONG_PASSPHRASE, HOME_BUSY, STORE_DAMAGED, STORE_FAILED. */
  unlock: [v.strictObject({ passphrase: v.nullable(passphrase) }), home],
  /** Hides everything from every window until unlocked; messages still arrive. BAD_INPUT where there is no passphrase to ask for. */
  lock: [nothing, home],
  /** Somebody typed or clicked; said at most every 10 s, so that an idle window locks. */
  active: [nothing, nothing],
  /** Sets, changes or (to: null) removes the passphrase. WRONG_PASSPHRASE, BAD_INPUT for the last slot. */
  changePassphrase: [v.strictObject({ from: v.nullable(passphrase), to: v.nullable(passphrase) }), home],
  /** Adds or removes the keyring's slot. BAD_INPUT for the last slot or where there is no keyring. */
  useKeyring: [v.strictObject({ on: v.boolean(), passphrase: v.nullable(passphrase) }), home],
  preferences: [nothing, preferences],
  /** Changes what is named and answers the whole. LOCKED for `lockAfterMs` and `notifications` while there is a home that is not open. */
  setPreferences: [v.partial(preferences), preferences],
  localRelay: [nothing, localRelay],
  /** Runs a relay on this machine (again at every start, until stopped) and makes it a relay of this account. */
  startLocalRelay: [nothing, relayStatus],
  /** Ends it. What waits there for others waits until it runs again. */
  stopLocalRelay: [nothing, localRelay],
  /** Where everything is and how much of it, bytes. */
  storage: [nothing, v.strictObject({ folder: v.string(), bytes: count })],
} as const;

/** Events of a window beside those of a peer. */
export const windowEvents = [
  v.strictObject({ event: v.literal('home'), home }),
  v.strictObject({ event: v.literal('preferences'), preferences }),
  /** An invite link was opened outside (a `sotto:` link). Hostile until shown and agreed to. */
  v.strictObject({ event: v.literal('link'), link: v.pipe(v.string(), v.maxLength(4_096)) }),
  /** To be shown while nobody looks at the window; told where no shell shows it. */
  v.strictObject({ event: v.literal('notice'), notice }),
  /** A notification was clicked: what there is of this account is to be shown, its conversation or its request. */
  v.strictObject({ event: v.literal('show'), account: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
] as const;

/** The whole contract of a window. */
export const windowContract = {
  calls: { ...openCalls, ...windowCalls },
  event: v.variant('event', [...event.options, ...windowEvents]),
} as const;

/** See `home`. */
export type Home = v.InferOutput<typeof home>;
/** See `preferences`. */
export type Preferences = v.InferOutput<typeof preferences>;
/** See `notice`. */
export type Notice = v.InferOutput<typeof notice>;
/** See `localRelay`. */
export type LocalRelay = v.InferOutput<typeof localRelay>;
/** Every event of a window. */
export type WindowEvent = v.InferOutput<(typeof windowContract)['event']>;

type Calls = (typeof windowContract)['calls'];
/** Name of a call of a window. */
export type WindowCallName = keyof Calls;

/** What a window talks to. */
export type WindowApi = {
  readonly [N in WindowCallName]: (input: v.InferInput<Calls[N][0]>) => Promise<v.InferOutput<Calls[N][1]>>;
} & {
  /** Hands over every event from now on; the answer stops it. */
  onEvent(listener: (event: WindowEvent) => void): () => void;
};
