// The part of a peer's contract about being woken: where relays call this device when something waits for it while it is away.
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Where: a push service, or anything that takes an empty POST. */
const endpoint = v.strictObject({
  kind: v.picklist(['webhook', 'unifiedpush', 'webpush']),
  url: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
});

const wake = v.strictObject({
  /** Null: nobody calls. */
  endpoint: v.nullable(endpoint),
  relays: v.array(
    v.strictObject({
      relay: v.string(),
      /** `set`: it has the endpoint. `waiting`: it is told once it is connected. `refused`: it does not take it. `unable`: it wakes nobody. */
      state: v.picklist(['off', 'set', 'waiting', 'refused', 'unable']),
      /** Why it was refused; null otherwise. */
      reason: v.nullable(v.string()),
      /** Its public key for Web Push, base64url; null while it is not connected. */
      key: v.nullable(v.string()),
    }),
  ),
  /** Conversations whose relay calls. */
  conversations: count,
  /** Conversations that live at relays where this device is not registered: those call nobody. */
  elsewhere: count,
});

/** Its calls: `[input schema, output schema]`. */
export const wakeCalls = {
  wake: [v.strictObject({}), wake],
  /** Relays that are connected are told at once, the others when they are. BAD_INPUT for what is no https or http URL. */
  setWake: [v.strictObject({ endpoint: v.nullable(endpoint) }), wake],
} as const;
