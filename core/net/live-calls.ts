// What is only good for a moment: signals, and who is here. The peer's side of it, over a connection that relay-client.ts runs.
import { type Bytes, safeNumber } from '../base/bytes.ts';
import { SottoError } from '../base/errors.ts';
import { encodeFrame, FRAME, type Frame } from '../wire/frame.ts';
import { PresentSchema, SetPresenceSchema, SignalSchema } from '../wire/gen/relay_pb.ts';
import { HASH_BYTES, MAX_PRESENT, SIGNAL_BYTES } from '../wire/limits.ts';
import { decode, encode, exact, several } from '../wire/proto.ts';
import { readSlot } from './relay-answers.ts';
import type { Answer, LiveCalls, Present, RelayTerms } from './relay-connection.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The minor version that brought signals and presence. */
const SINCE_MINOR = 1;

/** What a connection lends. */
export interface LiveNeeds {
  terms(): RelayTerms;
  ask(type: number, expected: number, payload: Bytes, read: (payload: Bytes) => Present): Promise<Answer<Present>>;
  /** Sends a frame that nobody answers. */
  write(frame: Bytes): void;
}

/** Signals and presence over one connection. */
export class RelayLive implements LiveCalls {
  readonly #needs: LiveNeeds;

  constructor(needs: LiveNeeds) {
    this.#needs = needs;
  }

  async setPresence(handle: number, show: boolean, watch: boolean): Promise<Answer<Present>> {
    if (!this.#isKnown) return { ok: false, refusal: { name: 'UNSUPPORTED', detail: '', retryAfter: 0, head: null } };
    const payload = encode(SetPresenceSchema, { handle, show, watch });
    return this.#needs.ask(FRAME.SET_PRESENCE, FRAME.PRESENT, payload, (bytes) => readPresent(bytes, handle).present);
  }

  signal(handle: number, value: Bytes): void {
    if (this.#isKnown) this.#needs.write(encodeFrame(FRAME.PUT_SIGNAL, 0, encode(SignalSchema, { handle, value })));
  }

  get #isKnown(): boolean {
    return this.#needs.terms().minor >= SINCE_MINOR;
  }
}

/** Hands a push to the subscription it is for; one of a newer minor version is skipped. @throws MALFORMED, TOO_LARGE */
export function takePush(frame: Frame, subscriptions: Subscriptions): void {
  const { type, payload } = frame;
  if (type === FRAME.SLOT) {
    const { handle, slot } = readSlot(payload);
    subscriptions.give(handle, payload.length, (sink) => sink.slot(slot));
  } else if (type === FRAME.SIGNAL) {
    const { handle, value } = decode(SignalSchema, payload, 'signal');
    const signal = exact(value, SIGNAL_BYTES, 'signal');
    subscriptions.give(handle, payload.length, (sink) => sink.signal?.(signal));
  } else if (type === FRAME.PRESENT) {
    const { handle, present } = readPresent(payload, null);
    subscriptions.give(handle, payload.length, (sink) => sink.present?.(present));
  }
}

/** @param asked the handle an answer must be about; null for a push @throws MALFORMED, TOO_LARGE */
function readPresent(payload: Bytes, asked: number | null): { readonly handle: number; readonly present: Present } {
  const { handle, whole, readers } = decode(PresentSchema, payload, 'presence');
  if (asked !== null && handle !== asked) throw new SottoError('MALFORMED', 'The relay answered for another handle.');
  const named = several(readers, MAX_PRESENT, 'presence').map(({ reader, online, lastSeen }) => ({
    reader: exact(reader, HASH_BYTES, 'presence'),
    online,
    lastSeen: safeNumber(lastSeen),
  }));
  return { handle, present: { whole, readers: named } };
}
