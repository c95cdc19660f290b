// The doctor's looks at this machine: folder, disk, file limits, clock, store, certificate.
import { open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid, report } from 'node:process';
import { isSottoError } from '../../core/base/errors.ts';
import type { RelayConfig } from '../config.ts';
import { storeFolder } from '../data.ts';
import { assertReadable } from '../store/layout.ts';
import { LevelDisk } from '../store/level-disk.ts';
import { ENDS_SOON_MS, readCertificate } from './certificate.ts';
import type { Finding } from './finding.ts';
import { DISK_LOW_BYTES } from './health.ts';
import type { RelayStatus } from './pages.ts';

const GIBIBYTE = 1_073_741_824;
/** An fsync slower than this is felt by everybody who writes, ms. */
const SLOW_FSYNC_MS = 50;
const FSYNC_ROUNDS = 8;
/** Files a relay has open beside its sockets: LevelDB's, its own, Node's. */
const OTHER_FILES = 1_100;
/** A clock before this is wrong: the program is younger, ms. */
const WRITTEN_AT = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;

/** The folder and what is private in it: the operator's own, and nobody else's to read. */
export async function checkFolder(data: string): Promise<Finding[]> {
  const folder = await stat(data).catch(() => null);
  if (folder === null || !folder.isDirectory())
    return [
      { what: 'folder', state: 'WRONG', says: `${data} is no folder that can be read`, todo: 'Make it: sotto-relay init --data DIR' },
    ];
  if (getuid !== undefined && folder.uid !== getuid())
    return [
      { what: 'folder', state: 'WRONG', says: 'belongs to another user', todo: 'Run this as the user of the relay, or chown the folder.' },
    ];
  const names = ['.', 'key', 'store', 'tokens'];
  const modes = await Promise.all(
    names.map((name) =>
      stat(join(data, name)).then(
        ({ mode }) => mode & 0o077,
        () => 0,
      ),
    ),
  );
  const wide = names.filter((_, at) => modes[at] !== 0);
  if (wide.length === 0) return [{ what: 'folder', state: 'ok', says: 'there, and private' }];
  return [{ what: 'folder', state: 'WRONG', says: `others may enter or read: ${wide.join(', ')}`, todo: `chmod -R go= ${data}` }];
}

/** Space, and how long a small write takes to be safe. */
export async function checkDisk(data: string): Promise<Finding[]> {
  const space = await statfs(data).catch(() => null);
  const free = space === null ? 0 : space.bsize * space.bavail;
  const says = `${(free / GIBIBYTE).toFixed(1)} GiB free`;
  const state = free < DISK_LOW_BYTES ? 'WRONG' : free < GIBIBYTE ? 'note' : 'ok';
  const room: Finding = { what: 'disk', state, says, ...(state !== 'ok' && { todo: 'Make room; a full disk refuses every message.' }) };
  return [room, await checkFsync(data)];
}

