// The homes of the rows of the window: Alice's, and Bob's with 2,000 conversations and a million messages. Making them takes minutes, so they
// are kept beside the temporary files, under a hash of what made them; every run works on a copy.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrepareInput, PrepareOutput } from './prepare.ts';
import { ask, portOf, type RelayProcess, startRelay } from './processes.ts';
import type { SeedInput } from './window-seed.ts';
import type { SettleInput } from './window-settle.ts';

/** How big Bob's home is. */
export type Size = Omit<SeedInput, 'home'>;

/** What the issue speaks of. */
export const FULL: Size = { conversations: 2_000, messages: 1_000_000, longest: 100_000 };
/** The same in small, for a quick run. */
export const SMALL: Size = { conversations: 200, messages: 50_000, longest: 20_000 };

/** What decides how a seeded home looks on the disk: another of these, and it is made anew. */
const SOURCES = [
  './window-seed.ts',
  './window-words.ts',
  './prepare.ts',
  '../../core/peer/records.ts',
  '../../core/peer/people-records.ts',
  '../../core/store/migrate.ts',
];

/** A copy of the seeded homes, for one measurement. */
export interface Seeded {
  readonly alice: string;
  readonly bob: string;
  /** Starts the relay of both, with the logs it has of them. */
  relay(): Promise<RelayProcess>;
}

/** Copies the seeded homes into `folder`, making them first where they are not there yet (minutes). */
export async function seededHomes(size: Size, folder: string): Promise<Seeded> {
  const kept = await keptHomes(size);
  await copyTree(kept, folder);
  const port = Number(await readFile(join(kept, 'port'), 'utf8'));
  return { alice: join(folder, 'alice'), bob: join(folder, 'bob'), relay: () => startRelay(join(folder, 'relay'), port) };
}

async function keptHomes(size: Size): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(size));
  for (const source of SOURCES) hash.update(await readFile(fileURLToPath(new URL(source, import.meta.url))));
  const kept = join(tmpdir(), 'sotto-bench-window', hash.digest('hex').slice(0, 16));
  if (existsSync(kept)) return kept;
  console.log(`making ${size.conversations} conversations with ${size.messages} messages, once…`);
  const making = `${kept}.${process.pid}`;
  await mkdir(making, { recursive: true });
  try {
    await makeHomes(size, making);
    await rename(making, kept);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return kept;
}

async function makeHomes(size: Size, folder: string): Promise<void> {
  const first = await startRelay(join(folder, 'relay'));
  const port = portOf(first.address);
  try {
    await ask<PrepareOutput>('prepare.ts', { folder, relay: first.address, messages: 0 } satisfies PrepareInput);
  } finally {
    await first.stop();
  }
  await ask('window-seed.ts', { home: join(folder, 'bob'), ...size } satisfies SeedInput);
  const second = await startRelay(join(folder, 'relay'), port);
  try {
    await ask('window-settle.ts', { home: join(folder, 'bob') } satisfies SettleInput);
  } finally {
    await second.stop();
  }
  await writeFile(join(folder, 'port'), String(port));
}

/** LevelDB never changes a table once it is written, so those need no copy of their own. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [here, there] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(here, there);
    else if (entry.name.endsWith('.ldb')) await link(here, there);
    else if (entry.isFile()) await copyFile(here, there);
  }
}
