// The relay's stores, held to the one contract.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LevelRelayStore } from '../../relay/store/level.ts';
import { MemoryDisk } from '../../relay/store/memory.ts';
import type { LogSpec } from '../../relay/store/store.ts';
import { type Acknowledged, type Place, relayStoreContract } from './relay-store.ts';
import { relayStoreBlobsContract } from './relay-store-blobs.ts';

const WRITER = join(import.meta.dirname, '../support/relay-store-writer.ts');
/** Stamps after which the writers are killed, in the middle of whatever they do. */
const KILL_AFTER = 3_000;
const DEADLINE_MS = 20_000;

async function levelPlace(): Promise<Place> {
  const location = await mkdtemp(join(tmpdir(), 'sotto-relay-store-'));
  return {
    make: (terms) => new LevelRelayStore({ location, ...terms }),
    killed: (logs) => killWriter(location, logs),
    exclusive: true,
    remove: () => rm(location, { recursive: true, force: true }),
  };
}

/** LevelDB is one process: its writers are tasks of a child, which is killed with all four at work. */
async function killWriter(location: string, logs: readonly LogSpec[]): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [WRITER, location, String(logs.length)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [at, seq, time, chain, id] = line.split(' ');
    const log = logs[Number(at)];
    // The last line may have been cut off by the killing; an id has 64 digits.
    if (log !== undefined && chain !== undefined && id?.length === 64)
      acknowledged.push({ log, seq: Number(seq), time: Number(time), chain, id });
    if (acknowledged.length === KILL_AFTER) child.kill('SIGKILL');
  }
  await ended;
  clearTimeout(late);
  return acknowledged;
}

async function memoryPlace(): Promise<Place> {
  const disk = new MemoryDisk();
  return {
    make: (terms) => new LevelRelayStore({ location: '', disk, ...terms }),
    exclusive: true,
    remove: async () => undefined,
  };
}

relayStoreContract('a relay store on LevelDB', levelPlace, true);
relayStoreContract('a relay store in memory', memoryPlace, false);
relayStoreBlobsContract('blobs in a relay store on LevelDB', levelPlace);
relayStoreBlobsContract('blobs in a relay store in memory', memoryPlace);
