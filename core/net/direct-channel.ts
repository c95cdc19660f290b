// Two peers without a relay, over one channel: both may ask, both answer. What the other side asks is handed to handlers, bounded.
import { type Bytes, hex } from '../base/bytes.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { envelopeId } from '../wire/envelope.ts';
import { FRAME, type Frame } from '../wire/frame.ts';
import { GetContactSchema, HelloSchema, OfferSchema, PutInboxSchema, PutSlotSchema } from '../wire/gen/direct_pb.ts';
import { CONNECT_DEADLINE_MS } from '../wire/limits.ts';
import { encode } from '../wire/proto.ts';
import { MINOR_MAX, MINOR_MIN } from '../wire/version.ts';
import { Asker } from './asker.ts';
import type { FrameChannel } from './channel.ts';
import { readContact, readDirectRefusal, readDirectWelcome, readTaken } from './direct-answers.ts';
import type { DirectAnswer, DirectCalls, DirectContact } from './direct-calls.ts';
import { DirectServer } from './direct-server.ts';

/** The other side of a direct connection. Its calls throw OFFLINE, TIMEOUT, MALFORMED, and REFUSED when there is no common version. */
export interface DirectPeer extends DirectCalls {
  /** PeerId text, proved by Noise. */
  readonly peerId: string;
  /** Resolves once the connection is gone, with the reason for a person; never rejects. */
  readonly closed: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the direct protocol on a channel, dialled or accepted. Each side says hello and is welcomed before its first call goes out.
 * @param handlers what this side answers; a throw is answered as STORE and closes nothing
 */
export function openDirect(channel: FrameChannel, handlers: DirectCalls, clock: Clock = systemClock): DirectPeer {
  return new DirectConnection(channel, handlers, clock);
}

class DirectConnection implements DirectPeer {
  readonly peerId: string;
  readonly closed: Promise<string>;
  readonly #channel: FrameChannel;
  readonly #asker: Asker;
  readonly #welcomed: Promise<void>;

  constructor(channel: FrameChannel, handlers: DirectCalls, clock: Clock) {
    this.peerId = channel.remotePeer;
    this.closed = channel.closed;
    this.#channel = channel;
    const server = new DirectServer(handlers, (frame) => this.#asker.guarded(() => this.#asker.writer.write(frame)));
    this.#asker = new Asker(channel, clock, { other: (frame) => server.serve(frame), ended: () => undefined });
    this.#welcomed = this.#hello();
    this.#welcomed.catch((error) => void channel.close(error instanceof Error ? error.message : 'The peer did not welcome us.'));
  }

  close(): Promise<void> {
    return this.#channel.close('The connection was closed here.');
  }

  getContact(link: Bytes): Promise<DirectAnswer<DirectContact>> {
    return this.#ask(FRAME.GET_CONTACT, FRAME.CONTACT, encode(GetContactSchema, { link }), readContact);
  }

  putInbox(link: Bytes, envelope: Bytes): Promise<DirectAnswer<void>> {
    return this.#ask(FRAME.PUT_INBOX, FRAME.DONE, encode(PutInboxSchema, { link, envelope }), () => undefined);
  }

  offer(conversation: Bytes, envelopes: readonly Bytes[]): Promise<DirectAnswer<readonly Bytes[]>> {
    const payload = encode(OfferSchema, { conversation, envelopes: [...envelopes] });
    return this.#ask(FRAME.OFFER, FRAME.TAKEN, payload, (answer) => knownIds(readTaken(answer), envelopes));
  }

  putSlot(conversation: Bytes, value: Bytes): Promise<DirectAnswer<void>> {
    return this.#ask(FRAME.PUT_SLOT, FRAME.DONE, encode(PutSlotSchema, { conversation, value }), () => undefined);
  }

  async #hello(): Promise<void> {
    const hello = encode(HelloSchema, { minorMin: MINOR_MIN, minorMax: MINOR_MAX });
    const read = answerOf(readDirectWelcome);
    const answer = await this.#asker.ask(FRAME.HELLO, FRAME.WELCOME, hello, read, CONNECT_DEADLINE_MS);
    if (!answer.ok) throw new SottoError('REFUSED', `The peer refused the connection (${answer.refusal.name}).`);
  }

  async #ask<T>(type: number, expected: number, payload: Bytes, read: (payload: Bytes) => T): Promise<DirectAnswer<T>> {
    await this.#welcomed;
    return this.#asker.ask(type, expected, payload, answerOf(read));
  }
}

function answerOf<T>(read: (payload: Bytes) => T): (frame: Frame) => DirectAnswer<T> {
  return (frame) =>
    frame.type === FRAME.REFUSED ? { ok: false, refusal: readDirectRefusal(frame.payload) } : { ok: true, value: read(frame.payload) };
}

function knownIds(ids: readonly Bytes[], envelopes: readonly Bytes[]): readonly Bytes[] {
  const offered = new Set(envelopes.map((envelope) => hex(envelopeId(envelope))));
  if (!ids.every((id) => offered.has(hex(id)))) throw new SottoError('MALFORMED', 'The peer took envelopes that were not offered.');
  return ids;
}
