// Power loss for real processes: run one under the library of fs-shim, kill it, and take back everything it had not synced.
// The model is written at the head of fs-shim/power.c.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoUnsynced } from './power-undo.ts';

/** What a disk does that is not well: takes no more bytes, takes none at all, answers every sync with EIO, or after 100 ms. */
export type DiskFault = 'full' | 'read-only' | 'broken-sync' | 'slow-sync';

/** A process whose power can be cut. */
export interface PoweredProcess {
  readonly process: ChildProcess;
  /**
   * Kills every process that runs with power on this folder, and leaves there what a power loss leaves. Without a seed nothing that was
   * not synced survives; with one, some of it does, torn, the same for the same seed and the same writes.
   */
  powerCut(seed?: number): Promise<void>;
}

const running = new Map<string, Set<ChildProcess>>();

/**
 * Whether power can be cut here: on Linux with a C compiler. Says so once where it cannot.
 * @throws Error in CI, where these tests may not be missing
 */
export function canCutPower(): boolean {
  if (process.platform === 'linux' && compiler() !== null) return true;
  const reason = 'power loss is not tested here: it needs Linux and a C compiler (cc)';
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return false;
}

/** Starts a process whose writes below `folder` are lost by `powerCut` unless it synced them. The folder is made if need be. */
export function spawnWithPower(command: string, args: readonly string[], folder: string, options: SpawnOptions = {}): PoweredProcess {
  const { root, journal } = places(folder);
  const env = {
    ...(options.env ?? process.env),
    LD_PRELOAD: library(),
    SOTTO_POWER_ROOT: root,
    SOTTO_POWER_JOURNAL: journal,
    // Its writes would go round libc.
    UV_USE_IO_URING: '0',
  };
  const child = spawn(command, args, { ...options, env });
  const all = running.get(root) ?? new Set();
  running.set(root, all.add(child));
  child.once('exit', () => all.delete(child));
  return { process: child, powerCut: (seed) => cutPower(folder, seed) };
}

/** Cuts the power of everything that runs, or ran, on `folder`. */
export async function cutPower(folder: string, seed?: number): Promise<void> {
  const { root, journal } = places(folder);
  await Promise.all([...(running.get(root) ?? [])].map(kill));
  undoUnsynced(root, journal, seed);
}

/** Makes the disk under `folder` fail for processes with power, or well again. */
export function setDiskFault(folder: string, fault: DiskFault, on: boolean): void {
  const path = join(places(folder).journal, fault);
  if (on) writeFileSync(path, '');
  else rmSync(path, { force: true });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function places(folder: string): { root: string; journal: string } {
  mkdirSync(folder, { recursive: true });
  const root = realpathSync(folder);
  const journal = `${root}.power`;
  mkdirSync(join(journal, 'keep'), { recursive: true });
  return { root, journal };
}

/** The compiled library, made once for each text of it. */
function library(): string {
  const source = join(import.meta.dirname, 'fs-shim', 'power.c');
  const name = `sotto-power-${createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)}.so`;
  const path = join(tmpdir(), name);
  if (existsSync(path)) return path;
  const half = `${path}.${process.pid}`;
  execFileSync(compiler() ?? 'cc', ['-std=c17', '-shared', '-fPIC', '-O2', '-o', half, source, '-ldl', '-lpthread']);
  renameSync(half, path);
  return path;
}

function compiler(): string | null {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return 'cc';
  } catch {
    return null;
  }
}