async function checkFsync(data: string): Promise<Finding> {
  const path = join(data, `doctor-${process.pid}`);
  try {
    const times = await fsyncTimes(path);
    const median = times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
    const says = `${median.toFixed(1)} ms (median of ${times.length})`;
    if (median <= SLOW_FSYNC_MS) return { what: 'fsync', state: 'ok', says };
    return {
      what: 'fsync',
      state: 'note',
      says,
      todo: 'Every batch waits this long; another disk, or fewer beside it, makes the relay faster.',
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return {
      what: 'fsync',
      state: 'WRONG',
      says: `the folder takes no writes (${code})`,
      todo: 'Look whether the disk is full, read-only or failing (dmesg).',
    };
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function fsyncTimes(path: string): Promise<number[]> {
  const file = await open(path, 'wx', 0o600);
  const times: number[] = [];
  try {
    for (let round = 0; round < FSYNC_ROUNDS; round += 1) {
      const start = performance.now();
      await file.write(new Uint8Array(4_096));
      await file.sync();
      times.push(performance.now() - start);
    }
  } finally {
    await file.close();
  }
  return times;
}

/** Open files the system allows, against the sockets the relay may take. */
export function checkFiles(maxConnections: number): Finding {
  const { userLimits } = report.getReport() as unknown as { userLimits?: { open_files?: { soft: number | string } } };
  const soft = userLimits?.open_files?.soft;
  const needed = maxConnections + OTHER_FILES;
  if (soft === undefined) return { what: 'open files', state: 'note', says: 'this system does not say how many are allowed' };
  if (soft === 'unlimited' || Number(soft) >= needed)
    return { what: 'open files', state: 'ok', says: `${soft} allowed, ${needed} needed at most` };
  const todo = `Raise it (systemd: LimitNOFILE=${needed}; a shell: ulimit -n ${needed}), or set max-connections = ${Math.max(1, Number(soft) - OTHER_FILES)}.`;
  return { what: 'open files', state: 'note', says: `${soft} allowed, but max-connections needs ${needed}`, todo };
}

/** Whether the clock can be right: expired messages are deleted by it. @param now wall clock, ms */
export async function checkClock(data: string, running: RelayStatus | null, now: number): Promise<Finding> {
  if (running?.clockJumped === true)
    return {
      what: 'clock',
      state: 'WRONG',
      says: 'it jumped, so nothing is deleted',
      todo: 'Set it right, then restart with --clock-is-right.',
    };
  const newest = await newestFile(storeFolder(data));
  const todo = 'Set the clock, and keep it right (NTP).';
  if (now < WRITTEN_AT)
    return { what: 'clock', state: 'WRONG', says: `${new Date(now).toISOString()} is before this program was written`, todo };
  if (newest > now + DAY_MS) return { what: 'clock', state: 'WRONG', says: 'the store was written in the future', todo };
  return { what: 'clock', state: 'ok', says: new Date(now).toISOString() };
}

async function newestFile(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(0, ...times);
}

/** Whether the store opens, or what the running relay says of it. */
export async function checkStore(data: string, running: RelayStatus | null): Promise<Finding> {
  if (running !== null) {
    if (running.storeWritable) return { what: 'store', state: 'ok', says: `in use, ${running.storeFaults} failed writes so far` };
    return {
      what: 'store',
      state: 'WRONG',
      says: 'the last write failed; everything that would have to be kept is refused',
      todo: 'Look at disk and fsync above; the relay goes on by itself.',
    };
  }
  if ((await stat(storeFolder(data)).catch(() => null)) === null)
    return { what: 'store', state: 'ok', says: 'none yet; the first run makes it' };
  const disk = new LevelDisk(storeFolder(data));
  try {
    // Looks only: bringing a store to a newer layout is for the relay itself.
    await disk.open();
    await assertReadable(disk).finally(() => disk.close());
    return { what: 'store', state: 'ok', says: 'opens; the relay is not running' };
  } catch (error) {
    const says = isSottoError(error) ? error.message : 'it cannot be opened';
    return {
      what: 'store',
      state: 'WRONG',
      says,
      todo: 'If another relay uses this folder, leave it; otherwise look at the disk, or bring a backup back.',
    };
  }
}

/** The certificate, if one is named: readable, fitting its key, long enough, for the announced names. */
export async function checkCertificate({ tls, announce }: RelayConfig, now: number): Promise<Finding[]> {
  if (tls === null) return [];
  try {
    const { ends, isFor } = await readCertificate(tls);
    const days = Math.floor((ends - now) / DAY_MS);
    if (ends < now) return [wrong('it has expired', 'Renew it; the relay takes it up by itself.')];
    const hosts = announce
      .filter((address) => address.includes('/tls/') || address.includes('/wss'))
      .map((address) => address.split('/')[2] ?? '');
    const others = hosts.filter((host) => !isFor(host));
    if (others.length > 0) return [wrong(`it is not for ${others.join(', ')}`, 'Get one for the announced names.')];
    if (ends - now < ENDS_SOON_MS)
      return [{ what: 'certificate', state: 'note', says: `for another ${days} days`, todo: 'Renew it soon.' }];
    return [{ what: 'certificate', state: 'ok', says: `for another ${days} days` }];
  } catch (error) {
    return [
      wrong(
        isSottoError(error) ? error.message : 'it cannot be read',
        'Name a PEM certificate and its key that the user of the relay may read.',
      ),
    ];
  }
}

function wrong(says: string, todo: string): Finding {
  return { what: 'certificate', state: 'WRONG', says, todo };
}
