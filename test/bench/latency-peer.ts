// A peer process of row 3: Alice sends at an even pace, Bob notes when events come. Their clocks are one: the machine's monotonic one.
import { openPeer } from '../../core/index.ts';
import { tell, told, workerInput } from './processes.ts';

/** Who, and how many to send; 0: receives. */
export interface PeerInput {
  readonly home: string;
  readonly count: number;
  /** Messages per second. */
  readonly pace: number;
}

/** When each text was sent or came, ms of the machine's monotonic clock. */
export interface PeerOutput {
  readonly times: Readonly<Record<string, number>>;
  /** CPU of this process since it was ready, all threads, us. */
  readonly cpu: number;
}

/** Bob waits this long for the last one, ms. */
const PATIENCE_MS = 10_000;

const { home, count, pace } = workerInput<PeerInput>();
const peer = await openPeer({ home, passphrase: null, online: true });
await peer.api.sync({ timeoutMs: 10_000 });
const times: Record<string, number> = {};
let came = 0;
let arrived: () => void = () => undefined;
peer.api.onEvent((event) => {
  if (event.event !== 'message' || event.message.direction !== 'in') return;
  times[event.message.text ?? ''] = machineNow();
  came += 1;
  arrived();
});
const before = process.cpuUsage();
tell({ ready: true });
if (count > 0) await send();
else await receive();
const used = process.cpuUsage(before);
tell({ times, cpu: used.user + used.system } satisfies PeerOutput);

async function send(): Promise<void> {
  await told();
  const salt = Math.random().toString(36).slice(2, 8);
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + (n * 1_000) / pace - performance.now())));
    const text = `${salt} ${n}: a message of an ordinary length, as people write them.`;
    times[text] = machineNow();
    void peer.api.send({ who: 'Bob', text, id: null });
  }
  await peer.api.sync({ timeoutMs: PATIENCE_MS });
}

async function receive(): Promise<void> {
  const { until } = await told<{ readonly until: number }>();
  const deadline = performance.now() + PATIENCE_MS;
  while (came < until && performance.now() < deadline) {
    await new Promise<void>((resolve) => {
      arrived = resolve;
      setTimeout(resolve, PATIENCE_MS).unref();
    });
  }
}

function machineNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
