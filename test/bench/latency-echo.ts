// The reference of row 3: bare streams Alice -> forwarder -> Bob and back, one libp2p stream each, nothing stored or encrypted above Noise.
import { signingKey } from '../../core/base/ed25519.ts';
import type { FrameChannel } from '../../core/net/channel.ts';
import { createNode } from '../../core/net/node.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import { tell, workerInput } from './processes.ts';

/** Which of the three processes this is. */
export interface EchoInput {
  readonly part: 'forwarder' | 'alice' | 'bob';
  readonly address: string;
  readonly count: number;
  /** Messages per second. */
  readonly pace: number;
}

/** Where the forwarder listens. */
export interface ForwarderReady {
  readonly address: string;
}

/** ms of each message, as Alice and Bob measured them. */
export interface EchoOutput {
  readonly oneWay: readonly number[];
  readonly roundTrip: readonly number[];
}

const PROTOCOL = '/sotto-bench/1';
const TYPE = 0x20;
/** An ordinary entry with what the relay adds. */
const PAYLOAD_BYTES = 1_100;

const { part, address, count, pace } = workerInput<EchoInput>();
if (part === 'forwarder') await forward();
else if (part === 'bob') await echo();
else await measure();

/** Gives what one of the first two channels says to the other. */
async function forward(): Promise<void> {
  const node = await createNode({ key: signingKey(), listen: ['/ip4/127.0.0.1/tcp/0/ws'], server: true });
  const channels: FrameChannel[] = [];
  await node.handle(PROTOCOL, (channel) => {
    const at = channels.push(channel) - 1;
    channel.onFrames((frames) => channels[1 - at]?.send(frames.map(({ type, request, payload }) => encodeFrame(type, request, payload))));
  });
  tell({
    address: node.addresses.map((one) => (one.includes('/p2p/') ? one : `${one}/p2p/${node.peerId}`))[0] ?? '',
  } satisfies ForwarderReady);
}

/** Answers each frame with when it came. */
async function echo(): Promise<void> {
  const channel = await dial();
  channel.onFrames((frames) => {
    const now = machineNow();
    const answers = frames.map(({ type, request, payload }) => {
      const answer = payload.slice();
      new DataView(answer.buffer).setFloat64(8, now);
      return encodeFrame(type, request, answer);
    });
    channel.send(answers);
  });
  tell({ ready: true });
}

async function measure(): Promise<void> {
  const channel = await dial();
  const [oneWay, roundTrip]: [number[], number[]] = [[], []];
  const all = Promise.withResolvers<void>();
  channel.onFrames((frames) => {
    const now = machineNow();
    for (const { payload } of frames) {
      const view = new DataView(payload.buffer, payload.byteOffset);
      oneWay.push(view.getFloat64(8) - view.getFloat64(0));
      if (roundTrip.push(now - view.getFloat64(0)) === count) all.resolve();
    }
  });
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + (n * 1_000) / pace - performance.now())));
    const payload = new Uint8Array(PAYLOAD_BYTES);
    new DataView(payload.buffer).setFloat64(0, machineNow());
    channel.send([encodeFrame(TYPE, n + 1, payload)]);
  }
  await all.promise;
  tell({ oneWay, roundTrip } satisfies EchoOutput);
}

async function dial(): Promise<FrameChannel> {
  const node = await createNode({ key: signingKey(), listen: [] });
  return node.dial(address, PROTOCOL, AbortSignal.timeout(10_000));
}

function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
