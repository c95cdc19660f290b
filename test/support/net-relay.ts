// A relay that does what a test's script says, honest where the script says nothing: for answers no honest relay gives.
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { type SigningKey, signingKey } from '../../core/base/ed25519.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { createNode, type Node } from '../../core/net/node.ts';
import { chainStart } from '../../core/wire/chain.ts';
import { envelopeId } from '../../core/wire/envelope.ts';
import { encodeFrame, FRAME, type Frame } from '../../core/wire/frame.ts';
import { DoneSchema, OpenedSchema, OpenLogSchema, SubscribedSchema, WelcomeSchema } from '../../core/wire/gen/relay_pb.ts';
import { signHead } from '../../core/wire/head.ts';
import { decodeAppend, encodeEntries, encodeStamped, type StampedRun } from '../../core/wire/hot.ts';
import { decode, encode } from '../../core/wire/proto.ts';
import { RELAY_PROTOCOL } from '../../core/wire/version.ts';

/** One request at the scripted relay. */
export interface Asked {
  readonly frame: Frame;
  readonly channel: FrameChannel;
  answer(type: number, payload: Bytes): void;
}

/** What the script answers, by request type; what it leaves out is answered honestly. */
export type Script = Readonly<Record<number, (asked: Asked) => void>>;

/** A scripted relay on loopback. */
export interface FakeRelay {
  readonly node: Node;
  readonly key: SigningKey;
  readonly address: string;
  /** Every frame that came, in order. */
  readonly heard: Frame[];
  /** How many reads brought them. */
  readonly reads: number;
  readonly channels: FrameChannel[];
  /** A head of the log, signed by this relay or by `key`. */
  head(log: Bytes, seq: number, key?: SigningKey): { log: Bytes; seq: bigint; chain: Bytes; time: bigint; signature: Bytes };
  /** Payload of ENTRIES: one entry for each envelope, with a head signed by this relay or by `key`. */
  entries(handle: number, log: Bytes, first: number, envelopes: readonly Bytes[], key?: SigningKey): Bytes;
  stop(): Promise<void>;
}

export async function fakeRelay(script: Script = {}): Promise<FakeRelay> {
  const key = signingKey();
  const node = await createNode({ key, listen: ['/ip4/127.0.0.1/tcp/0/ws'], server: true });
  const relay = new Scripted(node, key, script);
  await node.handle(RELAY_PROTOCOL, (channel) => relay.accept(channel));
  return relay;
}

class Scripted implements FakeRelay {
  readonly node: Node;
  readonly key: SigningKey;
  readonly heard: Frame[] = [];
  readonly channels: FrameChannel[] = [];
  reads = 0;
  readonly #script: Script;
  #handles = 0;

  constructor(node: Node, key: SigningKey, script: Script) {
    this.node = node;
    this.key = key;
    this.#script = script;
  }

  get address(): string {
    return this.node.addresses[0] ?? '';
  }

  accept(channel: FrameChannel): void {
    this.channels.push(channel);
    channel.onFrames((frames) => {
      this.reads += 1;
      for (const frame of frames) this.#take(channel, frame);
    });
  }

  head(log: Bytes, seq: number, key: SigningKey = this.key): ReturnType<FakeRelay['head']> {
    const chain = chainStart(log);
    return { log, seq: BigInt(seq), chain, time: 5n, signature: signHead(key, { log, seq, chain, time: 5 }) };
  }

  entries(handle: number, log: Bytes, first: number, envelopes: readonly Bytes[], key: SigningKey = this.key): Bytes {
    const seq = first + envelopes.length - 1;
    const chain = chainStart(log);
    const head = { seq, time: 5, chain, signature: signHead(key, { log, seq, chain, time: 5 }) };
    return encodeEntries({ handle, first, head, entries: envelopes.map((envelope) => ({ time: 5, envelope })) });
  }

  stop(): Promise<void> {
    return this.node.stop();
  }

  #take(channel: FrameChannel, frame: Frame): void {
    this.heard.push(frame);
    const answer = (type: number, payload: Bytes) => void channel.send([encodeFrame(type, frame.request, payload)]);
    const scripted = this.#script[frame.type];
    if (scripted !== undefined) scripted({ frame, channel, answer });
    else this.#honest(frame, answer);
  }

  #honest(frame: Frame, answer: (type: number, payload: Bytes) => void): void {
    if (frame.type === FRAME.HELLO) answer(FRAME.WELCOME, welcome());
    else if (frame.type === FRAME.OPEN_LOG) answer(FRAME.OPENED, this.#opened(frame.payload));
    else if (frame.type === FRAME.APPEND) answer(FRAME.STAMPED, stamped(frame.payload));
    else if (frame.type !== FRAME.ACK) answer(FRAME.DONE, encode(DoneSchema, {}));
  }

  #opened(payload: Bytes): Bytes {
    this.#handles += 1;
    return encode(OpenedSchema, { handle: this.#handles, log: decode(OpenLogSchema, payload, 'open').log, head: 0n });
  }
}

/** An honest welcome. */
export function welcome(minor = 0): Bytes {
  return encode(WelcomeSchema, { minor, incarnation: random(16), time: 1n, lifetime: 1_000n, window: 1_048_576, open: true });
}

/** Honest stamps for an append, or what `change` makes of them. */
export function stamped(payload: Bytes, change: (run: StampedRun) => StampedRun = (run) => run): Bytes {
  const { handle, envelopes } = decodeAppend(payload);
  const stamps = envelopes.map((envelope, at) => ({ seq: at + 1, time: 5, chain: new Uint8Array(32), id: envelopeId(envelope) }));
  return encodeStamped(change({ handle, retryAfter: 0, refusal: 0, stamps }));
}

/** An honest answer to a subscription of `log`. */
export function subscribed(relay: FakeRelay, log: Bytes, key?: SigningKey): Bytes {
  return encode(SubscribedSchema, { floor: 0n, floorChain: chainStart(log), head: relay.head(log, 0, key), cursor: 0n });
}
