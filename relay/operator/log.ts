// The relay's log: one JSON object a line to standard error, for whoever collects it (journald, a container) to keep and rotate.
// A line is made of a closed list of events and of their facts, which are numbers and yes or no: nothing that a user sent, no key, no address
// and no PeerId has a place in it, whatever a caller hands over (C7). That is why no general logger stands here.
import type { Clock } from '../../core/base/clock.ts';
import { ERROR_CODES } from '../../core/base/errors.ts';
import type { Log, LogFacts } from '../../core/base/log.ts';
import { SETTING_LIST } from './settings.ts';

const SETTING_NAMES: readonly string[] = SETTING_LIST.map(([name]) => name);

/** Every event there is and the facts it may carry. A part that logs adds its line here. */
export const EVENTS: Readonly<Record<string, readonly string[]>> = {
  started: ['open'],
  stopped: [],
  'open-to-anybody-who-can-reach-it': [],
  'addresses-are-not-counted-behind-a-proxy': [],
  'admin-unavailable': [],
  reloaded: SETTING_NAMES,
  'restart-needed': SETTING_NAMES,
  'settings-wrong': [],
  'certificate-renewed': ['days'],
  'certificate-wrong': [],
  'certificate-ends-soon': ['days'],
  'store-migrating': ['layout'],
  'store-migrated': ['layout', 'records'],
  'store-failing': [],
  'store-recovered': [],
  'disk-low': ['freeMiB'],
  'wakes-not-read': [],
  'wakes-not-looked-at': [],
  'blob-damaged': [],
  'blob-failed': [],
  'the use of a token could not be noted': [],
  'the uses of tokens could not be noted': [],
  'append-failed': ['envelopes'],
  'ack-failed': [],
  'push-failed': [],
  'command-failed': ['type'],
  'frame-failed': ['type'],
  swept: ['deleted'],
  'sweep failed': [],
  'sweep confirmed': [],
  'clock jumped, sweep stopped until confirmed': ['aheadMs'],
  uncaught: [],
  ...Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [`uncaught-${code}`, []])),
};

/** How much is written. */
export type LogLevel = 'info' | 'warn' | 'none';

/** Something that an operator should look at, as `status` tells it. */
export interface Fault {
  /** Wall clock, ms. */
  readonly time: number;
  readonly event: string;
}

/** Warnings that `status` remembers. */
const REMEMBERED = 20;

/** A log whose level can change while it is in use. */
export class OperatorLog implements Log {
  /** What is written from now on. */
  level: LogLevel;
  readonly #write: (line: string) => void;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #faults: Fault[] = [];

  constructor(write: (line: string) => void, clock: Pick<Clock, 'now'>, level: LogLevel = 'info') {
    this.#write = write;
    this.#clock = clock;
    this.level = level;
  }

  /** The last warnings, oldest first; also those that were not written. */
  get faults(): readonly Fault[] {
    return this.#faults;
  }

  info(event: string, facts?: LogFacts): void {
    if (this.level === 'info') this.#line('info', event, facts);
  }

  warn(event: string, facts?: LogFacts): void {
    if (this.#faults.push({ time: this.#clock.now(), event: listed(event) }) > REMEMBERED) this.#faults.shift();
    if (this.level !== 'none') this.#line('warn', event, facts);
  }

  #line(level: 'info' | 'warn', event: string, facts: LogFacts = {}): void {
    const name = listed(event);
    const kept = (EVENTS[name] ?? []).flatMap((fact) => (isPlain(facts[fact]) ? [[fact, facts[fact]]] : []));
    const time = new Date(this.#clock.now()).toISOString();
    this.#write(`${JSON.stringify({ time, level, event: name, ...Object.fromEntries(kept) })}\n`);
  }
}

function listed(event: string): string {
  return Object.hasOwn(EVENTS, event) ? event : 'unlisted';
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
