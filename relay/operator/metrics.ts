// What a relay counts, as Prometheus reads it. A scrape costs the same however much is stored or connected: it must never look through anything.
// No label may name a person, a device, a log or an address (C7): the only labels are codes of a closed list.
import { REFUSAL, type RefusalName } from '../../core/wire/codes.ts';

/** Everything that only grows, and what it means. A part that counts adds its line here. */
export const COUNTERS = {
  connections: 'Connections that were accepted.',
  sockets_turned_away: 'Sockets ended before they were authenticated because there were too many, in all or of one address.',
  registrations: 'Registrations that were made.',
  appends: 'Envelopes that were stamped, repeats too.',
  append_bytes: 'Bytes of those envelopes.',
  pushed_entries: 'Entries sent to readers.',
  pushed_bytes: 'Bytes of the frames they were sent in.',
  signals_passed: 'Signals passed on, once for each connection that got one.',
  signals_dropped: 'Signals that were not passed on: too many, or no room.',
  presence_told: 'Changes of presence told to watchers.',
  wakes_sent: 'Empty pushes that an endpoint took.',
  wakes_repeated: 'Calls of an endpoint that are made once more, for want of an answer.',
  wakes_failed: 'Endpoints given up until the next entry, or for good.',
  swept_entries: 'Entries deleted because they expired or everybody has them.',
  store_faults: 'Writes that the disk did not take; none of them was answered as kept.',
  faults: 'Faults of this program that it went on after; see the log.',
} as const;

/** Everything that goes up and down, and what it means. Whoever knows the value is asked for it at each scrape, so it must be at hand. */
export const GAUGES = {
  open_connections: 'Connections that are open.',
  open_sockets: 'Sockets that are open, those not yet authenticated too.',
  uptime_seconds: 'Since the relay started.',
  resident_bytes: 'Memory of the process (RSS).',
  event_loop_delay_p50_seconds: 'How late the event loop was, median of the last quarter of a minute.',
  event_loop_delay_p99_seconds: 'The same, 99th percentile.',
  disk_free_bytes: 'Space left where the data folder lies.',
  disk_total_bytes: 'Space there is.',
  store_writable: '1 when the last write to the disk went well.',
  last_sweep_timestamp_seconds: 'When the last sweep ended (Unix time); 0 before the first.',
  sweep_stopped: '1 while a jump of the clock keeps the relay from deleting.',
  certificate_expiry_timestamp_seconds: 'When the TLS certificate expires (Unix time); 0 without one.',
} as const;

/** Name of a counter. */
export type CounterName = keyof typeof COUNTERS;
/** Name of a gauge. */
export type GaugeName = keyof typeof GAUGES;

const PREFIX = 'sotto_relay_';
/** Upper edges of the buckets of an fsync, seconds: from a good SSD to a disk that is about to fail. */
const FSYNC_EDGES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

/** Counts for one relay. */
export class Metrics {
  readonly #counters = new Map<CounterName, number>();
  readonly #gauges = new Map<GaugeName, () => number>();
  readonly #refusals = new Map<RefusalName, number>();
  readonly #fsyncs = FSYNC_EDGES.map(() => 0);
  #fsyncCount = 0;
  #fsyncSeconds = 0;

  /** Adds to a counter. */
  count(name: CounterName, by = 1): void {
    this.#counters.set(name, this.value(name) + by);
  }

  /** What a counter says. */
  value(name: CounterName): number {
    return this.#counters.get(name) ?? 0;
  }

  /** Says where a gauge is read; the newest reader counts. */
  gauge(name: GaugeName, read: () => number): void {
    this.#gauges.set(name, read);
  }

  /** What a gauge says now; 0 while nobody knows. */
  gaugeNow(name: GaugeName): number {
    return this.#gauges.get(name)?.() ?? 0;
  }

  /** One request was refused. */
  refused(name: RefusalName): void {
    this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1);
  }

  /** Refusals so far, those that happened. */
  refusals(): Readonly<Partial<Record<RefusalName, number>>> {
    return Object.fromEntries(this.#refusals);
  }

  /** One batch reached the disk. @param ms from the write to the end of its fsync */
  fsynced(ms: number): void {
    const seconds = ms / 1_000;
    this.#fsyncCount += 1;
    this.#fsyncSeconds += seconds;
    const at = FSYNC_EDGES.findIndex((edge) => seconds <= edge);
    if (at >= 0) this.#fsyncs[at] = (this.#fsyncs[at] ?? 0) + 1;
  }

  /** Everything in the text format of Prometheus, version 0.0.4. */
  text(): string {
    return [
      ...names(COUNTERS).flatMap((name) => described(`${name}_total`, 'counter', COUNTERS[name], this.value(name))),
      ...names(GAUGES).flatMap((name) => described(name, 'gauge', GAUGES[name], this.gaugeNow(name))),
      ...this.#refusalLines(),
      ...this.#fsyncLines(),
      '',
    ].join('\n');
  }

  #refusalLines(): string[] {
    const name = `${PREFIX}refusals_total`;
    const lines = names(REFUSAL).map((code) => `${name}{code="${code}"} ${this.#refusals.get(code) ?? 0}`);
    return [`# HELP ${name} Requests that were refused, by code.`, `# TYPE ${name} counter`, ...lines];
  }

  #fsyncLines(): string[] {
    const name = `${PREFIX}fsync_seconds`;
    let upTo = 0;
    const buckets = FSYNC_EDGES.map((edge, at) => {
      upTo += this.#fsyncs[at] ?? 0;
      return `${name}_bucket{le="${edge}"} ${upTo}`;
    });
    return [
      `# HELP ${name} How long a batch took to be safe on the disk.`,
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#fsyncCount}`,
      `${name}_sum ${this.#fsyncSeconds}`,
      `${name}_count ${this.#fsyncCount}`,
    ];
  }
}

function names<T extends object>(table: T): (keyof T & string)[] {
  return Object.keys(table) as (keyof T & string)[];
}

function described(name: string, type: 'counter' | 'gauge', help: string, value: number): string[] {
  const full = PREFIX + name;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, `${full} ${Number.isFinite(value) ? value : 0}`];
}
