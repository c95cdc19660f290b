// Row 3: from Alice's call of send to Bob's event, both online, three fsyncs on the way; beside bare streams through a forwarder.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareBacklog } from './drain.ts';
import { figure, percentile, type Row, spread } from './figures.ts';
import type { EchoInput, EchoOutput, ForwarderReady } from './latency-echo.ts';
import type { PeerInput, PeerOutput } from './latency-peer.ts';
import { inFolder, startRelay, startWorker } from './processes.ts';

/** Messages per second. */
const PACE = 50;
/** The first messages, 5 s of them, are left out on both sides: processes that were just started run code that is not compiled yet. */
const WARM_UP = 5 * PACE;

interface Measured {
  readonly p50: number;
  readonly p99: number;
}

interface Sent extends Measured {
  /** CPU of Alice's and Bob's processes together per message, us. */
  readonly cpu: number;
}

/** The row. @param ms of one measurement @param pairs of one with the reference */
export function latency(ms: number, pairs: number): Promise<Row> {
  return inFolder(async (folder) => {
    const { port } = await prepareBacklog(folder, 0);
    const [ours, oneWay, roundTrip, syncs]: [Sent[], Measured[], Measured[], Measured[]] = [[], [], [], []];
    for (let pair = 0; pair < pairs; pair++) {
      ours.push(await throughPeers(folder, port, ms));
      syncs.push(await plainSyncs(folder));
      const bare = await throughStreams(ms / 2);
      oneWay.push(summary(bare.oneWay.slice(WARM_UP)));
      roundTrip.push(summary(bare.roundTrip.slice(WARM_UP)));
    }
    return row(ours, oneWay, roundTrip, syncs);
  });
}

function row(ours: readonly Sent[], oneWay: readonly Measured[], roundTrip: readonly Measured[], syncs: readonly Measured[]): Row {
  const p50 = (all: readonly Measured[]) => all.map((one) => one.p50);
  const p99 = (all: readonly Measured[]) => all.map((one) => one.p99);
  return {
    name: 'latency',
    title: "Alice's call of send to Bob's event, both online",
    conditions: `${PACE} messages/s, relay and both peers a process each, fsync at Alice, the relay and Bob, after 5 s of warm-up; reference: 1,100 bytes over bare libp2p streams through a forwarding process, same pace and warm-up`,
    figures: [
      figure('send to event, p50', 'ms', p50(ours)),
      figure('send to event, p99', 'ms', p99(ours)),
      figure('bare stream one way, p50', 'ms', p50(oneWay)),
      figure('bare stream one way, p99', 'ms', p99(oneWay)),
      figure('bare round trip, p50', 'ms', p50(roundTrip)),
      figure('bare round trip, p99', 'ms', p99(roundTrip)),
      figure('one fsync of 4 KiB, p50', 'ms', p50(syncs)),
      figure('one fsync of 4 KiB, p99', 'ms', p99(syncs)),
      figure(
        'CPU per message, both peers',
        'us',
        ours.map(({ cpu }) => cpu),
      ),
    ],
    targets: [
      { label: 'p50', unit: 'ms', value: spread(p50(ours)).median, better: 'less', must: 5, aim: 2.5 },
      { label: 'p99', unit: 'ms', value: spread(p99(ours)).median, better: 'less', must: 25, aim: 12 },
    ],
  };
}

async function throughPeers(folder: string, port: number, ms: number): Promise<Sent> {
  const relay = await startRelay(join(folder, 'relay'), port);
  const count = Math.round((ms * PACE) / 1_000);
  const start = (name: string, count: number) =>
    startWorker('latency-peer.ts', { home: join(folder, name), count, pace: PACE } satisfies PeerInput);
  const [alice, bob] = [start('alice', count), start('bob', 0)];
  try {
    await Promise.all([alice.next(), bob.next()]);
    alice.send({ go: true });
    const sent = await alice.next<PeerOutput>();
    bob.send({ until: Object.keys(sent.times).length });
    const received = await bob.next<PeerOutput>();
    const times = Object.entries(sent.times).map(([text, time]) => (received.times[text] ?? Number.NaN) - time);
    return { ...summary(times.slice(WARM_UP)), cpu: (sent.cpu + received.cpu) / count };
  } finally {
    await Promise.all([alice.stop(), bob.stop()]);
    await relay.stop();
  }
}

async function throughStreams(ms: number): Promise<EchoOutput> {
  const forwarder = startWorker('latency-echo.ts', { part: 'forwarder', address: '', count: 0, pace: PACE } satisfies EchoInput);
  const { address } = await forwarder.next<ForwarderReady>();
  const bob = startWorker('latency-echo.ts', { part: 'bob', address, count: 0, pace: PACE } satisfies EchoInput);
  await bob.next();
  const count = Math.round((ms * PACE) / 1_000);
  const alice = startWorker('latency-echo.ts', { part: 'alice', address, count, pace: PACE } satisfies EchoInput);
  try {
    return await alice.next<EchoOutput>();
  } finally {
    await Promise.all([alice.stop(), bob.stop()]);
    await forwarder.stop();
  }
}

/** What the disk alone takes, at the pace of the messages' commits. */
async function plainSyncs(folder: string): Promise<Measured> {
  const file = await open(join(folder, 'plain-syncs'), 'w');
  const times: number[] = [];
  for (let n = 0; n < 100; n++) {
    const start = performance.now();
    await file.write(new Uint8Array(4_096));
    await file.datasync();
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await file.close();
  return summary(times);
}

/** Of the later four fifths: code is compiled in the first one. */
function summary(times: readonly number[]): Measured {
  const sorted = times.toSorted((one, other) => one - other);
  if (sorted.some(Number.isNaN)) throw new Error('a message did not arrive');
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}
