// A blob up and down, beside as many bytes over a bare libp2p stream in the same run: sealed, hashed on both sides, fsynced; and what it costs the relay.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { figure, type Row, ratios, spread } from './figures.ts';
import { ask, cpuOf, inFolder, startRelay, startWorker } from './processes.ts';

const MIB = 1_048_576;
/** Bytes of one send of the bare stream: the fastest of 16, 64, 128 and 256 KiB here. */
const BARE_PIECE = 65_536;
/** Between two looks at the relay's memory, ms. */
const LOOK_MS = 50;

interface Run {
  readonly bare: number;
  readonly seal: number;
  readonly put: number;
  readonly get: number;
  /** CPU-seconds of the relay for each GiB. */
  readonly putCpu: number;
  readonly getCpu: number;
  readonly growth: number;
}

/** @param mib size of the file @param runs each with its own bare stream */
export async function blobs(mib: number, runs: number): Promise<Row> {
  const all: Run[] = [];
  for (let at = 0; at < runs; at += 1) all.push(await inFolder((folder) => onePair(folder, mib)));
  const of = (name: keyof Run) => all.map((run) => run[name]);
  const [putRatio, getRatio] = [ratios(of('put'), of('bare')), ratios(of('get'), of('bare'))];
  return {
    name: 'blobs',
    title: 'a blob up and down beside a bare libp2p stream',
    conditions: `one file of ${mib} MiB; relay, client and bare pair in processes of their own, WebSocket and Noise on loopback, fsync before DONE`,
    figures: [
      figure('bare stream', 'MiB/s', of('bare')),
      figure('sealing once, to know the address', 'MiB/s', of('seal')),
      figure('put', 'MiB/s', of('put')),
      figure('put over bare', 'x', putRatio),
      figure('get, opened and checked', 'MiB/s', of('get')),
      figure('get over bare', 'x', getRatio),
      figure('relay CPU of a put', 's/GiB', of('putCpu')),
      figure('relay CPU of a get', 's/GiB', of('getCpu')),
      figure('relay memory above idle, most', 'MiB', of('growth')),
    ],
    targets: [
      { label: 'put', unit: 'MiB/s', value: spread(of('put')).median, better: 'more', must: 100, aim: 100 },
      { label: 'get', unit: 'MiB/s', value: spread(of('get')).median, better: 'more', must: 100, aim: 100 },
      { label: 'put over bare', unit: 'x', value: spread(putRatio).median, better: 'more', must: 0.6, aim: 0.6 },
      { label: 'get over bare', unit: 'x', value: spread(getRatio).median, better: 'more', must: 0.6, aim: 0.6 },
    ],
  };
}

async function onePair(folder: string, mib: number): Promise<Run> {
  const path = join(folder, 'file');
  await makeFile(path, mib);
  const { seconds } = await ask<{ readonly seconds: number }>('./blobs-bare.ts', { bytes: mib * MIB, piece: BARE_PIECE });
  const relay = await startRelay(join(folder, 'relay'));
  const client = startWorker('./blobs-client.ts', { address: relay.address, path });
  const memory = watchMemory(relay.pid);
  try {
    const { seal } = await client.next<{ readonly seal: number }>();
    memory.begin();
    const step = async (name: 'put' | 'get') => {
      const before = (await cpuOf(relay.pid)) ?? 0;
      client.send({});
      const said = await client.next<Readonly<Record<'put' | 'get', number>>>();
      return { rate: mib / said[name], cpu: (((await cpuOf(relay.pid)) ?? 0) - before) / 1e6 / (mib / 1_024) };
    };
    const put = await step('put');
    const get = await step('get');
    return { bare: mib / seconds, seal: mib / seal, put: put.rate, get: get.rate, putCpu: put.cpu, getCpu: get.cpu, growth: memory.end() };
  } finally {
    memory.end();
    await client.stop();
    await relay.stop();
  }
}

/** Random bytes, the same block again and again: nothing on the way compresses. */
async function makeFile(path: string, mib: number): Promise<void> {
  const block = randomBytes(MIB);
  const file = createWriteStream(path);
  for (let at = 0; at < mib; at += 1) if (!file.write(block)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}

/** The most memory a process has above what it had at `begin`, MiB. */
function watchMemory(pid: number): { begin(): void; end(): number } {
  let [first, most] = [0, 0];
  let began = false;
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const now = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
    if (now === 0 || !began) return;
    if (first === 0) first = now;
    most = Math.max(most, now - first);
  }, LOOK_MS);
  return {
    begin: () => {
      began = true;
    },
    end: () => {
      clearInterval(timer);
      return most;
    },
  };
}
