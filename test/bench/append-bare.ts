// The reference of row 1: `level` alone, synced batches of what an append writes (entry, id, head), the chain computed, nothing else.
import { createHash, randomBytes } from 'node:crypto';
import { Level } from 'level';
import { tell, workerInput } from './processes.ts';

/** What it measures. */
export interface BareInput {
  readonly folder: string;
  readonly logs: number;
  /** Appends that wait for the disk at a time: two batches, so that one is made while another is written, or one if they do not fit. */
  readonly inFlight: number;
  readonly batch: number;
  readonly ms: number;
}

/** What came of it. */
export interface BareOutput {
  readonly rate: number;
  /** CPU per append, all threads, us. */
  readonly cpu: number;
}

interface Log {
  readonly id: Buffer;
  seq: number;
  chain: Buffer;
}

type Put = { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer };

const ENVELOPE_BYTES = 512;
const HEAD_BYTES = 141;
const POOL = randomBytes(4 * 1_048_576);

const { folder, logs: count, inFlight, batch, ms } = workerInput<BareInput>();
const level = new Level<Buffer, Buffer>(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
await level.open();
const logs: Log[] = Array.from({ length: count }, () => ({ id: randomBytes(32), seq: 0, chain: randomBytes(32) }));
let next = 0;
await append(performance.now() + ms / 4);
const cpu = process.cpuUsage();
const start = performance.now();
const done = await append(start + ms);
const used = process.cpuUsage(cpu);
tell({ rate: (done * 1_000) / (performance.now() - start), cpu: (used.user + used.system) / done } satisfies BareOutput);
await level.close();

/** Keeps `inFlight` appends waiting until then; answers how many are on the disk. */
async function append(end: number): Promise<number> {
  let done = 0;
  const writer = async () => {
    while (performance.now() < end) {
      const puts: Put[] = [];
      for (let at = 0; at < batch; at++) puts.push(...recordsOf(logs[next % count] as Log, next++));
      await level.batch(puts, { sync: true });
      done += batch;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(inFlight / batch)) }, writer));
  return done;
}

function recordsOf(log: Log, n: number): Put[] {
  log.seq += 1;
  const id = Buffer.from(POOL.subarray((n * 31) % (POOL.length - 64), ((n * 31) % (POOL.length - 64)) + 32));
  id.writeUInt32BE(n);
  const stamp = Buffer.alloc(16);
  stamp.writeBigUInt64BE(BigInt(log.seq));
  stamp.writeBigUInt64BE(BigInt(Date.now()), 8);
  log.chain = createHash('sha256').update(log.chain).update(stamp).update(id).digest();
  const at = (n * 613) % (POOL.length - ENVELOPE_BYTES);
  const number = stamp.subarray(0, 8);
  const entry = Buffer.concat([stamp.subarray(8), log.chain, id, POOL.subarray(at, at + ENVELOPE_BYTES)]);
  const head = Buffer.alloc(HEAD_BYTES);
  stamp.copy(head, 1);
  log.chain.copy(head, 17);
  return [
    { type: 'put', key: Buffer.concat([Buffer.from('e'), log.id, number]), value: entry },
    { type: 'put', key: Buffer.concat([Buffer.from('i'), log.id, id]), value: number },
    { type: 'put', key: Buffer.concat([Buffer.from('h'), log.id]), value: head },
  ];
}
