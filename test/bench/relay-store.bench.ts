// Durable appends per second of the relay's store in this process, beside a bare LevelDB sync batch of the same records in the same run.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { type Bytes, writeU64 } from '../../core/base/bytes.ts';
import { systemClock } from '../../core/base/clock.ts';
import { LevelRelayStore } from '../../relay/store/level.ts';
import type { LogSpec, Submission } from '../../relay/store/store.ts';

const LOGS = 100;
const ENVELOPE_BYTES = 512;
/** Random bytes that envelopes and ids are cut from: incompressible, and cheap to make. */
const POOL = randomBytes(8 * 1_048_576);
/** What a head record of the store has, about. */
const HEAD_BYTES = 141;

/** One measured row: appends per second, and the store's share of the bare reference. */
export interface Row {
  readonly depth: number;
  readonly store: number;
  readonly bare: number;
  /** The reference with the store's own LevelDB options (no compression, larger write buffer). */
  readonly bareTuned: number;
  readonly share: number;
  readonly shareTuned: number;
  /** Processor time of one append over all threads, microseconds: steadier than rates on a busy machine. */
  readonly storeCpu: number;
  readonly bareCpu: number;
}

interface Measured {
  readonly rate: number;
  readonly cpu: number;
}

function cut(at: number, length: number): Bytes {
  const from = at % (POOL.length - length);
  return new Uint8Array(POOL.buffer as ArrayBuffer, POOL.byteOffset + from, length);
}

function fresh(length: number): Bytes {
  return new Uint8Array(randomBytes(length));
}

function spec(): LogSpec {
  return { id: fresh(32), nonce: fresh(16), read: fresh(32), append: fresh(32), manage: fresh(32) };
}

async function inFolder<T>(then: (location: string) => Promise<T>): Promise<T> {
  const location = await mkdtemp(join(tmpdir(), 'sotto-bench-'));
  try {
    return await then(location);
  } finally {
    await rm(location, { recursive: true, force: true });
  }
}

/** Begins to measure; the answer ends it. */
function watch(): (done: number) => Measured {
  const [start, before] = [performance.now(), process.cpuUsage()];
  return (done) => {
    const { user, system } = process.cpuUsage(before);
    return { rate: (done * 1_000) / (performance.now() - start), cpu: (user + system) / done };
  };
}

/** `depth` appends in flight at any time, each a run of one, spread over LOGS logs. */
async function measureStore(location: string, depth: number, ms: number): Promise<Measured> {
  const store = new LevelRelayStore({ location, clock: systemClock, quotaBytes: Number.MAX_SAFE_INTEGER });
  await store.open();
  const logs = Array.from({ length: LOGS }, spec);
  for (const log of logs) await store.createLog(log);
  const ids = randomBytes(32).readUInt32BE();
  let [next, done] = [0, 0];
  const end = performance.now() + ms;
  const submission = (): Submission => {
    const n = next++;
    const id = fresh32(ids, n);
    return { log: (logs[n % LOGS] as LogSpec).id, id, envelope: cut(n * 613, ENVELOPE_BYTES), manage: false, link: null };
  };
  const worker = async () => {
    while (performance.now() < end) {
      const { stamps } = await store.append([submission()]);
      done += stamps.length;
    }
  };
  const stop = watch();
  await Promise.all(Array.from({ length: depth }, worker));
  const measured = stop(done);
  await store.close();
  return measured;
}

/** An id that never comes twice: random bytes with a counter mixed in front. */
function fresh32(salt: number, n: number): Bytes {
  const id = new Uint8Array(cut(n * 31, 32));
  new DataView(id.buffer).setUint32(0, Math.imul(n, 2_654_435_761) ^ salt);
  new DataView(id.buffer).setUint32(4, n);
  return id;
}

