// `sotto-relay status` and `export-metrics`: ask the running relay, or say plainly that there is none and what its folder holds.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { SottoError } from '../../core/base/errors.ts';
import { dataConfig } from '../config.ts';
import { readAddresses, storeFolder } from '../data.ts';
import { askRelay } from './ask.ts';
import { flagLayer } from './layers.ts';
import type { RelayStatus } from './pages.ts';

/** What `status --json` prints. */
export type StatusReport = (RelayStatus | { readonly running: false; readonly addresses: readonly string[] }) & {
  readonly storeBytes: number;
};

/** Prints how the relay is. @returns 1 when it is not running or not ready @throws BAD_INPUT, NOT_FOUND, TIMEOUT */
export async function status(args: readonly string[]): Promise<number> {
  const said = flagLayer(args, ['data', 'json']);
  const data = said.get('data')?.[0]?.text ?? dataConfig([], env);
  const report = await statusReport(data);
  stdout.write(said.has('json') ? `${JSON.stringify(report)}\n` : `${statusText(report, Date.now()).join('\n')}\n`);
  return report.running && report.ready ? 0 : 1;
}

/** Prints the metrics of the running relay. @throws BAD_INPUT, OFFLINE when it is not running */
export async function exportMetrics(args: readonly string[]): Promise<undefined> {
  const text = await askRelay(dataConfig(args, env), '/metrics');
  if (text === null) throw new SottoError('OFFLINE', 'The relay is not running.');
  stdout.write(text);
  return undefined;
}

/** Asks the relay, and looks at its store. @throws NOT_FOUND when there is no relay in this folder, TIMEOUT */
export async function statusReport(data: string): Promise<StatusReport> {
  const text = await askRelay(data, '/status');
  const storeBytes = await folderBytes(storeFolder(data));
  if (text !== null) return { ...(JSON.parse(text) as RelayStatus), storeBytes };
  const addresses = await readAddresses(data);
  if (addresses === null) throw new SottoError('NOT_FOUND', 'There is no relay in this folder, or it has not run yet.');
  return { running: false, addresses, storeBytes };
}

/** The report for a person. @param now wall clock, ms */
export function statusText(report: StatusReport, now: number): string[] {
  const store = `Store:        ${mebibytes(report.storeBytes)}`;
  if (!report.running) return ['The relay is not running.', store, ...report.addresses.map((address) => `Last address: ${address}`)];
  const refusals = Object.entries(report.refusals).map(([code, count]) => `${code} ${count}`);
  return [
    report.ready ? 'The relay is running.' : 'The relay is running, but NOT READY: see below.',
    ...report.addresses.map((address) => `Address:      ${address}`),
    `Admission:    ${report.admission}`,
    `Up for:       ${duration(report.uptimeMs)}`,
    `Connections:  ${report.connections} (${report.sockets} sockets)`,
    `Appends:      ${report.appends} so far, ${report.appendsPerSecond.toFixed(1)}/s of late`,
    `Memory:       ${mebibytes(report.residentBytes)}`,
    store,
    `Disk:         ${mebibytes(report.diskFreeBytes)} free of ${mebibytes(report.diskTotalBytes)}`,
    `Writes:       ${report.storeWritable ? 'work' : 'FAIL; everything that would have to be kept is refused'}, ${report.storeFaults} failed so far`,
    `Last sweep:   ${report.lastSweep === 0 ? 'none yet' : `${duration(now - report.lastSweep)} ago`}`,
    `Clock:        ${report.clockJumped ? 'JUMPED, nothing is deleted; when it is right, restart with --clock-is-right' : 'believed'}`,
    ...(report.certificateEnds === 0 ? [] : [`Certificate:  ${remaining(report.certificateEnds - now)}`]),
    `Refused:      ${refusals.length === 0 ? 'nothing' : refusals.join(', ')}`,
    ...report.faults.map(({ time, event }) => `Warning:      ${new Date(time).toISOString()} ${event}`),
  ];
}

function remaining(ms: number): string {
  return ms < 0 ? `EXPIRED ${duration(-ms)} ago` : `for another ${duration(ms)}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function duration(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}

/** Files that go while they are counted count nothing. */
async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
