// What main and the engine's process say to each other; never what people write, which goes over a window's own port. Each side checks what
// the other says: main is not to believe an engine that read hostile bytes all day.
import * as v from 'valibot';

/** Longest link taken from outside, characters: the window's contract has the same bound. */
export const MAX_LINK_CHARS = 4_096;
/** Longest text of a notification, characters: systems cut it earlier. */
const MAX_NOTICE_CHARS = 300;
/** Longest path or address, characters. */
const MAX_NAME_CHARS = 4_096;
/** Longest key or sealed key, base64 characters: 32 bytes and what a keyring adds. */
const MAX_SECRET_CHARS = 8_192;

const ask = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const account = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const secret = v.pipe(v.string(), v.maxLength(MAX_SECRET_CHARS));
const said = v.nullable(v.pipe(v.string(), v.maxLength(MAX_NOTICE_CHARS)));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const line = v.pipe(v.string(), v.maxLength(MAX_NAME_CHARS));
/** A value that cannot be taken for a flag. */
const named = v.pipe(line, v.regex(/^[^-\0][^\0]*$/));

/** What the system's keyring is worth: the same words as `keyring` of the window's contract. */
const keyring = v.strictObject({ available: v.boolean(), backend: v.nullable(v.string()), strong: v.boolean() });

const toEngine = v.variant('kind', [
  /** A window's port comes along; an older one of the same window is closed. */
  v.strictObject({ kind: v.literal('window'), window: ask }),
  /** Is it alive? */
  v.strictObject({ kind: v.literal('ping'), ping: ask }),
  /** A link that was opened outside. Hostile. */
  v.strictObject({ kind: v.literal('link'), link: v.pipe(v.string(), v.maxLength(MAX_LINK_CHARS)) }),
  /** Somebody clicked a notification: the conversation with this account is to be shown. */
  v.strictObject({ kind: v.literal('show'), account }),
  /** Lock, if there is a passphrase to ask for. */
  v.strictObject({ kind: v.literal('lock') }),
  /** Answers to `keyring-…` and `relay-…`; `value` null: it could not be done. */
  v.strictObject({ kind: v.literal('keyring'), ask, keyring }),
  v.strictObject({ kind: v.literal('secret'), ask, value: v.nullable(secret) }),
  v.strictObject({ kind: v.literal('relay'), ask, address: v.nullable(line) }),
  /** The local relay ended by itself. */
  v.strictObject({ kind: v.literal('relay-ended') }),
  /** Write everything down, then exit. */
  v.strictObject({ kind: v.literal('stop') }),
]);

const fromEngine = v.variant('kind', [
  v.strictObject({ kind: v.literal('pong'), ping: ask }),
  /** Something to tell a person who does not look: as much of it as that person allows. */
  v.strictObject({ kind: v.literal('notice'), about: v.picklist(['message', 'request']), account, name: said, text: said, count: ask }),
  /** The home was locked or went: what notifications say is to be seen no more. */
  v.strictObject({ kind: v.literal('shut') }),
  /** What the shell itself must look like. */
  v.strictObject({
    kind: v.literal('look'),
    appearance: v.picklist(['system', 'light', 'dark']),
    language: v.picklist(['system', 'en', 'de']),
  }),
  v.strictObject({ kind: v.literal('keyring-state'), ask }),
  v.strictObject({ kind: v.literal('keyring-seal'), ask, value: secret }),
  v.strictObject({ kind: v.literal('keyring-open'), ask, value: secret }),
  v.strictObject({ kind: v.literal('relay-start'), ask, data: named, port }),
  v.strictObject({ kind: v.literal('relay-stop'), ask }),
]);

/** What main says to the engine. */
export type ToEngine = v.InferOutput<typeof toEngine>;
/** What the engine says to main. */
export type FromEngine = v.InferOutput<typeof fromEngine>;
/** What the engine asks of main and gets an answer to. */
export type Asked = Extract<FromEngine, { readonly ask: number }>;

/** What main said, or null when it is nothing of this protocol. */
export function readToEngine(message: unknown): ToEngine | null {
  const result = v.safeParse(toEngine, message);
  return result.success ? result.output : null;
}

/** What the engine said, or null when it is nothing of this protocol. */
export function readFromEngine(message: unknown): FromEngine | null {
  const result = v.safeParse(fromEngine, message);
  return result.success ? result.output : null;
}