/** The same three records for each append, `depth` appends to a batch, nothing looked up, hashed or checked. */
async function measureBare(location: string, depth: number, ms: number, options: object): Promise<Measured> {
  const level = new Level<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view', ...options });
  await level.open();
  const logs = Array.from({ length: LOGS }, () => ({ id: fresh(32), seq: 0 }));
  const salt = randomBytes(4).readUInt32BE();
  let done = 0;
  const stop = watch();
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const ops: { type: 'put'; key: Uint8Array; value: Uint8Array }[] = [];
    for (let at = 0; at < depth; at++) ops.push(...bareAppend(logs[(done + at) % LOGS] as { id: Bytes; seq: number }, salt, done + at));
    await level.batch(ops, { sync: true });
    done += depth;
  }
  const measured = stop(done);
  await level.close();
  return measured;
}

function bareAppend(log: { id: Bytes; seq: number }, salt: number, n: number): { type: 'put'; key: Uint8Array; value: Uint8Array }[] {
  log.seq++;
  const id = fresh32(salt, n);
  const entryKey = Buffer.allocUnsafe(41);
  entryKey[0] = 0x65;
  entryKey.set(log.id, 1);
  writeU64(new DataView(entryKey.buffer, entryKey.byteOffset), 33, log.seq);
  const entry = Buffer.allocUnsafe(72 + ENVELOPE_BYTES);
  entry.set(id, 40);
  entry.set(cut(n * 613, ENVELOPE_BYTES), 72);
  const idKey = Buffer.allocUnsafe(65);
  idKey[0] = 0x69;
  idKey.set(log.id, 1);
  idKey.set(id, 33);
  const headKey = Buffer.allocUnsafe(33);
  headKey[0] = 0x68;
  headKey.set(log.id, 1);
  return [
    { type: 'put', key: entryKey, value: entry },
    { type: 'put', key: idKey, value: entryKey.subarray(33) },
    { type: 'put', key: headKey, value: Buffer.from(cut(n * 17, HEAD_BYTES)) },
  ];
}

function middle(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Medians over `rounds` alternating rounds of `ms` each. */
export async function run(ms = 3_000, rounds = 3, depths: readonly number[] = [64, 512, 4_096]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const depth of depths) {
    const measured: { store: Measured[]; bare: Measured[]; tuned: Measured[] } = { store: [], bare: [], tuned: [] };
    for (let round = 0; round < rounds; round++) {
      measured.bare.push(await inFolder((location) => measureBare(location, depth, ms, {})));
      measured.store.push(await inFolder((location) => measureStore(location, depth, ms)));
      measured.tuned.push(
        await inFolder((location) => measureBare(location, depth, ms, { compression: false, writeBufferSize: 16_777_216 })),
      );
    }
    const rate = (all: readonly Measured[]) => Math.round(middle(all.map((one) => one.rate)));
    const cpu = (all: readonly Measured[]) => middle(all.map((one) => one.cpu));
    const [store, bare, bareTuned] = [rate(measured.store), rate(measured.bare), rate(measured.tuned)];
    const shares = { share: store / bare, shareTuned: store / bareTuned };
    rows.push({ depth, store, bare, bareTuned, ...shares, storeCpu: cpu(measured.store), bareCpu: cpu(measured.bare) });
  }
  return rows;
}

if (import.meta.main) {
  const [ms, rounds, ...depths] = process.argv.slice(2).map(Number);
  const rows = await run(ms, rounds, depths.length > 0 ? depths : undefined);
  console.table(
    rows.map(({ depth, store, bare, bareTuned, share, shareTuned, storeCpu, bareCpu }) => ({
      'in flight': depth,
      'store /s': store,
      'bare /s': bare,
      'of bare': `${Math.round(share * 100)} %`,
      'bare, same options /s': bareTuned,
      'of that': `${Math.round(shareTuned * 100)} %`,
      'store µs CPU': storeCpu.toFixed(1),
      'bare µs CPU': bareCpu.toFixed(1),
    })),
  );
}
