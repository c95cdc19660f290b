// Decrypts long runs in a thread of its own while this one keeps what was opened before: a backlog is drained by two cores. Short runs are
// opened here and now; so is everything while the thread is not up, and after it failed.
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { type DeviceKeys, serializeDevice } from '../session/device.ts';
import type { RunToOpen, RunWrite } from '../session/open-run.ts';
import type { RunMessage, ThreadAnswer, ThreadEnd, ThreadStart } from '../session/open-thread.ts';
import { unpackOutcomes } from '../session/opened-chunk.ts';
import type { BytesOutcome } from '../session/outcome.ts';
import { packParts } from '../session/run-parts.ts';

/** Messages below which a run is opened here: the way to the thread and back costs as much as opening a few. */
export const MIN_AWAY = 48;
/** The thread ends after this long without a run, ms: it holds some 30 MB, and starts in a fraction of a second. */
const IDLE_MS = 10_000;
/** Runs given to the thread at a time: the one that is being kept, the one behind it, and one that nobody wants any more. */
const MOST_RUNS = 3;

/** Room for young objects, MB: what a few hundred messages leave behind, so that garbage is collected a few times a second and not a few dozen. */
const YOUNG_MB = 64;

const THREAD = new URL('../session/open-thread-start.js', import.meta.url);

/** A run that is being opened. */
export interface OpeningRun {
  /** The next outcomes, in order; null at the end: the run is over, or stopped where its owner must go on alone. @throws INTERNAL when the thread failed */
  next(): Promise<readonly BytesOutcome[] | null>;
  /** What the ratchets' steps write, once next() answered null. */
  readonly writes: readonly RunWrite[];
}

/** Owns the thread. Runs are opened in the order in which they are given. */
export class Opener {
  readonly #clock: Clock;
  readonly #me: () => DeviceKeys;
  readonly #runs = new Map<number, Run>();
  #worker: Worker | null = null;
  #ready = false;
  #broken = false;
  #number = 0;
  #cancelIdle: () => void = () => undefined;

  constructor(clock: Clock, me: () => DeviceKeys) {
    this.#clock = clock;
    this.#me = me;
  }

  /** True while the thread can take a run. */
  get isUp(): boolean {
    return this.#ready;
  }

  /** Starts the thread: a backlog is coming. */
  warm(): void {
    if (this.#broken) return;
    this.#rest();
    if (this.#worker !== null) return;
    const workerData: ThreadStart = { device: serializeDevice(this.#me()) };
    const worker = new Worker(THREAD, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => this.#take(worker, answer));
    worker.once('error', () => this.#failed(worker));
    worker.once('exit', () => this.#failed(worker));
  }

  /**
   * Begins to open a run, or null when it is better opened here: too short, or the thread is busy or not up (it is started then).
   * A run without records goes on where the last one given ends.
   */
  begin({ records, parts }: RunToOpen): OpeningRun | null {
    if (parts.length < MIN_AWAY || this.#broken) return null;
    this.warm();
    if (!this.#ready || this.#worker === null || this.#runs.size >= MOST_RUNS) return null;
    const opening = new Run();
    this.#number += 1;
    this.#runs.set(this.#number, opening);
    const message: RunMessage = { run: this.#number, records: records?.map(copied) ?? null, parts: packParts(parts) };
    this.#worker.postMessage(message, [message.parts.bytes.buffer]);
    return opening;
  }

  /** Ends the thread, once it is out of the message it is at. */
  async stop(): Promise<void> {
    this.#cancelIdle();
    const worker = this.#worker;
    this.#worker = null;
    this.#ready = false;
    for (const run of this.#runs.values()) run.fail();
    this.#runs.clear();
    if (worker === null) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.ref();
    worker.postMessage({ end: true } satisfies ThreadEnd);
    await gone;
  }

  #take(worker: Worker, answer: ThreadAnswer): void {
    if (this.#worker !== worker) return;
    if ('ready' in answer) this.#ready = true;
    else if ('fault' in answer) this.#failed(worker);
    else if ('opened' in answer) this.#runs.get(answer.run)?.take(unpackOutcomes(answer.opened));
    else {
      this.#runs.get(answer.run)?.end(answer.writes);
      this.#runs.delete(answer.run);
    }
  }

  #rest(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => {
      if (this.#runs.size === 0) void this.stop();
      else this.#rest();
    });
  }

  #failed(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#broken = true;
    void this.stop();
  }
}

/** Views of larger buffers must not take those along. */
function copied({ key, value }: NonNullable<RunToOpen['records']>[number]): NonNullable<RunToOpen['records']>[number] {
  return { key: key.slice(), value: value.slice() };
}

class Run implements OpeningRun {
  writes: readonly RunWrite[] = [];
  readonly #outcomes: (readonly BytesOutcome[])[] = [];
  #state: 'open' | 'over' | 'failed' = 'open';
  #wake: () => void = () => undefined;

  take(outcomes: readonly BytesOutcome[]): void {
    this.#outcomes.push(outcomes);
    this.#wake();
  }

  end(writes: readonly RunWrite[]): void {
    this.writes = writes;
    this.#state = 'over';
    this.#wake();
  }

  fail(): void {
    if (this.#state === 'open') this.#state = 'failed';
    this.#wake();
  }

  async next(): Promise<readonly BytesOutcome[] | null> {
    while (this.#outcomes.length === 0 && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state === 'failed') throw new SottoError('INTERNAL', 'The thread that opens messages failed.');
    return this.#outcomes.shift() ?? null;
  }
}
