// The answering side of the direct protocol: reads requests, hands them to handlers in their order, and keeps to what may be in flight.
import type { Bytes } from '../base/bytes.ts';
import { isSottoError } from '../base/errors.ts';
import { REFUSAL, type RefusalName } from '../wire/codes.ts';
import { encodeFrame, FRAME, type Frame } from '../wire/frame.ts';
import { ContactSchema, HelloSchema, RefusedSchema, TakenSchema, WelcomeSchema } from '../wire/gen/direct_pb.ts';
import { PreKeyBundleSchema } from '../wire/gen/relay_pb.ts';
import { MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES } from '../wire/limits.ts';
import { decode, encode } from '../wire/proto.ts';
import { commonMinor } from '../wire/version.ts';
import { readGetContact, readOffer, readPutInbox, readPutSlot } from './direct-answers.ts';
import type { DirectAnswer, DirectCalls } from './direct-calls.ts';

/** Answers the requests of one connection. */
export class DirectServer {
  readonly #handlers: DirectCalls;
  readonly #write: (frame: Bytes) => void;
  #greeted = false;
  #serving = 0;
  #servingBytes = 0;

  /** @param write sends an answer; it must not throw */
  constructor(handlers: DirectCalls, write: (frame: Bytes) => void) {
    this.#handlers = handlers;
    this.#write = write;
  }

  /** Takes one request; the answer follows when the handler is done. */
  serve(frame: Frame): void {
    if (frame.request === 0) return; // a push of a newer minor version
    const bytes = frame.payload.length;
    const tooMany = this.#serving >= MAX_IN_FLIGHT || (this.#serving > 0 && this.#servingBytes + bytes > MAX_IN_FLIGHT_BYTES);
    if (tooMany) {
      this.#reply(frame, refused('BUSY', 'Too many requests at a time.'));
      return;
    }
    this.#serving += 1;
    this.#servingBytes += bytes;
    void this.#handled(frame).then((reply) => {
      this.#serving -= 1;
      this.#servingBytes -= bytes;
      this.#reply(frame, reply);
    });
  }

  async #handled(frame: Frame): Promise<Reply> {
    try {
      return await this.#handle(frame);
    } catch (error) {
      if (isSottoError(error, 'MALFORMED')) return refused('MALFORMED', error.message);
      return isSottoError(error, 'TOO_LARGE')
        ? refused('TOO_LARGE', error.message)
        : refused('STORE', 'It could not be kept; try again later.');
    }
  }

  #handle(frame: Frame): Reply | Promise<Reply> {
    if (frame.type === FRAME.HELLO) return this.#welcome(frame.payload);
    if (!this.#greeted) return refused('MALFORMED', 'The first request must be a hello.');
    switch (frame.type) {
      case FRAME.PING:
        return DONE;
      case FRAME.GET_CONTACT:
        return this.#getContact(readGetContact(frame.payload));
      case FRAME.PUT_INBOX:
        return this.#putInbox(readPutInbox(frame.payload));
      case FRAME.OFFER:
        return this.#offer(readOffer(frame.payload));
      case FRAME.PUT_SLOT:
        return this.#putSlot(readPutSlot(frame.payload));
      default:
        return refused('UNSUPPORTED', 'This version does not know the request.');
    }
  }

  #welcome(payload: Bytes): Reply {
    const hello = decode(HelloSchema, payload, 'hello');
    const minor = commonMinor(hello.minorMin, hello.minorMax);
    if (minor === null) return refused('UNSUPPORTED', 'There is no version that both sides know.');
    this.#greeted = true;
    return { type: FRAME.WELCOME, payload: encode(WelcomeSchema, { minor }) };
  }

  async #getContact(link: Bytes): Promise<Reply> {
    const answer = await this.#handlers.getContact(link);
    if (!answer.ok) return refused(answer.refusal.name, answer.refusal.detail);
    const bundles = answer.value.bundles.map((bundle) => encode(PreKeyBundleSchema, bundle));
    return { type: FRAME.CONTACT, payload: encode(ContactSchema, { sealedManifest: answer.value.sealedManifest, bundles }) };
  }

  async #putInbox(put: { readonly link: Bytes; readonly envelope: Bytes }): Promise<Reply> {
    return doneOr(await this.#handlers.putInbox(put.link, put.envelope));
  }

  async #offer(offer: { readonly conversation: Bytes; readonly envelopes: readonly Bytes[] }): Promise<Reply> {
    const answer = await this.#handlers.offer(offer.conversation, offer.envelopes);
    if (!answer.ok) return refused(answer.refusal.name, answer.refusal.detail);
    return { type: FRAME.TAKEN, payload: encode(TakenSchema, { ids: [...answer.value] }) };
  }

  async #putSlot(put: { readonly conversation: Bytes; readonly value: Bytes }): Promise<Reply> {
    return doneOr(await this.#handlers.putSlot(put.conversation, put.value));
  }

  #reply(frame: Frame, reply: Reply): void {
    this.#write(encodeFrame(reply.type, frame.request, reply.payload));
  }
}

interface Reply {
  readonly type: number;
  readonly payload: Bytes;
}

const DONE: Reply = { type: FRAME.DONE, payload: new Uint8Array(0) };

function refused(name: RefusalName, detail: string): Reply {
  return { type: FRAME.REFUSED, payload: encode(RefusedSchema, { code: REFUSAL[name], detail }) };
}

function doneOr(answer: DirectAnswer<void>): Reply {
  return answer.ok ? DONE : refused(answer.refusal.name, answer.refusal.detail);
}
