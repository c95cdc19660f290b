// Row 1: durable appends through the real relay, beside a bare LevelDB that writes the same records in synced batches.

import { hex } from '../../core/base/bytes.ts';
import { random, systemClock } from '../../core/base/clock.ts';
import { signingKey } from '../../core/base/ed25519.ts';
import { createNode } from '../../core/net/node.ts';
import { connectRelay } from '../../core/net/relay-client.ts';
import { capabilityHash, logId } from '../../core/wire/capability.ts';
import type { BareInput, BareOutput } from './append-bare.ts';
import type { AppendInput, AppendOutput, AppendWindow } from './append-client.ts';
import { figure, type Row, ratios, spread } from './figures.ts';
import { ask, cpuOf, inFolder, startRelay, startWorker } from './processes.ts';

const CONNECTIONS = 100;
const PROCESSES = 4;
/** Envelopes of one append frame, and of all frames of a connection that wait for their stamps. */
const RUN = 32;
const DEPTH = 64;
const SHARED_LOGS = 50;
/** Appends of one bare batch: beyond some hundreds a larger one gains nothing (facts: relay-store, part 4). */
const BARE_BATCH = 512;

interface Measured {
  readonly rate: number;
  /** CPU of the relay per append, us. */
  readonly cpu: number;
  /** The same of all client processes together. */
  readonly clients: number;
}

/** The row. @param ms of one measurement @param pairs of one with the reference */
export async function relayAppends(ms: number, pairs: number): Promise<Row> {
  const [own, shared, bare]: [Measured[], Measured[], BareOutput[]] = [[], [], []];
  for (let pair = 0; pair < pairs; pair++) {
    own.push(await throughRelay(CONNECTIONS, ms));
    bare.push(await bareBatches(ms));
    shared.push(await throughRelay(SHARED_LOGS, ms));
  }
  const rates = (all: readonly { readonly rate: number }[]) => all.map(({ rate }) => rate);
  const ratio = ratios(rates(own), rates(bare)).map((share) => share * 100);
  return {
    name: 'relay',
    title: 'durable appends of 512 opaque bytes, fsync before the stamp',
    conditions: `${CONNECTIONS} connections from ${PROCESSES} client processes, ${DEPTH} envelopes in flight on each in frames of ${RUN}; reference: one process, level, synced batches, the same ${CONNECTIONS * DEPTH} in flight`,
    figures: [
      figure('relay, a log per connection', '/s', rates(own)),
      figure(`relay, ${SHARED_LOGS} shared logs`, '/s', rates(shared)),
      figure('bare level', '/s', rates(bare)),
      figure('relay of bare', '%', ratio),
      figure(
        'relay of bare, shared logs',
        '%',
        ratios(rates(shared), rates(bare)).map((share) => share * 100),
      ),
      figure(
        'CPU per append, relay',
        'us',
        own.map(({ cpu }) => cpu),
      ),
      figure(
        'CPU per append, clients',
        'us',
        own.map(({ clients }) => clients),
      ),
      figure(
        'CPU per append, bare level',
        'us',
        bare.map(({ cpu }) => cpu),
      ),
    ],
    targets: [
      { label: 'of bare', unit: '%', value: spread(ratio).median, better: 'more', must: 60, aim: 80 },
      { label: 'rate', unit: '/s', value: spread(rates(own)).median, better: 'more', aim: 15_000 },
    ],
  };
}

function bareBatches(ms: number): Promise<BareOutput> {
  return inFolder((folder) =>
    ask<BareOutput>('append-bare.ts', {
      folder,
      logs: CONNECTIONS,
      inFlight: CONNECTIONS * DEPTH,
      batch: BARE_BATCH,
      ms,
    } satisfies BareInput),
  );
}

function throughRelay(logs: number, ms: number): Promise<Measured> {
  return inFolder(async (folder) => {
    const relay = await startRelay(folder);
    const made = await makeLogs(relay.address, logs);
    const each = CONNECTIONS / PROCESSES;
    const clients = Array.from({ length: PROCESSES }, (_, process) => {
      const theirs = Array.from({ length: each }, (_, at) => made[(process * each + at) % made.length] ?? { log: '', append: '' });
      return startWorker('append-client.ts', { address: relay.address, logs: theirs, run: RUN, depth: DEPTH } satisfies AppendInput);
    });
    try {
      await Promise.all(clients.map((client) => client.next()));
      const from = Date.now() + ms / 4;
      for (const client of clients) client.send({ from, to: from + ms } satisfies AppendWindow);
      await until(from);
      const pids = clients.map(({ pid }) => pid);
      const before = [await cpuOfAll([relay.pid]), await cpuOfAll(pids)] as const;
      await until(from + ms);
      const after = [await cpuOfAll([relay.pid]), await cpuOfAll(pids)] as const;
      const stamped = (await Promise.all(clients.map((client) => client.next<AppendOutput>()))).reduce((sum, one) => sum + one.stamped, 0);
      return { rate: (stamped * 1_000) / ms, cpu: (after[0] - before[0]) / stamped, clients: (after[1] - before[1]) / stamped };
    } finally {
      await Promise.all(clients.map((client) => client.stop()));
      await relay.stop();
    }
  });
}

async function makeLogs(address: string, count: number): Promise<{ log: string; append: string }[]> {
  const node = await createNode({ key: signingKey(), listen: [] });
  const connection = await connectRelay(node, address, { clock: systemClock });
  await connection.register(random(32), new Uint8Array(0));
  const logs: { log: string; append: string }[] = [];
  for (let at = 0; at < count; at++) {
    const nonce = random(16);
    const [read, append, manage] = [random(32), random(32), random(32)];
    const hashes = { read: capabilityHash(read), append: capabilityHash(append), manage: capabilityHash(manage) };
    const made = await connection.createLog(nonce, hashes);
    if (!made.ok) throw new Error(`no log was made: ${made.refusal.name}`);
    logs.push({ log: hex(logId(nonce, hashes)), append: hex(append) });
  }
  await connection.close();
  await node.stop();
  return logs;
}

async function cpuOfAll(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(pids.map(cpuOf));
  return used.reduce<number>((sum, one) => sum + (one ?? Number.NaN), 0);
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time - Date.now()));
}
