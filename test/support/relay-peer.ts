// A peer that speaks the relay protocol frame by frame, honest or not, over any channel end that a test gives it.
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Bytes } from '../../core/base/bytes.ts';
import { random } from '../../core/base/clock.ts';
import { type Capabilities, capabilityHash, logId } from '../../core/wire/capability.ts';
import { type RefusalName, refusalName } from '../../core/wire/codes.ts';
import { FRAME, type Frame } from '../../core/wire/frame.ts';
import {
  CreateLogSchema,
  HelloSchema,
  OpenedSchema,
  OpenLogSchema,
  RefusedSchema,
  RegisterSchema,
  SubscribeSchema,
} from '../../core/wire/gen/relay_pb.ts';
import { decodeEntries, decodeStamped, type EntriesRun, encodeAck, encodeAppend, type StampedRun } from '../../core/wire/hot.ts';
import { decode, encode } from '../../core/wire/proto.ts';

const DEADLINE_MS = 10_000;

/** How a peer's frames get to the relay. */
export interface Wire {
  send(frames: readonly Frame[]): void;
  onFrames(handler: (frames: readonly Frame[]) => void): void;
}

/** A log as its creator knows it. */
export interface TestLog {
  readonly id: Bytes;
  readonly nonce: Bytes;
  readonly capabilities: Capabilities;
}

/** Fresh random capabilities, and the log id they give. */
export function testLog(): TestLog {
  const nonce = random(16);
  const capabilities = { read: random(32), append: random(32), manage: random(32) };
  const { read, append, manage } = capabilities;
  const id = logId(nonce, { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) });
  return { id, nonce, capabilities };
}

/** Speaks frames, keeps pushes, waits for answers. */
export class TestPeer {
  readonly pushes: Frame[] = [];
  readonly #wire: Wire;
  readonly #answers = new Map<number, (frame: Frame) => void>();
  readonly #changed = new Set<() => void>();
  #request = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.onFrames((frames) => {
      for (const frame of frames) this.#take(frame);
    });
  }

  /** Sends frames in one write; the answers in the order asked. */
  askAll(requests: readonly { readonly type: number; readonly payload: Bytes }[]): Promise<Frame[]> {
    const frames = requests.map(({ type, payload }) => ({ type, request: ++this.#request, payload }));
    const answers = frames.map(({ request }) => inTime(new Promise<Frame>((resolve) => this.#answers.set(request, resolve))));
    this.#wire.send(frames);
    return Promise.all(answers);
  }

  async ask(type: number, payload: Bytes = new Uint8Array(0)): Promise<Frame> {
    const [answer] = await this.askAll([{ type, payload }]);
    return answer as Frame;
  }

  /** Asks in protobuf. */
  say<Desc extends DescMessage>(type: number, schema: Desc, init: MessageInitShape<Desc>): Promise<Frame> {
    return this.ask(type, encode(schema, init));
  }

  /** Asks and reads the answer; a refusal throws its name. */
  async get<Asked extends DescMessage, Answered extends DescMessage>(
    type: number,
    asked: Asked,
    init: MessageInitShape<Asked>,
    answered: Answered,
  ): Promise<MessageShape<Answered>> {
    const frame = await this.say(type, asked, init);
    if (frame.type === FRAME.REFUSED) throw new Error(refusalIn(frame) ?? 'REFUSED');
    return decode(answered, frame.payload, 'answer');
  }

  hello(): Promise<Frame> {
    return this.say(FRAME.HELLO, HelloSchema, { minorMin: 0, minorMax: 0 });
  }

  /** Hello and register, as every device does. */
  async greet(token: Bytes = new Uint8Array(0)): Promise<void> {
    await this.hello();
    await this.say(FRAME.REGISTER, RegisterSchema, { registration: random(32), token });
  }

  async createLog(log: TestLog): Promise<Frame> {
    const { read, append, manage } = log.capabilities;
    return this.say(FRAME.CREATE_LOG, CreateLogSchema, {
      nonce: log.nonce,
      readHash: capabilityHash(read),
      appendHash: capabilityHash(append),
      manageHash: capabilityHash(manage),
    });
  }

  /** Opens with all capabilities unless fewer are named; the handle. */
  async open(log: TestLog, rights: Partial<Capabilities> = log.capabilities): Promise<number> {
    const opened = await this.get(FRAME.OPEN_LOG, OpenLogSchema, { log: log.id, ...rights }, OpenedSchema);
    return opened.handle;
  }

  subscribe(handle: number, reader: Bytes, after: number, chain: Bytes): Promise<Frame> {
    return this.say(FRAME.SUBSCRIBE, SubscribeSchema, { handle, reader, after: BigInt(after), chain });
  }

  async append(handle: number, ...envelopes: Bytes[]): Promise<StampedRun> {
    return decodeStamped((await this.ask(FRAME.APPEND, encodeAppend({ handle, envelopes }))).payload);
  }

  /** Several append frames in one write. */
  async appendAll(handle: number, runs: readonly (readonly Bytes[])[]): Promise<StampedRun[]> {
    const answers = await this.askAll(runs.map((envelopes) => ({ type: FRAME.APPEND, payload: encodeAppend({ handle, envelopes }) })));
    return answers.map(({ payload }) => decodeStamped(payload));
  }

  ack(handle: number, seq: number): void {
    this.#wire.send([{ type: FRAME.ACK, request: 0, payload: encodeAck({ handle, seq }) }]);
  }

  /** Runs of entries pushed so far. */
  get runs(): EntriesRun[] {
    return this.pushes.filter(({ type }) => type === FRAME.ENTRIES).map(({ payload }) => decodeEntries(payload));
  }

  /** Numbers of all entries pushed so far, in the order they came. */
  get numbers(): number[] {
    return this.runs.flatMap(({ first, entries }) => entries.map((_, at) => first + at));
  }

  /** Resolves once `holds` is true of what was pushed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#changed.add(resolve);
      await inTime(promise);
      this.#changed.delete(resolve);
    }
  }

  #take(frame: Frame): void {
    const waiting = frame.request === 0 ? undefined : this.#answers.get(frame.request);
    if (waiting === undefined) this.pushes.push(frame);
    else waiting(frame);
    this.#answers.delete(frame.request);
    for (const changed of this.#changed) changed();
  }
}

/** The name of a refusal, or null when it is none. */
export function refusalIn(frame: Frame): RefusalName | null {
  return frame.type === FRAME.REFUSED ? refusalName(decode(RefusedSchema, frame.payload, 'refusal').code) : null;
}

/** All of a refusal. @throws when it is none */
export function refusedIn(frame: Frame): { readonly name: RefusalName; readonly detail: string; readonly retryAfter: number } {
  if (frame.type !== FRAME.REFUSED) throw new Error(`The answer is no refusal but of type ${frame.type}.`);
  const { code, detail, retryAfter } = decode(RefusedSchema, frame.payload, 'refusal');
  return { name: refusalName(code), detail, retryAfter: Number(retryAfter) };
}

/** The promise, or a fault after a deadline: no test waits for ever. */
export function inTime<T>(promise: Promise<T>, ms = DEADLINE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Nothing came within ${ms} ms.`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
