// The pages of the admin socket: /metrics, /healthz, /readyz, /status. Everything on them is at hand; nothing is looked for when somebody asks.
import type { Mode } from '../admission/admission.ts';
import type { Relay } from '../relay.ts';
import type { AdminPage, AdminPages } from './admin.ts';
import type { Health } from './health.ts';
import type { Fault, OperatorLog } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What the pages are made of. */
export interface PageParts {
  readonly relay: Relay;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly log: OperatorLog;
  /** True once the relay goes down. */
  readonly stopping: () => boolean;
  readonly admission: Mode;
}

/** How a running relay is; `sotto-relay status --json` prints it. Times are wall clock, ms. */
export interface RelayStatus {
  readonly running: true;
  readonly ready: boolean;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly admission: Mode;
  readonly uptimeMs: number;
  readonly connections: number;
  readonly sockets: number;
  readonly appends: number;
  readonly appendsPerSecond: number;
  readonly residentBytes: number;
  readonly diskFreeBytes: number;
  readonly diskTotalBytes: number;
  /** False while the disk takes no writes: everything that would have to be kept is refused. */
  readonly storeWritable: boolean;
  readonly storeFaults: number;
  /** 0 before the first. */
  readonly lastSweep: number;
  /** True while a jump of the clock keeps the relay from deleting. */
  readonly clockJumped: boolean;
  /** When the certificate ends; 0 without one. */
  readonly certificateEnds: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** The last warnings, oldest first. */
  readonly faults: readonly Fault[];
}

/** The pages of one relay. */
export function adminPages(parts: PageParts): AdminPages {
  return {
    '/metrics': () => ({ type: 'text/plain; version=0.0.4', text: parts.metrics.text(), ok: true }),
    '/healthz': () => plain('alive', true),
    '/readyz': () => plain(readiness(parts) ?? 'ready', readiness(parts) === null),
    '/status': () => ({ type: 'application/json', text: `${JSON.stringify(statusOf(parts))}\n`, ok: true }),
  };
}

function plain(text: string, ok: boolean): AdminPage {
  return { type: 'text/plain', text: `${text}\n`, ok };
}

/** Why it should get no work, or null. */
function readiness({ stopping, health }: PageParts): string | null {
  if (stopping()) return 'stopping';
  return health.writable ? null : 'the disk takes no writes';
}

function statusOf(parts: PageParts): RelayStatus {
  const { relay, metrics, health, log, admission } = parts;
  return {
    running: true,
    ready: readiness(parts) === null,
    peerId: relay.peerId,
    addresses: relay.addresses,
    admission,
    uptimeMs: Math.round(metrics.gaugeNow('uptime_seconds') * 1_000),
    connections: metrics.gaugeNow('open_connections'),
    sockets: metrics.gaugeNow('open_sockets'),
    appends: metrics.value('appends'),
    appendsPerSecond: health.appendsPerSecond,
    residentBytes: metrics.gaugeNow('resident_bytes'),
    diskFreeBytes: metrics.gaugeNow('disk_free_bytes'),
    diskTotalBytes: metrics.gaugeNow('disk_total_bytes'),
    storeWritable: health.writable,
    storeFaults: metrics.value('store_faults'),
    lastSweep: Math.round(metrics.gaugeNow('last_sweep_timestamp_seconds') * 1_000),
    clockJumped: metrics.gaugeNow('sweep_stopped') === 1,
    certificateEnds: Math.round(metrics.gaugeNow('certificate_expiry_timestamp_seconds') * 1_000),
    refusals: metrics.refusals(),
    faults: log.faults,
  };
}
