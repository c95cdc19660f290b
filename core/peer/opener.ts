// Opens long runs in a thread of its own while this one keeps what was opened before: a backlog is drained by two cores. Short runs are
// opened here and now; so is everything while the thread is not up, and after it failed.
import { Worker } from 'node:worker_threads';
import { type Bytes, concat } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { SottoError } from '../base/errors.ts';
import { type DeviceKeys, serializeDevice } from '../session/device.ts';
import type { OpenedAway, RunToOpen, RunWrite } from '../session/open-run.ts';
import type { RunMessage, ThreadAnswer, ThreadStart } from '../session/open-thread.ts';
import { unpackOutcomes } from '../session/opened-chunk.ts';

/** Envelopes below which a run is opened here: the way to the thread and back costs as much as opening a few. */
export const MIN_AWAY = 48;
/** The thread ends after this long without a run, ms: it holds some 30 MB, and starts in a fraction of a second. */
const IDLE_MS = 10_000;

const THREAD = new URL('../session/open-thread.ts', import.meta.url);

/** A run that is being opened. */
export interface OpeningRun {
  /** The next outcomes, in order; null at the end: the run is over, or stopped where its owner must go on alone. @throws INTERNAL when the thread failed */
  next(): Promise<readonly OpenedAway[] | null>;
  /** What the ratchets' steps write, once next() answered null. */
  readonly writes: readonly RunWrite[];
}

/** Owns the thread. One run at a time: runs are taken in the one queue of the account. */
export class Opener {
  readonly #clock: Clock;
  readonly #me: () => DeviceKeys;
  #worker: Worker | null = null;
  #ready = false;
  #broken = false;
  #run: Run | null = null;
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
    const worker = new Worker(THREAD, { workerData });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: ThreadAnswer) => this.#take(worker, answer));
    worker.once('error', () => this.#failed(worker));
    worker.once('exit', () => this.#failed(worker));
  }

  /** Begins to open a run, or null when it is better opened here: too short, or the thread is not up (it is started then). */
  begin(run: RunToOpen): OpeningRun | null {
    if (run.envelopes.length < MIN_AWAY || this.#broken) return null;
    this.warm();
    if (!this.#ready || this.#worker === null) return null;
    const opening = new Run();
    this.#run = opening;
    const { keys, records, envelopes } = run;
    let end = 0;
    const ends = Uint32Array.from(envelopes, (envelope) => {
      end += envelope.length;
      return end;
    });
    const message: RunMessage = { keys: keys.map(copied), records: records.map(copiedRecord), bytes: concat(...envelopes), ends };
    this.#worker.postMessage(message, [message.bytes.buffer]);
    return opening;
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    this.#cancelIdle();
    const worker = this.#worker;
    this.#worker = null;
    this.#ready = false;
    this.#run?.fail();
    this.#run = null;
    await worker?.terminate();
  }

  #take(worker: Worker, answer: ThreadAnswer): void {
    if (this.#worker !== worker) return;
    if ('ready' in answer) this.#ready = true;
    else if ('fault' in answer) this.#failed(worker);
    else this.#run?.take(answer);
  }

  #rest(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(IDLE_MS, () => void this.stop());
  }

  #failed(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#broken = true;
    void this.stop();
  }
}

/** Views of larger buffers must not take those along. */
function copied(bytes: Bytes): Bytes {
  return bytes.slice();
}

function copiedRecord({ key, value }: RunToOpen['records'][number]): RunToOpen['records'][number] {
  return { key: key.slice(), value: value.slice() };
}

class Run implements OpeningRun {
  writes: readonly RunWrite[] = [];
  readonly #outcomes: (readonly OpenedAway[])[] = [];
  #state: 'open' | 'over' | 'failed' = 'open';
  #wake: () => void = () => undefined;

  take(answer: Exclude<ThreadAnswer, { ready: true } | { fault: true }>): void {
    if ('opened' in answer) this.#outcomes.push(unpackOutcomes(answer.opened));
    else {
      this.writes = answer.writes;
      this.#state = 'over';
    }
    this.#wake();
  }

  fail(): void {
    if (this.#state === 'open') this.#state = 'failed';
    this.#wake();
  }

  async next(): Promise<readonly OpenedAway[] | null> {
    while (this.#outcomes.length === 0 && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state === 'failed') throw new SottoError('INTERNAL', 'The thread that opens messages failed.');
    return this.#outcomes.shift() ?? null;
  }
}
